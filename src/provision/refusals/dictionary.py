"""The dictionary of refusals: which row a text is, and what to do about it."""

from __future__ import annotations

from typing import Final

from provision.refusals import api, app, credentials, deploy, grant, login, request, setup, user
from provision.refusals.refusal import Flow, Refusal, Where, folded

__all__ = ["REFUSALS", "UNKNOWN", "find", "find_all", "named", "next_step"]

REFUSALS: Final[tuple[Refusal, ...]] = (
    *app.ROWS,
    *user.ROWS,
    *login.ROWS,
    *grant.ROWS,
    *request.ROWS,
    *api.ROWS,
    *deploy.ROWS,
    *credentials.ROWS,
    *setup.ROWS,
)
"""Every refusal that is known."""

UNKNOWN: Final = (
    "This refusal is not in the dictionary. Look it up in Salesforce's documentation; Setup > "
    "Login History may say more."
)
"""What to do about a refusal that is not known."""

_BY_NAME: Final = {row.name: row for row in REFUSALS}
_SHORTEST_PART: Final = 8  # shorter parts of a sentence stand in several


def named(name: str) -> Refusal:
    """The row with a name of ours. Raises :class:`KeyError`."""
    return _BY_NAME[name]


def find(said: str, flow: Flow | None = None, where: Where | None = None) -> Refusal | None:
    """The refusal that an org's answer ``said`` is, or ``None`` if it is unknown.

    ``flow`` is the login that was refused, and ``where`` what refused it, as far as known.
    """
    found = _fitting(said, flow, where)
    return found[0] if found else None


def find_all(said: str) -> tuple[Refusal, ...]:
    """Every refusal that ``said`` may be, where nothing else is known of it.

    A part of an org's sentence is enough if it is a long one.
    """
    found = _fitting(said, None, None)
    if found:
        text = folded(said)
        best = found[0].weight(text)
        return tuple(row for row in found if row.weight(text) == best)
    part = folded(said)
    if len(part) < _SHORTEST_PART or " " not in part:
        return ()
    return tuple(row for row in REFUSALS if any(part in folded(text) for text in row.texts))


def next_step(said: str, flow: Flow | None = None, where: Where | None = None) -> str:
    """What to do about an org's answer."""
    row = find(said, flow, where)
    return row.next_step if row else UNKNOWN


def _fitting(said: str, flow: Flow | None, where: Where | None) -> tuple[Refusal, ...]:
    """The rows that fit, the best first; among equals the order of the tables decides."""
    text = folded(said)
    rows = [row for row in REFUSALS if row.weight(text)]
    if flow is not None:
        rows = [row for row in rows if not row.flows or flow in row.flows]

    def rank(row: Refusal) -> tuple[bool, int]:
        return (where is None or where in row.where, row.weight(text))

    return tuple(sorted(rows, key=rank, reverse=True))
