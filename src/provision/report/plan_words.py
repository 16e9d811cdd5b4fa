"""A plan in words: its state, its numbers, its risks and its drift, for any format to lay out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.field import MetadataType
from provision.catalogue.risk import HARMLESS, Risk, RiskLevel
from provision.findings import ADVICE, Finding, Position, Severity
from provision.plan.drift import Drift, LastChange, ToldBy
from provision.plan.facts import Unmanaged, unmanaged
from provision.plan.plan import (
    AccessChange,
    Action,
    Assign,
    CreatePermissionSet,
    CreateProfile,
    Default,
    Moved,
    Plan,
)
from provision.redaction import visible
from provision.report.row import rows
from provision.report.value import POLICY, REFRESH_TOKEN, refresh_token_policy, shown

__all__ = [
    "HAVE",
    "SAYS",
    "Defaults",
    "access_words",
    "advice_label",
    "change_words",
    "component_count",
    "default_words",
    "differences",
    "drift_risk_counts",
    "has_expired_certificate",
    "key_choice",
    "lacking_risk",
    "missing_status",
    "missing_words",
    "moved_words",
    "place",
    "risk_counts",
    "risk_of",
    "risks",
    "summary",
    "unmanaged_records",
    "ways_out",
    "weakening",
]

HAVE: Final = "the org has"
"""The label of a value of the org."""

SAYS: Final = "the spec says"
"""The label of a value of the spec."""

_REPAIR: Final = "To have what the spec says: run `provision apply` on the same target."
_REPAIR_REST: Final = (
    "To have what the spec says: no apply can undo all of it. Do what the irreversible gate says, "
    "and run `provision apply` for the rest."
)
_KEEP: Final = (
    "To have what the org has: write its values into the spec, at the places that are named here; "
    "to leave them alone until a day, name them under `accept:` in the spec."
)
_MAKE_AGAIN: Final = (
    "To have the app: run `provision apply` on the same target. It makes a new app, with a new "
    "consumer key unless the spec says one: clients of an app that was there before need the new "
    "key, and its users log in again."
)
_GO_WITHOUT: Final = (
    "To go without the app: remove its spec from the fleet file, or from the command."
)
_KEY_CHOICE: Final = "a random consumer key, which provision chooses at apply"
_MOVED: Final = {
    Moved.SPEC: "The spec moved since the last apply.",
    Moved.ORG: "The org moved since the last apply.",
    Moved.BOTH: "Spec and org both moved since the last apply.",
    Moved.UNKNOWN: "",
}

RiskCounts = tuple[tuple[RiskLevel, int], ...]
"""How many changes there are of each risk, the worst first, harmless ones left out."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the org chooses for one component of a new app: keys or fields, and values."""

    type_name: str
    chosen: tuple[tuple[str, str], ...]


def has_expired_certificate(plan: Plan) -> bool:
    """Whether an app that is otherwise as the spec says has an expired certificate."""
    return plan.is_empty and not plan.is_as_wanted


def key_choice(plan: Plan) -> str:
    """The consumer key that provision will choose, in words; empty if it chooses none."""
    return _KEY_CHOICE if plan.chooses_consumer_key else ""


def component_count(plan: Plan, action: Action) -> int:
    """How many components have ``action``."""
    return sum(item.action is action for item in plan.components)


def differences(plan: Plan) -> int:
    """How many differences there are between the org and the spec."""
    return len(rows(plan)) + len(plan.access)


def risk_counts(plan: Plan) -> RiskCounts:
    """The risks of the changes. One that locks out some and lets in others counts for both."""
    levels = [level for row in rows(plan) for level in row.risk.levels]
    return _counted([*levels, *(risk_of(change).level for change in plan.access)])


def drift_risk_counts(plan: Plan) -> RiskCounts:
    """The risks of the drift itself."""
    drifts: list[Risk] = [row.drift for row in rows(plan) if row.drift]
    drifts += plan.drift.access if plan.drift else ()
    return _counted([level for risk in drifts for level in risk.levels])


def weakening(plan: Plan) -> int:
    """How many differences let more in, or for longer: the drift's, or else the changes'."""
    counts = drift_risk_counts(plan) if plan.drift else risk_counts(plan)
    return dict(counts).get(RiskLevel.WEAKENS, 0)


def risk_of(change: AccessChange) -> Risk:
    """The risk of an access change: only an assignment has any."""
    return change.risk if isinstance(change, Assign) else HARMLESS


def lacking_risk(plan: Plan, index: int) -> Risk:
    """The risk of the drift that the access change at ``index`` repairs."""
    return plan.drift.access[index] if plan.drift and plan.drift.access else HARMLESS


def access_words(change: AccessChange) -> str:
    """What is created or assigned, and its risk, in one line."""
    risk = risk_of(change)
    return f"{_made(change)} ({risk.words}: {risk.reason})" if risk.reason else _made(change)


def default_words(plan: Plan) -> Iterator[Defaults]:
    """What the org chooses for a new app, component by component."""
    for kind, group in groupby(plan.defaults, lambda default: default.component):
        yield Defaults(kind.name, tuple(_chosen(kind, tuple(group))))


def unmanaged_records(plan: Plan) -> tuple[Unmanaged, ...]:
    """What the app has, or may have, beside what the plan manages."""
    return tuple(unmanaged(plan.actual, {item.desired.type.name for item in plan.components}))


def summary(plan: Plan) -> str:
    """The numbers of components, fields, changes for access, and risks."""
    fields = len(plan.changes)
    unknown = component_count(plan, Action.UNKNOWN)
    done = (
        f"{f'{unknown} unknown, ' if unknown else ''}"
        f"{component_count(plan, Action.CREATE)} to create, "
        f"{component_count(plan, Action.UPDATE)} to update "
        f"({fields} field{'s' if fields != 1 else ''}), {len(plan.access)} for access."
    )
    drift_counts = drift_risk_counts(plan) if plan.drift else ()
    if drift_counts:
        done = f"{done} Risks of the drift: {_tally(drift_counts)}."
    title = "Risks of the repair" if plan.drift else "Risks"
    counts = risk_counts(plan)
    return f"{done} {title}: {_tally(counts)}." if counts else done


def risks(plan: Plan) -> str:
    """How many rows there are of each risk: ``locks out: 1, weakens: 2``. A drift's are its own."""
    return _tally(drift_risk_counts(plan) if plan.drift else risk_counts(plan))


def moved_words(moved: Moved) -> str:
    """Who moved since the last apply, as a sentence; empty if it is not known."""
    return _MOVED[moved]


def advice_label(advice: Finding) -> str:
    """The label of a piece of advice: ``advice``, or its severity if it is more than a note."""
    return ADVICE if advice.severity is Severity.NOTE else advice.severity.value


def place(position: Position) -> str:
    """A position as a person reads it."""
    return visible(str(position))


def missing_status(drift: Drift) -> str:
    """The status of an app that is missing."""
    return "missing in the org" if drift.applied_at is None else "deleted in the org"


def missing_words(drift: Drift, app: str) -> str:
    """What happened to an app that is missing, in sentences."""
    if drift.applied_at is None:
        return f"The org has no app {app}: it was deleted there, or never applied."
    return (
        f"The org has no app {app}, and had it on {drift.applied_at.date().isoformat()}, when it "
        "was last applied: it was deleted since. Its consumer key and its tokens went with it."
    )


def ways_out(plan: Plan) -> tuple[str, ...]:
    """The two ways to end the drift that ``plan`` tells."""
    if plan.drift and plan.drift.is_missing:
        return (_MAKE_AGAIN, _GO_WITHOUT)
    is_final = any(not gate.flag for gate in plan.gates)
    return (_REPAIR_REST if is_final else _REPAIR, _KEEP)


def change_words(change: LastChange) -> str:
    """Who changed what, and when, in one line."""
    who = f" by {change.who}" if change.who else ""
    when = f"{change.at:%Y-%m-%d %H:%M} UTC"
    if change.told_by is ToldBy.AUDIT_TRAIL:
        return f'{when}{who}: "{change.what}" (setup audit trail)'
    return f"{when}{who}: {change.what}"


def _tally(counts: RiskCounts) -> str:
    return ", ".join(f"{level.words}: {count}" for level, count in counts)


def _counted(levels: Sequence[RiskLevel]) -> RiskCounts:
    worst_first = sorted(RiskLevel, reverse=True)
    return tuple((lv, levels.count(lv)) for lv in worst_first if lv and lv in levels)


def _made(change: AccessChange) -> str:
    match change:
        case CreatePermissionSet():
            return f"permission set {change.name}"
        case CreateProfile():
            return f"profile {change.name}, a clone of {change.source}"
        case Assign():
            return f"permission set {change.permission_set} for {change.username}"


def _chosen(kind: MetadataType, defaults: Sequence[Default]) -> Iterator[tuple[str, str]]:
    """Keys with their values. The spec may say one field of a refresh-token policy, not all."""
    values = {default.field.name: default.value for default in defaults}
    is_whole_policy = kind is OAUTH_POLICIES and values.keys() >= REFRESH_TOKEN
    for default in defaults:
        name = default.field.name
        key = default.field.key
        if is_whole_policy and name in REFRESH_TOKEN:
            if name == POLICY and key:
                yield key.name, refresh_token_policy(values)
        else:
            shown_name = key.name if key and name not in REFRESH_TOKEN else name
            yield shown_name, shown(default.field, default.value)
