"""The glossary: rows of text about terms, the words of this program, codes, gates and scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.errors import ExitCode, GateName

__all__ = ["EXIT_CODES", "GATES", "SCOPES_ALLOW", "TERMS", "VOCABULARY", "Term"]


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
        "Where an app sends its token request. External client apps log in only at the org's My "
        "Domain: login.salesforce.com and test.salesforce.com have not found them since Spring "
        "'26.",
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
        "Its holder may use every app of the org, admin-approved ones too. Do not use it against "
        "API Access Control: it undoes admin approval for every app.",
        others=("PermissionsUseAnyApiClient", "UseAnyApiClient"),
    ),
    "Use Any API Auth": Term(
        _PERMISSION,
        "It is about logins over SOAP (Winter '27). It lets nobody into an app.",
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
        "Login IP ranges are checked at every request, not only at the login.",
        "SessionSettings, in the settings of Security",
    ),
    "lockSessionsToIp": Term(
        _SETTING,
        "A session works only from the address that it began at.",
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
        "It exists only as a bit of the app's record. It has no metadata token, so a deploy of "
        "scopes clears it.",
        others=("HUB_API",),
    ),
    "SFAP": Term(
        "OAuth scope",
        "The name of the scope sfap_api in connected apps. In an ECA it is SFApiPlatform.",
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
        "only there.",
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
    "Queued": Term(_STATUS, "The org has not started it.", others=("Pending",)),
    "InProgress": Term(_STATUS, "The org is working on it."),
    "Succeeded": Term(_STATUS, "All of it is in the org."),
    "SucceededPartial": Term(
        _STATUS, "What could be written is in the org. provision never asks for that."
    ),
    "Failed": Term(_STATUS, "Nothing of it is in the org: provision deploys with rollbackOnError."),
    "Canceled": Term(
        _STATUS, "Somebody, or a wait that ran out, cancelled it.", others=("Canceling",)
    ),
}
"""What people meet in Setup, in queries and in files, and that no spec has a key for."""

VOCABULARY: Final[Mapping[str, str]] = {
    "spec": "One YAML file, which is one external client app.",
    "preset": "A part of a spec that comes with provision (salesforce-cli, ci-jwt); a spec extends "
    "it.",
    "fleet": "One YAML file that names orgs, how each is reached, its variables and its specs.",
    "org": "A Salesforce org, as --org or a fleet names it; `local` is the embedded local org.",
    "component": "One metadata record of an app: its type, its name and its fields.",
    "dependent record": "A record of an app beside its header, of any type.",
    "change": "One field of one component, before and after, with its risk.",
    "risk": "What a change can do to those who use the app, or who may get to use it.",
    "plan": "All changes for one app in one org, the gates that they trip, and a fingerprint of "
    "what was read.",
    "drift": "A difference between the org and its spec that nobody applied.",
    "gate": "A reason to refuse a plan. Only its flag lifts it (--allow NAME).",
    "rules": "One YAML file of what apps and changes may be. lint and the gates read it.",
    "proof": "A real token request that shows that the app does what the spec asks: a login, or "
    "its refusal.",
    "probe": "A request to the authorize URL. Nobody logs in, so it proves nothing.",
    "finding": "A message about a place or an app: severity, rule, text, next step.",
    "snapshot": "An app as it was before a run, kept as files in the run's folder.",
    "run": "One verb over one org or many, kept in a folder of its own under .provision/runs.",
    "local org": "A Salesforce org emulated on this machine, which comes with provision.",
    "packaged-app": "Advice of a plan: an installed package has an app of the spec's name. It is "
    "another app, and provision does not manage it.",
    "disputed-version": "A warning of a plan: sources disagree on whether the org's API version "
    "has a field. The org decides.",
    "lag": "A change that has not reached every server of the org: logins see the app as it was.",
}
"""The words of this program, as its messages and pages use them."""

EXIT_CODES: Final[Mapping[ExitCode, str]] = {
    ExitCode.OK: "Done. For diff, lint and doctor: nothing found. If the proof was only a "
    "probe, the output says so.",
    ExitCode.BUG: "A bug in provision.",
    ExitCode.CANNOT: "It cannot be done as asked: wrong usage, a wrong spec, or names or versions "
    "that the org does not know. Nothing was written in that org.",
    ExitCode.UNREACHABLE: "The org cannot be reached, or refused the login. Nothing was written in "
    "that org.",
    ExitCode.FOUND: "Found: differences (diff, plan --exit-code), or findings (lint, doctor).",
    ExitCode.APPLY_FAILED: "A write failed, or nobody knows how it ended. The message says what "
    "was written, or that the org is as before.",
    ExitCode.REFUSED: "Refused by a gate, or not confirmed. Nothing was written in that org.",
    ExitCode.NOT_PROVEN: "Applied and read back, but not proven (yet): the login did not succeed, "
    "or the org still grants one that the spec switches off.",
}
"""What each means for one org. Over several orgs, the program ends with the worst of them."""

GATES: Final[Mapping[GateName, str]] = {
    GateName.IRREVERSIBLE: "The plan does something that cannot be undone, such as deleting "
    "an app.",
    GateName.LOCKOUT: "Users or clients of the app could no longer use it.",
    GateName.WEAKENING: "The app lets more in than before, or breaks a rule that it did not "
    "break before.",
    GateName.THRESHOLD: "More apps, fields or orgs change than the rules file allows at once.",
    GateName.PRODUCTION: "The org is a production org.",
    GateName.STALE: "The org or the spec changed after the plan was made. Plan again.",
}
"""What each gate refuses."""

SCOPES_ALLOW: Final[Mapping[str, str]] = {
    "A2A": "agent-to-agent APIs",
    "Address": "the user's postal address",
    "Api": "the user's data over the REST, SOAP and Bulk APIs",
    "Basic": "the identity URL: id, profile, email, address, phone",
    "CDP": "all Data Cloud APIs",
    "CDPCalculatedInsight": "calculated insights of Data Cloud",
    "CDPIdentityResolution": "identity resolution of Data Cloud",
    "CDPIngest": "the ingestion API of Data Cloud",
    "CDPProfile": "profile data of Data Cloud",
    "CDPQuery": "ANSI SQL queries on Data Cloud data",
    "CDPSegment": "segmentation in Data Cloud",
    "Chatbot": "chatbot services",
    "Chatter": "the Connect REST API",
    "CmdbDiscovery": "discovery for the configuration management database",
    "Content": "content resources",
    "CustomApplications": "Visualforce pages",
    "CustomPermissions": "the user's custom permissions",
    "DataCloudUserClaims": "claims about the user for Data Cloud",
    "Eclair": "geodata of Analytics charts",
    "EinsteinGPT": "Einstein generative AI services",
    "Email": "the user's email address",
    "ForgotPassword": "headless password reset",
    "Full": "everything that the user may do, except the refresh token",
    "Interaction": "the Interaction API",
    "Lightning": "Lightning applications",
    "MCP": "MCP servers that Salesforce hosts; it needs JWT-format access tokens",
    "OfflineAccess": "a refresh token, like refresh_token",
    "OpenID": "the user's unique identifier (OpenID Connect)",
    "Pardot": "Account Engagement (Pardot) services",
    "Phone": "the user's phone number",
    "Profile": "the user's profile, such as the name",
    "PwdlessLogin": "headless login without a password",
    "RefreshToken": "a refresh token, which works while the user is away",
    "SCRT": "Service Cloud real-time messaging",
    "SFApiPlatform": "the Salesforce API Platform",
    "SemanticLayer": "the semantic layer",
    "UserRegistration": "headless registration of users",
    "Wave": "the Analytics REST API",
    "Web": "the user interface, with the access token in a browser",
}
"""What each scope allows, by its metadata token, as Setup's list of scopes says (DOC)."""
