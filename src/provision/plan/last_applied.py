"""LastApplied: what the last apply wanted and read back. It tells who caused a difference.

The record is kept as a file (:func:`last_applied_json`). It holds digests, and no value.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from provision.catalogue.canonical import canonical
from provision.catalogue.component import RawXml, Value
from provision.catalogue.field import Field, Kind, MetadataType, unknown_field
from provision.catalogue.json_form import JsonForm
from provision.errors import CannotError
from provision.findings import ADVICE, Finding, Severity
from provision.plan.codec import as_json, from_json, object_of
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.fingerprint import canonical_json, field_text
from provision.plan.plan import Action, Change, Moved, Plan
from provision.plan.secrecy import holds, texts_of_value

__all__ = [
    "FieldTrace",
    "LastApplied",
    "host_of",
    "last_applied",
    "last_applied_json",
    "last_applied_of",
    "moved",
    "with_moved",
]

_SCHEMA: Final = "provision/last-applied/1"
_NEXT: Final = "The next apply writes a new one."

_BY_MOVES = {
    (True, False): Moved.SPEC,
    (False, True): Moved.ORG,
    (True, True): Moved.BOTH,
    (False, False): Moved.UNKNOWN,
}


def _bytes(form: Any) -> bytes:  # noqa: ANN401  # whatever a file has there
    return bytes.fromhex(form) if isinstance(form, str) else b""


_HEXADECIMAL: Final[JsonForm[bytes]] = JsonForm(
    bytes.hex, _bytes, {"type": "string", "pattern": "^([0-9a-f]{2})+$"}
)


@dataclass(frozen=True, slots=True)
class FieldTrace:
    """What one field should have been, and what was read back, as salted digests."""

    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class LastApplied:
    """The last apply of one app in one org.

    The keys of ``fields`` are ``Type.field``; the value is ``None`` if nothing about the field may
    be kept. Every record has its own ``salt``, so that equal values have different digests.
    """

    org_id: str
    host: str
    app: str
    applied_at: datetime
    run_id: str
    salt: Annotated[bytes, _HEXADECIMAL]
    fields: Mapping[str, FieldTrace | None]


def host_of(instance_url: str) -> str:
    """The host that a record is kept under. A refreshed sandbox has the same host as before."""
    return (urlsplit(instance_url).hostname or "").strip(".").casefold()


def last_applied_json(record: LastApplied) -> str:
    """The record as the text of its file."""
    record = replace(record, applied_at=record.applied_at.astimezone(UTC))
    return json.dumps({"schema": _SCHEMA, **as_json(record)}, indent=2) + "\n"


def last_applied_of(text: str, name: str) -> LastApplied:
    """The record in ``text``, of the file ``name``. Raises :class:`CannotError`."""
    content = object_of(text, f"{name} is not a last-applied record", _NEXT)
    schema = content.pop("schema", None)
    if schema != _SCHEMA:
        raise CannotError(f"{name} has the schema {schema!r}, not {_SCHEMA!r}", next_step=_NEXT)
    try:
        return from_json(LastApplied, content)
    except ValueError as error:
        problems = "\n".join(f"{name}: {problem}" for problem in str(error).splitlines())
        raise CannotError(problems, next_step=_NEXT) from None


def last_applied(
    plan: Plan,
    actual: ActualApp,
    org: OrgFacts,
    *,
    sensitive: frozenset[str],
    run_id: str,
    salt: bytes,
    now: datetime,
) -> LastApplied:
    """The record of ``plan``, which was applied to ``org`` and read back as ``actual``.

    Secrets, and texts from outside of the spec (``sensitive``), are not kept even as digests: a
    short text can be found by trying.
    """
    fields: dict[str, FieldTrace | None] = {}
    for item in plan.components:
        kind = item.desired.type
        present = actual.components.get(kind.name)
        for name, wanted in item.desired.fields.items():
            field = kind.field(name) or unknown_field(name)
            found = _comparable(present.fields.get(name) if present else None, wanted)
            hidden = field.secret or holds(
                [*texts_of_value(wanted), *texts_of_value(found)], sensitive
            )
            fields[_key(kind, field)] = (
                None
                if hidden
                else FieldTrace(
                    _digest(salt, kind, field, wanted), _digest(salt, kind, field, found)
                )
            )
    return LastApplied(
        org_id=org.org_id,
        host=host_of(org.instance_url),
        app=plan.app,
        applied_at=now.replace(microsecond=0),
        run_id=run_id,
        salt=salt,
        fields=fields,
    )


def moved(change: Change, last: LastApplied) -> Moved:
    """Who moved since ``last``: the spec, the org, or both, so that ``change`` is necessary.

    It is unknown if the record has nothing about the field, or if neither moved: then the org did
    not take the value at the last apply either. A field that is new in the spec counts as moved by
    the spec.
    """
    key = _key(change.component, change.field)
    if key not in last.fields:
        return Moved.SPEC
    trace = last.fields[key]
    if trace is None:
        return Moved.UNKNOWN
    wanted = _digest(last.salt, change.component, change.field, change.after)
    found = _digest(last.salt, change.component, change.field, change.before)
    return _BY_MOVES[wanted != trace.wanted, found != trace.found]


def with_moved(plan: Plan, last: LastApplied) -> Plan:
    """``plan`` with who moved in each change, and when it was applied last.

    If another org has the host now, the plan gets advice instead: a refreshed sandbox keeps its
    host, gets another org id, and has no external client apps.
    """
    if plan.org.org_id != last.org_id:
        return replace(plan, advice=(*plan.advice, *_refreshed(plan.org, plan, last)))
    # The record has nothing about differences that were accepted then.
    were_accepted = {_key(e.change.component, e.change.field) for e in plan.expired}
    components = tuple(
        replace(
            item,
            changes=tuple(
                replace(c, moved=moved(c, last))
                if _key(c.component, c.field) not in were_accepted
                else c
                for c in item.changes
            ),
        )
        if item.action is not Action.UNKNOWN  # the org does not show its record
        else item
        for item in plan.components
    )
    return replace(plan, components=components, applied_at=last.applied_at)


def _refreshed(org: OrgFacts, plan: Plan, last: LastApplied) -> tuple[Finding, ...]:
    if not org.org_id or host_of(org.instance_url) != last.host:
        return ()
    does = "will recreate" if plan.creates_app else "has the app already"
    day = f"{last.applied_at:%Y-%m-%d}"
    text = f"refreshed sandbox: {does} (org {last.org_id} on {day}, now {org.org_id})"
    return (Finding(Severity.NOTE, ADVICE, text),)


def _comparable(value: Value | None, wanted: Value) -> Value | None:
    """Of a record, only the wanted fields: a comparison ignores the others."""
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        return {name: inner for name, inner in value.items() if name in wanted}
    return value


def _key(metadata_type: MetadataType, field: Field) -> str:
    return f"{metadata_type.name}.{field.name}"


def _digest(salt: bytes, kind: MetadataType, field: Field, value: Value | None) -> str:
    """A salted digest. It includes the field's name, so equal values of two fields differ in it."""
    text = canonical_json([_key(kind, field), field_text(field, _settled(field, value))])
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()


def _settled(field: Field, value: Value | None) -> Value | None:
    """``value``, or the field's default if there is none: an org may leave a default out."""
    if isinstance(value, RawXml) or canonical(field, value) is not None:
        return value
    if field.default is None:
        return False if field.kind is Kind.BOOLEAN else None
    return field.default
