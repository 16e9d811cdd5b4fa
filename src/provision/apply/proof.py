"""Proof: what was tried with an app, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from provision.refusals.refusal import Flow

__all__ = ["Proof", "ProofKind", "Shows"]


class ProofKind(Enum):
    """What was tried with an app."""

    JWT_LOGIN = "JWT login"
    CLIENT_CREDENTIALS_LOGIN = "client credentials login"
    AUTHORIZE_PROBE = "authorize probe"

    @property
    def flow(self) -> Flow:
        """The OAuth flow that is tried."""
        return _FLOWS[self]


_FLOWS = {
    ProofKind.JWT_LOGIN: Flow.JWT_BEARER,
    ProofKind.CLIENT_CREDENTIALS_LOGIN: Flow.CLIENT_CREDENTIALS,
    ProofKind.AUTHORIZE_PROBE: Flow.WEB_SERVER,
}


class Shows(StrEnum):
    """What a proof shows. A probe is nobody's login, and proves nothing."""

    LOGIN = "login"
    REFUSAL = "refusal"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Proof:
    """A real token request, or a probe: its kind, its user, and what it did, in a sentence.

    ``also`` has further proofs of the same app: an app with two flows has two proofs.
    """

    kind: ProofKind
    username: str
    detail: str
    also: tuple[Proof, ...] = ()
    shows: Shows = Shows.LOGIN
