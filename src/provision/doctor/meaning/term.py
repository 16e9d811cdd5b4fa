"""Terms: settings of an org and its apps that people meet, and that no spec has a key for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.doctor.meaning.meaning import Meaning

__all__ = ["TERMS", "term_meaning"]

_SECURITY: Final = "ExtlClntAppOauthSecuritySettings (API 67), which provision does not manage"

# DOC: the metadata guide, and Salesforce help on partner apps and API Access Control.
TERMS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "tokenIpRanges": (
        (
            "what",
            (
                "The refresh token IP allowlist: the addresses from which an app's web server and "
                "refresh token flows are taken. At most 128 ranges and 256 addresses in all."
            ),
        ),
        ("where", _SECURITY),
        ("not", "trustedIpRanges of ExtlClntAppOauthSettings, which relaxes IP checks"),
    ),
    "ExtlClntAppOauthSecuritySettings": (
        ("what", "A record of an app with its refresh token IP allowlist (tokenIpRanges)."),
        ("where", _SECURITY),
    ),
    "API Access Control": (
        (
            "what",
            (
                "A setting of the org: only apps that are installed or approved may use its API. "
                "Other tokens are granted, and refused by the API (INVALID_SESSION_ID)."
            ),
        ),
        ("where", "Settings:ConnectedApp, enableAdminApprovedAppsOnly"),
    ),
    "enableAdminApprovedAppsOnly": (
        ("what", "API Access Control: `provision explain API Access Control` says more."),
        ("where", "Settings:ConnectedApp"),
    ),
    "Use Any API Client": (
        (
            "what",
            (
                "A permission whose holder may use every app of the org, admin-approved ones "
                "too. It is no cure for API Access Control: it undoes admin approval for every app."
            ),
        ),
    ),
    "IsFrozen": (
        (
            "what",
            (
                "A frozen user cannot log in, and has no refresh tokens any more. Salesforce "
                "freezes users who connect from anonymising networks (since 2026-04-24)."
            ),
        ),
        ("where", "UserLogin.IsFrozen"),
    ),
}


def term_meaning(word: str) -> Meaning | None:
    """What a term means; ``None`` for what is none. ``UseAnyApiClient`` is one like its label."""
    wanted = word.casefold().replace(" ", "")
    for term, facts in TERMS.items():
        if term.casefold().replace(" ", "") == wanted:
            return Meaning(f"{term} (setting of an org)", facts)
    return None
