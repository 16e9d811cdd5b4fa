"""Refused login: the proof of what a spec switches off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.apply.lags import Lags
from provision.apply.proof_kind import ProofKind
from provision.apply.propagation import NotYet, Propagation
from provision.errors import LoginRefused
from provision.refusals.app import APP_OFF
from provision.refusals.dictionary import find
from provision.refusals.request import FLOW_DISABLED

__all__ = ["APP_IS_OFF", "FLOW_IS_OFF", "RefusedLogin"]

APP_IS_OFF = frozenset({APP_OFF})
"""The refusals that say that an app is switched off."""

FLOW_IS_OFF = APP_IS_OFF | {FLOW_DISABLED, "client-credentials-off", "no-run-as-user"}
"""The refusals that say that the client credentials flow is."""


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """A login that must be refused, since the spec says ``asked``; ``names`` are the refusals."""

    kind: ProofKind
    username: str
    asked: str
    names: frozenset[str]
    log_in: Callable[[], object]

    def shown(self, propagation: Propagation, wait: float, lags: Lags) -> str:
        """What the org answered. A login that is still granted is waited for, ``wait`` seconds.

        Raises :class:`NotProven` if the login is still granted then, or is refused for another
        reason.
        """
        return propagation.awaited(self._attempt, self.kind, wait, lags)

    def _attempt(self) -> str:
        try:
            self.log_in()
        except LoginRefused as error:
            row = find(error.message, self.kind.flow)
            if row is not None and row.name in self.names:
                return error.message
            raise LoginRefused(
                f"the spec says {self.asked}, and the login is refused for another reason: "
                f"{error.message}",
                code=error.code,
                next_step=error.next_step,
            ) from error
        who = f" of {self.username}" if self.username else ""
        raise NotYet(
            f"the login{who} is still granted, though the spec says {self.asked}",
            next_step="See `provision diff`. If the org is as the spec says, the change may need "
            "up to 30 minutes: run `provision prove --proof-wait 1800`. If it is granted then as "
            "well, block the app in Setup, under Connected Apps OAuth Usage.",
        )
