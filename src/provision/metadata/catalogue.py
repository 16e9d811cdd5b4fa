"""The field catalogue: every field of the external client app types, and nothing twice.

The one place where a field's rules are written down. The spec, the templates, the comparison, the
JSON Schema and the local org all read it here. Sources, marked in the notes: DOC is the Metadata
API Developer Guide (API 66, with the release pages up to 68), WSDL the Metadata WSDL 63 and the
type packages derived from later ones, OBS a report of a live org. Fields stand in WSDL order,
which is alphabetical; an org has been seen to drop or refuse elements that are out of order.
"""

from __future__ import annotations

from provision.metadata.field import Choice, Field, Kind, MetadataType, Role

__all__ = [
    "CORE_TYPES",
    "EXTERNAL_CLIENT_APPLICATION",
    "GLOBAL_OAUTH_SETTINGS",
    "NEWEST_API",
    "OAUTH_POLICIES",
    "OAUTH_SETTINGS",
    "OLDEST_API",
    "PARENT_FIELD",
    "POLICIES",
    "type_by_directory",
    "type_named",
]

OLDEST_API = 59
NEWEST_API = 68

PARENT_FIELD = "externalClientApplication"

_PARENT = Field(PARENT_FIELD, required=True, role=Role.PARENT)


def _flag(
    name: str,
    *,
    default: bool | None = False,
    since: int = 59,
    until: int | None = None,
    note: str = "",
) -> Field:
    return Field(name, Kind.BOOLEAN, since=since, until=until, default=default, note=note)


def _one_of(
    name: str, *values: str | Choice, default: str | None = None, since: int = 59, note: str = ""
) -> Field:
    choices = tuple(value if isinstance(value, Choice) else Choice(value) for value in values)
    return Field(name, Kind.ENUM, since=since, default=default, choices=choices, note=note)


# DOC: minutes; the longer ones came with the JWT session timeout types in API 65.
_JWT_MINUTES = tuple(Choice(minutes) for minutes in (1, 5, 10, 15, 30)) + tuple(
    Choice(minutes, since=65) for minutes in (60, 90, 120, 240, 480, 720)
)

_SPECIFIC = ("refreshTokenPolicyType", ("SpecificLifetime", "SpecificInactivity"))

_CUSTOM_ATTRIBUTES = Field(
    "customAttributes",
    Kind.RECORDS,
    children=(Field("formula", required=True), Field("key", required=True)),
    note="At most 128 (DOC).",
)

EXTERNAL_CLIENT_APPLICATION = MetadataType(
    "ExternalClientApplication",
    "externalClientApps",
    "eca",
    59,
    (
        Field("contactEmail", note="Optional in the WSDL, required by Setup."),
        Field("contactPhone"),
        Field("description"),
        _one_of(
            "distributionState",
            "Local",
            "Packaged",
            "Managed",
            "AutoInstalled",
            default="Local",
            note="Managed and AutoInstalled are for Salesforce's own use (DOC). "
            "Packageable is not a value.",
        ),
        Field("iconUrl"),
        Field("infoUrl", note="Reserved for future use (DOC), yet accepted (OBS)."),
        _flag("isProtected"),
        Field("label"),
        Field("logoUrl"),
        _one_of("managedType", "Local", "Global", note="For Salesforce's own use (DOC)."),
        Field(
            "orgScopedExternalApp",
            role=Role.PLATFORM,
            org_bound=True,
            note="15-character org id, a colon, the developer name. Generated on the first "
            "deploy; another org's value is rewritten or refused (OBS), so it is never sent.",
        ),
    ),
)

GLOBAL_OAUTH_SETTINGS = MetadataType(
    "ExtlClntAppGlobalOauthSettings",
    "extlClntAppGlobalOauthSets",
    "ecaGlblOauth",
    59,
    (
        Field("callbackUrl", Kind.URLS, note="Several URLs, one a line (OBS)."),
        Field(
            "certificate",
            Kind.CERTIFICATE,
            since=60,
            note="Its presence enables the JWT bearer flow; there is no flag (DOC). Comes back "
            "as base64 in lines of 64 without header (OBS). Left out of a deploy it may be "
            "cleared (OBS), so it is always sent back.",
        ),
        Field(
            "consumerKey",
            role=Role.ON_CREATE,
            org_bound=True,
            note="Minted by the org. May be chosen on create in most orgs; a changed one is "
            "ignored though the deploy says Succeeded (OBS).",
        ),
        Field(
            "consumerSecret",
            role=Role.ON_CREATE,
            org_bound=True,
            secret=True,
            note="Never returned. Whether a supplied one is used, reports disagree (OBS).",
        ),
        _PARENT,
        Field(
            "idTokenConfig",
            Kind.RECORD,
            children=(
                Field("idTokenAudience"),
                Field("idTokenIncludeAttributes", Kind.BOOLEAN),
                Field("idTokenIncludeCustomPermissions", Kind.BOOLEAN, until=63),
                Field("idTokenIncludeStandardClaims", Kind.BOOLEAN),
                Field("idTokenValidityInMinutes", Kind.INTEGER, note="1 to 720, default 2 (DOC)."),
            ),
        ),
        _flag("isClientCredentialsFlowEnabled", since=60),
        _flag("isCodeCredFlowEnabled", since=61, note="The org's own preference must be on."),
        _flag("isCodeCredPostOnly", since=61),
        _flag("isConsumerSecretOptional"),
        _flag("isDPopEnabled", since=68, note="API number by type package; OBS says 67."),
        _flag("isDeviceFlowEnabled", since=60),
        _flag("isEnforceRefreshTokenTTL", since=67),
        _flag("isIntrospectAllTokens"),
        _flag("isMtlsEnabled", since=68),
        _flag(
            "isNamedUserJwtEnabled",
            since=61,
            note="JWT-format access tokens (not the JWT bearer flow). MCP and the Agent API need "
            "it (OBS).",
        ),
        _flag(
            "isPkceRequired",
            default=True,
            note="Switching it off may be reverted by the org without a word (OBS, API 67).",
        ),
        _flag("isRefreshTokenRotationEnabled", since=60),
        _flag("isSecretRequiredForRefreshToken", default=True),
        _flag("isSecretRequiredForTokenExchange", since=60),
        _flag("isTokenExchangeEnabled", since=60),
        Field("label"),
        Field(
            "shouldRotateConsumerKey",
            Kind.BOOLEAN,
            default=False,
            role=Role.ACTION,
            note="Rotates the key when deployed with ignoreWarnings (DOC).",
        ),
        Field(
            "shouldRotateConsumerSecret",
            Kind.BOOLEAN,
            default=False,
            role=Role.ACTION,
            note="Rotates the secret when deployed with ignoreWarnings (DOC).",
        ),
    ),
)

OAUTH_SETTINGS = MetadataType(
    "ExtlClntAppOauthSettings",
    "extlClntAppOauthSettings",
    "ecaOauth",
    59,
    (
        _flag("areAttributesIncludedInAssetToken", since=61),
        _flag("areCustomPermsIncludedInAssetToken", since=61),
        Field("assetTokenAudiences", since=61),
        Field("assetTokenSigningCertificate", since=61, note="The id of a certificate (DOC)."),
        Field("assetTokenValidity", Kind.INTEGER, since=61),
        Field("clientAssertionCertificate", since=62),
        Field("commaSeparatedCustomScopes", Kind.NAMES),
        Field(
            "commaSeparatedOauthScopes",
            Kind.SCOPES,
            note="Metadata tokens, not OAuth's names. Comes back joined by comma and space (OBS).",
        ),
        _CUSTOM_ATTRIBUTES,
        _PARENT,
        _flag("isFirstPartyAppEnabled", since=62),
        Field("label"),
        Field(
            "oauthLink",
            role=Role.PLATFORM,
            org_bound=True,
            note="Org id and consumer id, generated on deploy; a wrong one fails it (DOC, OBS).",
        ),
        Field("singleLogoutUrl"),
        Field(
            "trustedIpRanges",
            Kind.RECORDS,
            children=(
                Field("description"),
                Field("endIpAddress", required=True),
                Field("startIpAddress", required=True),
            ),
            note="At most 128 (DOC).",
        ),
    ),
)

OAUTH_POLICIES = MetadataType(
    "ExtlClntAppOauthConfigurablePolicies",
    "extlClntAppOauthPolicies",
    "ecaOauthPlcy",
    59,
    (
        Field("apexHandler", since=61),
        Field("clientCredentialsFlowUser", since=60, note="A username (DOC)."),
        Field("commaSeparatedCustomScopes", Kind.NAMES, since=61),
        Field(
            "commaSeparatedPermissionSet",
            Kind.NAMES,
            note="API names; ids are refused, though the documentation says ids (OBS).",
        ),
        Field(
            "commaSeparatedProfile",
            Kind.NAMES,
            note="Profile labels, in the org's language (OBS).",
        ),
        _CUSTOM_ATTRIBUTES,
        Field("executeHandlerAs", since=61, note="A username (DOC)."),
        _PARENT,
        _one_of(
            "guestJwtSessionTimeoutType",
            "UserSession",
            "Custom",
            since=65,
            note="With UserSession the timeout must be left out (DOC).",
        ),
        Field(
            "guestJwtTimeout",
            Kind.INTEGER,
            since=61,
            only_with=("guestJwtSessionTimeoutType", ("Custom",)),
            choices=_JWT_MINUTES,
            note="Minutes.",
        ),
        _one_of(
            "ipRelaxationPolicyType",
            "Enforce",
            "Bypass",
            "Bypass_2factor",
            "Enforce_RelaxRefresh",
            default="Enforce",
            note="Queries spell the last one Enforce_relaxrefresh (OBS).",
        ),
        _flag("isClientCredentialsFlowEnabled", since=60),
        _flag("isGuestCodeCredFlowEnabled", since=61, note="Needs JWT-format tokens (DOC)."),
        _flag(
            "isNamedUserJwtEnabled",
            since=61,
            until=63,
            note="Moved to the global settings; a later version refuses it here (OBS).",
        ),
        _flag("isTokenExchangeFlowEnabled", since=60),
        Field("label"),
        _one_of(
            "namedUserJwtSessionTimeoutType",
            "UserSession",
            "Custom",
            since=65,
            note="With UserSession the timeout must be left out (DOC).",
        ),
        Field(
            "namedUserJwtTimeout",
            Kind.INTEGER,
            since=61,
            only_with=("namedUserJwtSessionTimeoutType", ("Custom",)),
            choices=_JWT_MINUTES,
            note="Minutes.",
        ),
        _one_of(
            "permittedUsersPolicyType",
            "AllSelfAuthorized",
            "AdminApprovedPreAuthorized",
            default="AllSelfAuthorized",
            note="Default by OBS of several orgs.",
        ),
        _one_of("policyAction", "Block", "RaiseSessionLevel", Choice("StepUpMFA", since=68)),
        _one_of(
            "refreshTokenPolicyType",
            "Infinite",
            "Zero",
            "SpecificLifetime",
            "SpecificInactivity",
            default="SpecificLifetime",
            note="Default by OBS: an app made by metadata gets a lifetime of 365 days.",
        ),
        Field(
            "refreshTokenValidityPeriod",
            Kind.INTEGER,
            default=365,
            only_with=_SPECIFIC,
            note="With the two Specific policies only (DOC). No limits are documented.",
        ),
        Field(
            "refreshTokenValidityUnit",
            Kind.ENUM,
            default="Days",
            only_with=_SPECIFIC,
            choices=(Choice("Days"), Choice("Hours"), Choice("Months")),
        ),
        _one_of(
            "requiredSessionLevel",
            "LOW",
            "STANDARD",
            "HIGH_ASSURANCE",
            default="STANDARD",
            note="Always present on retrieve (OBS).",
        ),
        Field(
            "sessionTimeoutInMinutes",
            Kind.INTEGER,
            note="Minutes, opaque tokens only (DOC). Unset, the profile's or the org's applies.",
        ),
        Field("singleLogoutUrl"),
        Field("startUrl"),
    ),
)

POLICIES = MetadataType(
    "ExtlClntAppConfigurablePolicies",
    "extlClntAppPolicies",
    "ecaPlcy",
    60,
    (
        _PARENT,
        Field("isAttestPluginEnabled", Kind.BOOLEAN, since=68),
        Field("isCanvasPluginEnabled", Kind.BOOLEAN, since=66),
        Field("isEnabled", Kind.BOOLEAN, default=True, required=True),
        Field("isMobilePluginEnabled", Kind.BOOLEAN, since=63),
        Field("isNotificationPluginEnabled", Kind.BOOLEAN, since=63),
        Field("isOauthPluginEnabled", Kind.BOOLEAN, default=True, sent_on_create=True),
        Field("isPushPluginEnabled", Kind.BOOLEAN, since=63),
        Field("isSamlPluginEnabled", Kind.BOOLEAN, since=63),
        Field("label"),
        _one_of(
            "startPage",
            "None",
            "Custom",
            "OAuth",
            "SAML",
            default="None",
            since=63,
            note="Custom uses startUrl (DOC).",
        ),
        Field("startUrl", since=63),
    ),
)

CORE_TYPES = (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_SETTINGS,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    POLICIES,
)
"""The five types of an app with OAuth, in the order in which an org wants them created."""

_BY_NAME = {metadata_type.name: metadata_type for metadata_type in CORE_TYPES}
_BY_DIRECTORY = {metadata_type.directory: metadata_type for metadata_type in CORE_TYPES}


def type_named(name: str) -> MetadataType | None:
    """The metadata type called ``name``, or ``None`` if the catalogue does not know it."""
    return _BY_NAME.get(name)


def type_by_directory(directory: str) -> MetadataType | None:
    """The metadata type whose files live in ``directory`` of a package, or ``None``."""
    return _BY_DIRECTORY.get(directory)
