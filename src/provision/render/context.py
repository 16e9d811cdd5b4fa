"""What a template sees of a spec: every key by name, said or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pydantic import BaseModel

from provision.catalogue.certificate import certificate_body
from provision.spec.model import ClientCredentials, JwtBearer, Oauth, RefreshToken
from provision.spec.spec import Spec

__all__ = ["ABSENT", "Absent", "context_of", "joined"]


class Absent:
    """The value of a spec key that was not written: the field stays as the org has it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

Section: TypeAlias = Mapping[str, object]


def context_of(spec: Spec) -> Section:
    """The variables of a template: ``app``, ``spec``, ``oauth``, ``policies``, ``metadata``.

    In a section, a key that the spec leaves out is :data:`ABSENT`, and one set to null is ``None``.
    A key that no spec can have is not there, so that a misspelt one fails to render.
    """
    document = spec.document
    return {
        "app": document.app,
        "spec": _section(document),
        "oauth": _oauth(spec),
        "policies": _policies(spec),
        "metadata": document.metadata,
    }


def _section(model: BaseModel) -> dict[str, object]:
    """A pydantic model's keys: those that were written with their values, the rest absent."""
    written = model.model_fields_set
    return {
        name: getattr(model, name) if name in written else ABSENT
        for name in type(model).model_fields
    }


def _oauth(spec: Spec) -> Section:
    oauth = spec.document.oauth
    section: dict[str, object] = (
        dict.fromkeys(Oauth.model_fields, ABSENT) if oauth is None else _section(oauth)
    )
    section["jwt_bearer"] = _jwt_bearer(section["jwt_bearer"], spec)
    section["client_credentials"] = _client_credentials(section["client_credentials"])
    return section


def _jwt_bearer(value: object, spec: Spec) -> Section:
    if isinstance(value, JwtBearer):
        if spec.certificate is None:  # the loader reads the certificate of every jwt_bearer
            raise AssertionError("a jwt_bearer without its certificate")
        return {"certificate": certificate_body(spec.certificate.der)}
    return {"certificate": value}


def _client_credentials(value: object) -> Section:
    match value:
        case ClientCredentials():
            return {"enabled": True, "run_as": value.run_as}
        case None:
            return {"enabled": False, "run_as": None}
        case _:
            return {"enabled": ABSENT, "run_as": ABSENT}


def _policies(spec: Spec) -> Section:
    section = _section(spec.document.policies)
    section["refresh_token"] = _refresh_token(section["refresh_token"])
    for key in ("profiles", "permission_sets"):
        grants = section[key]
        if isinstance(grants, tuple):
            section[key] = tuple(grant.name for grant in grants)
    return section


def _refresh_token(value: object) -> Section:
    if isinstance(value, RefreshToken):
        return {"kind": value.kind, "period": value.period, "unit": value.unit}
    return {"kind": value, "period": value, "unit": value}


def joined(separator: str) -> Callable[[object], object]:
    """A filter that joins a list as metadata does; what is not a list passes through."""

    def join(value: object) -> object:
        return separator.join(value) if isinstance(value, tuple) else value

    return join
