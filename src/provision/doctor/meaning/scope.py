"""OAuth scopes: what each allows, by OAuth's name or by its metadata token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.catalogue.scope import SCOPES, Scope
from provision.doctor.meaning.meaning import Meaning

__all__ = ["ALLOWS", "scope_meaning"]

# What Setup's list of scopes says (DOC), by metadata token.
ALLOWS: Final[Mapping[str, str]] = {
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
    "Full": "everything that the user may do, but for the refresh token",
    "Interaction": "the Interaction API",
    "Lightning": "Lightning applications",
    "MCP": "MCP servers that Salesforce hosts; it wants JWT-format access tokens",
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


def scope_meaning(word: str) -> Meaning | None:
    """What a scope allows; ``None`` for what is none."""
    folded = word.casefold()
    for scope in SCOPES:
        if folded in {name.casefold() for name in (*scope.names, scope.token)}:
            return _meaning(scope)
    return None


def _meaning(scope: Scope) -> Meaning:
    return Meaning(
        f"{scope.names[0]} (OAuth scope)",
        (
            ("allows", ALLOWS.get(scope.token, "")),
            ("in Setup", scope.label),
            ("metadata", scope.token),
            ("spec key", "oauth.scopes"),
            ("API", f"{scope.since} and later"),
        ),
    )
