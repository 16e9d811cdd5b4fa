"""Terms: what people meet in Setup, in queries and in files, and that no spec has a key for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.doctor.meaning.meaning import Meaning

__all__ = ["TERMS", "Term", "term_meaning"]


@dataclass(frozen=True, slots=True)
class Term:
    """What a term is (``sort``), means, and where it is found; ``others`` are its other names."""

    sort: str
    what: str
    where: str = ""
    unlike: str = ""
    others: tuple[str, ...] = ()


_SETTING: Final = "setting of an org"
_APP_SETTING: Final = "setting of an app"
_PERMISSION: Final = "user permission"
_OBJECT: Final = "object of an org"
_OAUTH: Final = "OAuth"
_STATUS: Final = "status of a deploy"
_SECURITY: Final = "ExtlClntAppOauthSecuritySettings (API 67), which provision does not manage"

# DOC: the metadata guide, the object reference, and Salesforce help on partner apps, API Access
# Control and OAuth flows; eca-metadata 2, 5, 8 and 13, org-protocol 3 and 7.
TERMS: Final[Mapping[str, Term]] = {
    "tokenIpRanges": Term(
        _APP_SETTING,
        "The refresh token IP allowlist: the addresses from which an app's web server and refresh "
        "token flows are taken. At most 128 ranges and 256 addresses in all.",
        _SECURITY,
        "trustedIpRanges of ExtlClntAppOauthSettings, which relaxes IP checks",
        ("ExtlClntAppOauthSecuritySettings.tokenIpRanges", "Refresh Token IP Allowlist"),
    ),
    "login host": Term(
        _OAUTH,
        "Where an app sends its token request. External client apps log in at the org's My Domain "
        "alone: login.salesforce.com and test.salesforce.com have not found them since Spring '26.",
        "Setup > My Domain",
        others=("login.salesforce.com", "test.salesforce.com"),
    ),
    "API Access Control": Term(
        _SETTING,
        "Only apps that are installed or approved may use the org's API. Other tokens are granted, "
        "and refused by the API (INVALID_SESSION_ID).",
        "Settings:ConnectedApp, enableAdminApprovedAppsOnly",
    ),
    "Use Any API Client": Term(
        _PERMISSION,
        "Its holder may use every app of the org, admin-approved ones too. It is no cure for API "
        "Access Control: it undoes admin approval for every app.",
        others=("PermissionsUseAnyApiClient", "UseAnyApiClient"),
    ),
    "Use Any API Auth": Term(
        _PERMISSION,
        "It is about logins over SOAP (Winter '27), and lets nobody into an app.",
        unlike="Use Any API Client",
    ),
    "Approve Uninstalled Connected Apps": Term(
        _PERMISSION,
        "Its holder may use apps that are not installed in the org. They have been blocked for "
        "others since September 2025.",
    ),
    "IsFrozen": Term(
        _OBJECT,
        "A frozen user cannot log in, and has no refresh tokens any more. Salesforce freezes "
        "users who connect from anonymising networks (since 2026-04-24).",
        "UserLogin.IsFrozen",
        others=("UserLogin.IsFrozen", "UserLogin", "frozen", "frozen user"),
    ),
    "enforceIpRangesEveryRequest": Term(
        _SETTING,
        "Login IP ranges are checked at every request, not at the login alone.",
        "SessionSettings, in the settings of Security",
    ),
    "lockSessionsToIp": Term(
        _SETTING,
        "A session works from the address alone that it was begun from.",
        "SessionSettings, in the settings of Security",
    ),
    "enableExternalClientApps": Term(
        _SETTING,
        "It switched external client apps on in early releases. Later ones have them on, and "
        "files have it as nil.",
        "Settings:ExternalClientApp, gone from the WSDL at 63",
    ),
    "SetupEntityAccess": Term(
        _OBJECT,
        "A row grants an app to a permission set, or to a profile by its own permission set.",
        "REST; SetupEntityType is ExternalClientApplication",
    ),
    "PermissionSetAssignment": Term(
        _OBJECT,
        "A row gives a user a permission set. A grant of the app to the set lets in those who "
        "have a row.",
        "REST",
    ),
    "OauthToken": Term(
        _OBJECT,
        "The live tokens of the org: AppName, UserId, LastUsedDate, UseCount. A query answers "
        "2,500 rows at most.",
        "SOQL",
    ),
    "SetupAuditTrail": Term(_OBJECT, "Who changed what in Setup, and when.", "SOQL"),
    "LoginHistory": Term(
        _OBJECT, "Logins, and why they were refused. It does not have refreshes.", "SOQL; Setup"
    ),
    "hub_api": Term(
        "OAuth scope",
        "It exists as a bit of the app's record alone, and has no metadata token: a deploy of "
        "scopes clears it.",
        others=("HUB_API",),
    ),
    "SFAP": Term(
        "OAuth scope", "What connected apps call the scope sfap_api. Of an ECA it is SFApiPlatform."
    ),
    "mTLS": Term(
        _OAUTH,
        "Mutual TLS: the client must show a certificate with each request (isMtlsEnabled, API 68).",
    ),
    "DPoP": Term(
        _OAUTH,
        "Proof of possession: the client must sign each token request and each call "
        "(isDPopEnabled).",
    ),
    "PKCE": Term(
        _OAUTH,
        "The client shows at the token endpoint that it began the login itself: "
        "oauth.pkce_required. Some orgs keep it on.",
    ),
    "My Domain": Term(
        _SETTING,
        "The org's own login host, https://NAME.my.salesforce.com. External client apps log in "
        "there alone.",
        "Setup > My Domain",
        "login.salesforce.com and test.salesforce.com",
    ),
    "consumer key": Term(_OAUTH, "The client_id of an app. An org never changes it."),
    "consumer secret": Term(
        _OAUTH,
        "The client_secret of an app. No retrieve returns it; `provision credentials show` reads "
        "it where the org allows that.",
    ),
    "external client app": Term(
        "app",
        "An OAuth client of an org, kept in at least three metadata records: a header, OAuth "
        "settings and global OAuth settings.",
    ),
    "connected app": Term(
        "app",
        "The older kind of OAuth client. Since Spring '26 new ones cannot be created, except by a "
        "package.",
        others=("ConnectedApp",),
    ),
    "Queued": Term(_STATUS, "The org has not begun with it.", others=("Pending",)),
    "InProgress": Term(_STATUS, "The org is at work on it."),
    "Succeeded": Term(_STATUS, "All of it is in the org."),
    "SucceededPartial": Term(
        _STATUS, "What could be written is in the org. provision never asks for that."
    ),
    "Failed": Term(_STATUS, "Nothing of it is in the org: provision deploys with rollbackOnError."),
    "Canceled": Term(
        _STATUS, "Somebody, or a wait that ran out, cancelled it.", others=("Canceling",)
    ),
}


def term_meaning(word: str) -> Meaning | None:
    """What a term means; ``None`` for what is none. ``UseAnyApiClient`` is one like its label."""
    wanted = _folded(word)
    for name, term in TERMS.items():
        if wanted in {_folded(each) for each in (name, *term.others)}:
            facts = (("what", term.what), ("where", term.where), ("not", term.unlike))
            return Meaning(f"{name} ({term.sort})", facts)
    return None


def _folded(word: str) -> str:
    return word.casefold().replace(" ", "")
