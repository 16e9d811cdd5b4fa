"""The dictionary of refusals: which row a text is, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from provision.refusals import (
    api,
    app,
    client,
    credentials,
    deploy,
    grant,
    login,
    network,
    oauth_code,
    package,
    record,
    request,
    user,
)
from provision.refusals.refusal import Flow, Known, Refusal, folded

__all__ = ["REFUSALS", "UNKNOWN", "UNKNOWN_LOGIN", "find", "find_all", "named", "next_step"]

REFUSALS: Final[tuple[Refusal, ...]] = (
    *app.ROWS,
    *user.ROWS,
    *login.ROWS,
    *grant.ROWS,
    *request.ROWS,
    *oauth_code.ROWS,
    *api.ROWS,
    *deploy.ROWS,
    *package.ROWS,
    *credentials.ROWS,
    *record.ROWS,
    *network.ROWS,
    *client.ROWS,
)
"""Every refusal that is known."""

UNKNOWN: Final = "provision does not know this refusal. Look it up in Salesforce's documentation."
"""What to do about a refusal that is not known."""

UNKNOWN_LOGIN: Final = f"{UNKNOWN} Setup > Login History of the user may say more."
"""The same for a login."""

_BY_NAME: Final = {row.name: row for row in REFUSALS}
_SHORTEST_PART: Final = 8  # shorter parts of a sentence stand in several


def named(name: str) -> Refusal:
    """The row with a name of ours. Raises :class:`KeyError`."""
    return _BY_NAME[name]


def find(said: str, flow: Flow | None = None) -> Refusal | None:
    """The refusal that an org's answer ``said`` is, or ``None`` if it is unknown.

    ``flow`` is the login that was refused, as far as known. Among equals the first row wins.
    """
    text = folded(said)

    fitting = [
        (fit, row)
        for row in REFUSALS
        if (fit := row.fit(text)) and (flow is None or not row.flows or flow in row.flows)
    ]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def find_all(said: str) -> tuple[Refusal, ...]:
    """Every refusal that ``said`` may be, where nothing else is known of it.

    A part of an org's sentence is enough if it is a long one.
    """
    text = folded(said)
    fits = {row.name: fit for row in REFUSALS if (fit := row.fit(text)) is not None}
    if fits:
        best = max(fits.values())
        return tuple(row for row in REFUSALS if fits.get(row.name) == best)
    if len(text) < _SHORTEST_PART or " " not in text:
        return ()
    return tuple(row for row in REFUSALS if any(text in folded(sign) for sign in row.texts))


def next_step(said: str, flow: Flow | None = None, known: Collection[Known] = ()) -> str:
    """What to do about an org's answer to a login of which this is ``known``."""
    row = find(said, flow)
    if row is None:
        return UNKNOWN if flow is None else UNKNOWN_LOGIN
    return row.knowing(known).next_step
