"""The file of a saved plan: its schema, and how a text is held to it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field, ValidationError

from provision.errors import CannotError
from provision.plan.digest import canonical_json, sha256
from provision.plan.saved_component import SavedComponent
from provision.plan.saved_parts import (
    SavedAcceptance,
    SavedAccess,
    SavedDefault,
    SavedGate,
)
from provision.plan.saved_value import SavedModel
from provision.spec.base import DeveloperName, Username

__all__ = [
    "SCHEMA",
    "Moment",
    "PlanDocument",
    "SavedJwtBearer",
    "SavedOrg",
    "SavedSpec",
    "Sha256",
    "document_of",
    "object_of",
    "plan_schema",
    "problems_of",
]

SCHEMA: Final = "provision/plan/1"
_FAMILY: Final = re.compile(r"provision/plan/([0-9]+)")
_UNSIGNED: Final = {"checksum", "created_at"}
_AGAIN: Final = "Make it anew with `provision plan SPEC --out FILE`."


def _moment(text: str) -> str:
    datetime.fromisoformat(text)  # a ValueError names what is wrong with it
    return text


Moment: TypeAlias = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"), AfterValidator(_moment)
]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Digest: TypeAlias = Annotated[str, Field(pattern=r"^([0-9a-f]{64}|absent)$")]


class SavedOrg(SavedModel):
    """The org that the plan is for."""

    name: str
    """What the user called it."""

    instance_url: str
    id: Annotated[str, Field(pattern=r"^00D[A-Za-z0-9]{12}$")]
    """The org's id, 15 characters. The plan is for no other."""

    api_version: int


class SavedSpec(SavedModel):
    """The spec that the plan was made from."""

    file: str
    """The file's name, without its folder."""

    sha256: Sha256


class SavedJwtBearer(SavedModel):
    """What the proof after applying needs: paths, and a name. Never a key."""

    certificate: str
    private_key: str | None
    """The key file, relative to the folder in which the plan was made, if it lies below it."""

    prove_as: Username | None


class PlanDocument(SavedModel):
    """A saved plan: what `provision apply FILE` does, to the letter, or refuses as stale."""

    document_schema: Literal["provision/plan/1"] = Field(alias="schema")
    """The format of this file, and its version."""

    created_at: Moment
    """When the plan was made, UTC. Not part of the checksum."""

    checksum: Sha256
    """SHA-256 of the rest of this document as canonical JSON: keys sorted, no blanks, ASCII."""

    org: SavedOrg
    app: DeveloperName
    spec: SavedSpec | None
    """Null for a plan that was made without a spec, as a rollback's is."""

    jwt_bearer: SavedJwtBearer | None
    fingerprint: dict[str, Digest]
    """A digest of each component that the app had, by metadata type."""

    components: tuple[SavedComponent, ...]
    access: tuple[SavedAccess, ...]
    tightens: bool
    """Whether an existing app gets restricted: then grants come first."""

    defaults: tuple[SavedDefault, ...]
    gates: tuple[SavedGate, ...]
    """The gates that were tripped when the plan was made. They are asked again at apply."""

    accepted: tuple[SavedAcceptance, ...]
    expired: tuple[SavedAcceptance, ...]
    chooses_consumer_key: bool = False
    """Whether `apply` chooses the consumer key of what is created. It is in no plan."""

    def as_json(self) -> dict[str, Any]:
        """The document as JSON values.

        Where no key is chosen it does not say so: such plans keep the checksums that they had
        before there was a choice.
        """
        document = self.model_dump(mode="json", by_alias=True)
        if not self.chooses_consumer_key:
            del document["chooses_consumer_key"]
        return document

    def computed_checksum(self) -> str:
        """What ``checksum`` must be."""
        content = {name: part for name, part in self.as_json().items() if name not in _UNSIGNED}
        return sha256(canonical_json(content))


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a saved plan's file."""
    schema = PlanDocument.model_json_schema(by_alias=True)
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **schema, "title": "provision saved plan, version 1"}


def document_of(text: str, name: str) -> PlanDocument:
    """The document in ``text``, of the file ``name``.

    Raises :class:`CannotError` for what is no saved plan, is one of another version, or was
    changed after it was made.
    """
    content = object_of(text, f"{name} is not a saved plan", _AGAIN)
    _check_version(content.get("schema"), name)
    try:
        document = PlanDocument.model_validate_json(text)
    except ValidationError as error:
        raise CannotError(
            "\n".join(f"{name}: {problem}" for problem in problems_of(error)), next_step=_AGAIN
        ) from None
    if document.checksum != document.computed_checksum():
        raise CannotError(
            f"{name} was changed after it was made, or is damaged: its checksum does not fit",
            next_step=_AGAIN,
        )
    return document


def object_of(text: str, refusal: str, next_step: str) -> dict[str, Any]:
    """The JSON object in ``text``; no key may stand twice. Raises :class:`CannotError`."""
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise CannotError(f"{refusal}: {error}", next_step=next_step) from None
    if not isinstance(content, dict):
        raise CannotError(f"{refusal}: it is not a JSON object", next_step=next_step)
    return content


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r} stands there twice")
        result[key] = value
    return result


def _check_version(schema: object, name: str) -> None:
    if schema == SCHEMA:
        return
    family = _FAMILY.fullmatch(schema) if isinstance(schema, str) else None
    if family is None:
        raise CannotError(
            f"{name} is not a saved plan: its schema is {schema!r}, not {SCHEMA!r}",
            next_step="Name a spec, or a file that `provision plan --out FILE` wrote.",
        )
    raise CannotError(
        f"{name} is a saved plan of version {family.group(1)}; this provision reads version 1",
        next_step="Apply it with the version of provision that made it, or make it anew.",
    )


def problems_of(error: ValidationError) -> list[str]:
    """What is wrong with a file, and where in it. Values are not repeated."""
    return [
        f"{'.'.join(map(str, found['loc'])) or 'the document'}: "
        f"{found['msg'].removeprefix('Value error, ')}"
        for found in error.errors(include_input=False, include_url=False)
    ]
