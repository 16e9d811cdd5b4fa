"""Saving: a plan made ready for a file, or refused because it holds what no file may."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from provision.errors import CannotError
from provision.plan.fingerprint import fingerprint
from provision.plan.plan import AcceptedDifference, Action, Change, Plan
from provision.plan.saved import JwtFiles, SavedPlan, SpecFile, lasting
from provision.plan.secrecy import holds, secret_fields, texts_of_plan
from provision.spec.position import Position
from provision.spec.spec import Spec

__all__ = ["saved"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


def saved(
    plan: Plan, spec: Spec, spec_file: SpecFile | None, folder: Path, now: datetime
) -> SavedPlan:
    """``plan`` as it can be saved. Paths in it are relative to ``folder``.

    Raises :class:`CannotError` for a plan with a secret in it, or for an org without an id.
    """
    if not plan.org.org_id:
        raise CannotError(
            f"the id of {plan.org.name} is not known, and a saved plan is for one org",
            next_step="Apply the spec directly.",
        )
    _check_known(plan)
    jwt = _jwt_files(spec, folder.resolve())
    _check_secrecy(plan, jwt, spec.sensitive)
    org = replace(plan.org, instance_url=_lasting_url(plan.org.instance_url))
    return SavedPlan(
        created_at=now.replace(microsecond=0),
        spec=spec_file,
        jwt_bearer=jwt,
        fingerprint=fingerprint(plan.actual),
        plan=_with_relative_positions(lasting(replace(plan, org=org)), folder.resolve()),
    )


def _check_known(plan: Plan) -> None:
    unknown = [i.desired.type.name for i in plan.components if i.action is Action.UNKNOWN]
    if unknown:
        raise CannotError(
            f"{plan.org.name} does not show whether {plan.app} has {', '.join(unknown)}, and a "
            "saved plan is applied exactly as it is",
            next_step="Plan with --validate, which has the org name what is there, and apply the "
            "plan that was saved; or apply the spec directly.",
        )


def _check_secrecy(plan: Plan, jwt: JwtFiles | None, sensitive: frozenset[str]) -> None:
    secrets = secret_fields(plan)
    if secrets:
        raise CannotError(
            f"the plan for {plan.app} holds a secret ({', '.join(secrets)}), and no file may",
            next_step="Apply the spec directly: `provision apply SPEC`.",
        )
    if holds([*texts_of_plan(plan), *_texts_of_jwt(jwt)], sensitive):
        raise CannotError(
            f"the plan for {plan.app} holds a text from outside of the spec "
            "(${env:}, ${file:} or ${cmd:}), which no file may",
            next_step="Apply the spec directly; or, where the value is no secret, write ${name} "
            "and pass it with --var name=VALUE.",
        )


def _texts_of_jwt(jwt: JwtFiles | None) -> tuple[str, ...]:
    if jwt is None:
        return ()
    return (str(jwt.certificate), str(jwt.private_key or ""), jwt.prove_as or "")


def _lasting_url(url: str) -> str:
    """An org's URL. That of the embedded local org has no port, which differs in every run."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        return url
    return urlunsplit((parts.scheme, parts.hostname, parts.path, "", ""))


def _jwt_files(spec: Spec, folder: Path) -> JwtFiles | None:
    oauth = spec.document.oauth
    bearer = oauth.jwt_bearer if oauth else None
    if bearer is None:
        return None
    near = (folder, spec.path.parent.resolve())
    key = bearer.private_key
    return JwtFiles(
        _near(bearer.certificate, folder, near),
        None if key is None else _near(key, folder, near),
        bearer.prove_as,
    )


def _near(path: Path, folder: Path, near: Iterable[Path]) -> Path:
    """``path`` relative to ``folder`` if it is below one of ``near``, otherwise absolute.

    Another checkout of the same files then makes the same plan, and can use it; a key that is
    mounted somewhere has one path on every machine.
    """
    whole = _whole(path)
    is_near = any(whole.is_relative_to(each) for each in near)
    return Path(os.path.relpath(whole, folder)) if is_near else whole


def _whole(path: Path) -> Path:
    """The one absolute path, however ``path`` is written. A link stays the link that it is."""
    return path.parent.resolve() / path.name


def _with_relative_positions(plan: Plan, folder: Path) -> Plan:
    """``plan`` whose positions do not depend on how the spec's path was written."""

    @cache
    def file(name: str) -> str:
        return Path(os.path.relpath(_whole(Path(name)), folder)).as_posix()

    def placed(change: Change) -> Change:
        return replace(change, position=_relative(change.position, file))

    def accepted(items: Iterable[AcceptedDifference]) -> tuple[AcceptedDifference, ...]:
        return tuple(replace(item, change=placed(item.change)) for item in items)

    components = tuple(
        replace(item, changes=tuple(map(placed, item.changes))) for item in plan.components
    )
    return replace(
        plan,
        components=components,
        accepted=accepted(plan.accepted),
        expired=accepted(plan.expired),
    )


def _relative(position: Position, file: Callable[[str], str]) -> Position:
    return position if position.is_shipped else replace(position, file=file(position.file))
