"""Saved plan: a plan in a file, which is applied exactly as it is, or refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import pydantic

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.component import Component, RawXml, Unset
from provision.catalogue.field import Field, Kind, Role
from provision.catalogue.risk import HARMLESS
from provision.catalogue.value import Value
from provision.errors import CannotError
from provision.plan.codec import as_json, from_json, json_schema, object_of, problems_of
from provision.plan.document import Sha256
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.fingerprint import canonical_json, fingerprint, moved_components, sha256
from provision.plan.plan import Action, Assign, ComponentPlan, Moved, Plan
from provision.spec.base import DeveloperName, Username

__all__ = ["JwtFiles", "SavedPlan", "SpecFile", "lasting", "plan_schema", "saved_plan_of"]

SCHEMA: Final = "provision/plan/2"
_FAMILY: Final = re.compile(r"provision/plan/([0-9]+)")
_UNSIGNED: Final = frozenset({"checksum", "created_at"})
_AGAIN: Final = "Plan again: `provision plan SPEC --out FILE`."
_ORG_ID: Final = re.compile(r"00D[A-Za-z0-9]{12}")
_NOT_DEPLOYED: Final = frozenset({Role.PLATFORM, Role.ACTION})

_Digest = Annotated[str, pydantic.Field(pattern=r"^([0-9a-f]{64}|absent)$")]


@dataclass(frozen=True, slots=True)
class SpecFile:
    """The spec that a plan was made from: the file's name, and its SHA-256 in hexadecimal."""

    file: str
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class JwtFiles:
    """What the proof after applying needs. The private key itself is read again then.

    A path is relative to the folder in which the plan was made, if the file is near it.
    """

    certificate: Path
    private_key: Path | None
    prove_as: Username | None


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan without the org's own records: ``fingerprint`` has a digest of each of them.

    Two saved plans are equal when they do the same; when they were made does not count.
    ``plan`` is the plan in its :func:`lasting` form. ``spec`` is ``None`` for a plan that was made
    without a spec file, as a rollback's is.
    """

    created_at: datetime = field(compare=False)
    spec: SpecFile | None
    jwt_bearer: JwtFiles | None
    fingerprint: Mapping[str, _Digest]
    plan: Plan

    @property
    def app(self) -> str:
        """The app's developer name."""
        return self.plan.app

    @property
    def org(self) -> OrgFacts:
        """The org that the plan is for."""
        return self.plan.org

    @property
    def checksum(self) -> str:
        """The SHA-256 of the whole plan but for the time when it was made."""
        return _checksum(self._unsigned())

    def to_json(self) -> str:
        """The plan as the text of its file."""
        content = self._unsigned()
        document = {"schema": content.pop("schema"), "checksum": self.checksum, **content}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def plan_for(self, actual: ActualApp, org: OrgFacts) -> Plan:
        """The plan, for an org in which nothing has changed (see :meth:`stale`)."""
        return replace(self.plan, actual=actual, org=org)

    def stale(self, actual: ActualApp, org: OrgFacts) -> Iterator[str]:
        """Why the plan is not for ``actual`` in ``org``, one reason after the other."""
        if org.org_id != self.org.org_id:
            here = org.org_id or "one without a known id"
            yield f"it was made for the org {self.org.org_id}, and this is {here}"
            return
        if org.api_version != self.org.api_version:
            yield f"it was made with API {self.org.api_version}, and this is {org.api_version}"
        if actual.app != self.app:
            yield f"it was made for the app {self.app}, and this is {actual.app}"
        yield from moved_components(self.fingerprint, fingerprint(actual))

    def _unsigned(self) -> dict[str, Any]:
        return {"schema": SCHEMA, **as_json(self)}


def lasting(plan: Plan) -> Plan:
    """The part of ``plan`` that is the same in another session of another user, a day later.

    Facts about the org, its users and who changed what are left out, since an apply does not depend
    on them. The details of risks and who can use the app already are left out as well: an apply
    computes them again.
    """
    org = OrgFacts(
        plan.org.name, plan.org.instance_url, "", plan.org.api_version, "", plan.org.org_id
    )
    components = tuple(
        replace(
            item,
            changes=tuple(
                replace(
                    change,
                    moved=Moved.UNKNOWN,
                    risk=replace(change.risk, numbers="", opened=(), closes=False),
                )
                for change in item.changes
            ),
        )
        for item in plan.components
    )
    access = tuple(
        replace(change, is_insider=False, risk=HARMLESS) if isinstance(change, Assign) else change
        for change in plan.access
    )
    return replace(
        plan,
        actual=ActualApp(""),
        org=org,
        components=components,
        access=access,
        advice=(),
        expiring=(),
        applied_at=None,
        drift=None,
    )


def saved_plan_of(text: str, name: str) -> SavedPlan:
    """The saved plan in ``text``, of the file ``name``.

    Raises :class:`CannotError` for what is no saved plan, is one of another version, or was
    changed after it was made.
    """
    content = object_of(text, f"{name} is not a saved plan", _AGAIN)
    _check_version(content.get("schema"), name)
    checksum = content.pop("checksum", None)
    fits = checksum == _checksum(content)
    content.pop("schema")
    try:
        saved = from_json(SavedPlan, content)
    except ValueError as error:
        raise _unfit(name, str(error).splitlines()) from None
    problems = list(_problems(saved))
    if problems:
        raise _unfit(name, problems)
    if not fits:
        raise CannotError(
            f"{name} was changed after it was made, or is damaged: its checksum does not fit",
            next_step=_AGAIN,
        )
    return saved


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a saved plan's file."""
    schema = json_schema(SavedPlan)
    header = {
        "schema": {"const": SCHEMA, "description": "The format of this file, and its version."},
        "checksum": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the rest of this document, but for created_at, as canonical "
            "JSON: keys sorted, no blanks, ASCII.",
        },
    }
    return {
        **schema,
        "title": "provision saved plan, version 2",
        "properties": {**header, **schema["properties"]},
        "required": [*header, *schema["required"]],
    }


def _checksum(document: Mapping[str, object]) -> str:
    return sha256(canonical_json({k: v for k, v in document.items() if k not in _UNSIGNED}))


def _unfit(name: str, problems: list[str]) -> CannotError:
    return CannotError("\n".join(f"{name}: {problem}" for problem in problems), next_step=_AGAIN)


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
        f"{name} is a saved plan of version {family.group(1)}, and this provision reads version 2",
        next_step=f"{_AGAIN} Or apply it with the version of provision that made it.",
    )


def _problems(saved: SavedPlan) -> Iterator[str]:
    """What is wrong with a plan in which each value has a legal type."""
    plan = saved.plan
    try:
        pydantic.TypeAdapter(DeveloperName).validate_python(plan.app)
    except pydantic.ValidationError as error:
        yield from (f"plan.app: {text.partition(': ')[2]}" for text in problems_of(error))
    if not _ORG_ID.fullmatch(plan.org.org_id):
        yield "plan.org.org_id: it must be the org's id, of 15 characters"
    form = as_json(plan)
    for name, part in as_json(lasting(plan)).items():
        if form[name] != part:
            yield f"plan.{name}: it has a part that no saved plan has"
    for index, item in enumerate(plan.components):
        yield from _component_problems(f"plan.components.{index}", item)
    for index, default in enumerate(plan.defaults):
        if default.component.field(default.field.name) is None:
            yield f"plan.defaults.{index}: there is no field {default.field.name}"


def _component_problems(place: str, item: ComponentPlan) -> Iterator[str]:
    if item.desired.type not in CORE_TYPES or item.component.type is not item.desired.type:
        yield f"{place}: provision does not manage records of its type"
    if item.action is Action.UNKNOWN:
        yield f"{place}.action: a saved plan knows whether the record is there"
    for part, component in (("desired", item.desired), ("component", item.component)):
        yield from (f"{place}.{part}.{problem}" for problem in _misfits(component))


def _misfits(component: Component) -> Iterator[str]:
    for name, value in component.fields.items():
        problem = _problem(component.type.field(name), value)
        if problem:
            yield f"fields.{name}: {problem}"


def _problem(known: Field | None, value: Value) -> str:
    """Why ``value`` cannot be deployed as one of a field (``None``: unknown), empty if it can."""
    if known is None:
        is_kept = isinstance(value, RawXml | Unset)
        return "" if is_kept else "it is not a field of this type, so that its value must be `xml`"
    if known.role in _NOT_DEPLOYED:
        return "it is not deployed: the org generates it, or it is an action"
    if known.secret:
        return "it is a secret, and a saved plan holds none"
    if isinstance(value, Unset) or _is_of(known.kind, value):
        return ""
    return f"it takes {_WORDS.get(known.kind, 'text')}"


def _is_of(kind: Kind, value: Value) -> bool:
    match kind:
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.RECORD:
            return isinstance(value, Mapping)
        case Kind.RECORDS:
            return isinstance(value, tuple)
        case _:
            return isinstance(value, str)


_WORDS: Final = {
    Kind.BOOLEAN: "true or false",
    Kind.INTEGER: "a whole number",
    Kind.RECORD: "a record",
    Kind.RECORDS: "a list of records",
}
