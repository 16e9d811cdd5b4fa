"""OAuth scopes: the names that OAuth uses, and the tokens that metadata uses for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["SCOPES", "Scope", "granted", "scope_of"]


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: its metadata token, and the OAuth names that mean it (the usual one first).

    ``since`` is the first API version whose orgs have it. ``label`` is what Setup calls it, empty
    if no source gives the whole label.
    """

    token: str
    names: tuple[str, ...]
    since: int = 59
    label: str = ""


# Setup shows each of these groups as one entry.
_IDENTITY = "Access the identity URL service (id, profile, email, address, phone)"
_ANY_TIME = "Perform requests at any time (refresh_token, offline_access)"

# The 36 tokens that an org of API 67 lists when it refuses an unknown one (OBS), with the runtime
# names of Salesforce's scope documentation. scrt_api and data_cloud_user_claims are inferred from
# the bits of the ExtlClntAppOauthSettings object; so are the names of the three that came with API
# 68, whose tokens are in the types package of that version (1.9.0).
SCOPES = (
    Scope("A2A", ("a2a_api",), since=68),
    Scope("Address", ("address",), label=_IDENTITY),
    Scope("Api", ("api",), label="Manage user data via APIs (api)"),
    Scope("Basic", ("id",), label=_IDENTITY),
    Scope("CDP", ("cdp_api",)),
    Scope("CDPCalculatedInsight", ("cdp_calculated_insight_api",)),
    Scope("CDPIdentityResolution", ("cdp_identityresolution_api",)),
    Scope("CDPIngest", ("cdp_ingest_api",)),
    Scope("CDPProfile", ("cdp_profile_api",)),
    Scope("CDPQuery", ("cdp_query_api",)),
    Scope("CDPSegment", ("cdp_segment_api",)),
    Scope("Chatbot", ("chatbot_api",), label="Access chatbot services (chatbot_api)"),
    Scope("Chatter", ("chatter_api",), label="Access Connect REST API resources (chatter_api)"),
    Scope("CmdbDiscovery", ("cmdb_discovery_api",), since=68),
    Scope("Content", ("content",)),
    Scope(
        "CustomApplications",
        ("visualforce",),
        label="Access Visualforce applications (visualforce)",
    ),
    Scope(
        "CustomPermissions",
        ("custom_permissions",),
        label="Access custom permissions (custom_permissions)",
    ),
    Scope("DataCloudUserClaims", ("data_cloud_user_claims",)),
    Scope("Eclair", ("eclair_api",)),
    Scope(
        "EinsteinGPT",
        ("einstein_gpt_api",),
        label="Access Einstein GPT services (einstein_gpt_api)",
    ),
    Scope("Email", ("email",), label=_IDENTITY),
    Scope("ForgotPassword", ("forgot_password",)),
    Scope("Full", ("full",), label="Full access (full)"),
    Scope("Interaction", ("interaction_api",)),
    Scope("Lightning", ("lightning",)),
    Scope("MCP", ("mcp_api",), label="Access Salesforce hosted MCP Servers (mcp_api)"),
    Scope("OfflineAccess", ("offline_access",), label=_ANY_TIME),
    Scope("OpenID", ("openid",), label="Access unique user identifiers (openid)"),
    Scope("Pardot", ("pardot_api",), label="Manage Pardot services (pardot_api)"),
    Scope("Phone", ("phone",), label=_IDENTITY),
    Scope("Profile", ("profile",), label=_IDENTITY),
    Scope("PwdlessLogin", ("pwdless_login_api",)),
    Scope("RefreshToken", ("refresh_token",), label=_ANY_TIME),
    Scope("SCRT", ("scrt_api",)),
    Scope("SFApiPlatform", ("sfap_api",), label="Access the Salesforce API Platform (sfap_api)"),
    Scope("SemanticLayer", ("semantic_layer_api",), since=68),
    Scope("UserRegistration", ("user_registration_api",)),
    Scope("Wave", ("wave_api",)),
    Scope("Web", ("web",), label="Manage user data via Web browsers (web)"),
)

_BY_TOKEN = {scope.token: scope for scope in SCOPES}
_BY_NAME = {name: scope for scope in SCOPES for name in scope.names}

# Salesforce shows these pairs as one entry: the right side grants what the left side does.
_MEANS = {
    "OfflineAccess": frozenset({"RefreshToken"}),
    "Basic": frozenset({"Address", "Email", "Phone", "Profile"}),
}


def scope_of(word: str) -> Scope | None:
    """The scope that an OAuth name or a metadata token stands for, or ``None``."""
    return _BY_NAME.get(word) or _BY_TOKEN.get(word)


def granted(tokens: Iterable[str]) -> frozenset[str]:
    """What a list of metadata tokens grants, so that equal grants are equal sets.

    ``RefreshToken`` equals ``OfflineAccess``; ``Basic`` equals ``Address``, ``Email``, ``Phone``
    and ``Profile`` together. Unknown tokens stand for themselves.
    """
    return frozenset(
        meaning for token in tokens for meaning in _MEANS.get(token, frozenset({token}))
    )
