"""Proof kind: how an app can be proven."""

from __future__ import annotations

from enum import Enum

__all__ = ["ProofKind"]


class ProofKind(Enum):
    """How an app was proven."""

    JWT_LOGIN = "JWT login"
    CLIENT_CREDENTIALS_LOGIN = "client credentials login"
    AUTHORIZE_PROBE = "authorize probe"
