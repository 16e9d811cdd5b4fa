"""For each field that a spec may set: two values of it, the looser and the stricter one."""

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.component import UNSET
from provision.catalogue.field import Field, MetadataType, Role

__all__ = [
    "ALWAYS_BOTH",
    "BESIDE",
    "HARMLESS_FIELDS",
    "LOOSER_AND_STRICTER",
    "NEITHER",
    "REFUSE_NOTHING",
    "spec_fields",
]

HEADER = "ExternalClientApplication"
OAUTH = "ExtlClntAppOauthSettings"
GLOBAL = "ExtlClntAppGlobalOauthSettings"
POLICY = "ExtlClntAppOauthConfigurablePolicies"
PLUGINS = "ExtlClntAppConfigurablePolicies"

ON_IS_LOOSER = (True, False)
ON_IS_STRICTER = (False, True)
NARROW = ({"startIpAddress": "10.0.0.1", "endIpAddress": "10.0.0.9"},)
WIDE = ({"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"},)

LOOSER_AND_STRICTER = {
    (HEADER, "isProtected"): ON_IS_STRICTER,
    (OAUTH, "areAttributesIncludedInAssetToken"): ON_IS_LOOSER,
    (OAUTH, "areCustomPermsIncludedInAssetToken"): ON_IS_LOOSER,
    (OAUTH, "assetTokenAudiences"): ("https://a.example", UNSET),
    (OAUTH, "assetTokenValidity"): (60, 10),
    (OAUTH, "clientAssertionCertificate"): ("Cert", UNSET),
    (OAUTH, "commaSeparatedCustomScopes"): ("read, write", "read"),
    (OAUTH, "commaSeparatedOauthScopes"): ("Api, Full", "Api"),
    (OAUTH, "customAttributes"): (({"key": "a", "formula": "1"},), ()),
    (OAUTH, "isFirstPartyAppEnabled"): ON_IS_LOOSER,
    (OAUTH, "trustedIpRanges"): (WIDE, NARROW),
    (GLOBAL, "callbackUrl"): ("https://a.example\nhttps://b.example", "https://a.example"),
    (GLOBAL, "certificate"): ("MIIA", UNSET),
    (GLOBAL, "idTokenConfig"): (
        {"idTokenValidityInMinutes": 720},
        {"idTokenValidityInMinutes": 2},
    ),
    (GLOBAL, "isClientCredentialsFlowEnabled"): ON_IS_LOOSER,
    (GLOBAL, "isCodeCredFlowEnabled"): ON_IS_LOOSER,
    (GLOBAL, "isCodeCredPostOnly"): ON_IS_STRICTER,
    (GLOBAL, "isConsumerSecretOptional"): ON_IS_LOOSER,
    (GLOBAL, "isDPopEnabled"): ON_IS_STRICTER,
    (GLOBAL, "isDeviceFlowEnabled"): ON_IS_LOOSER,
    (GLOBAL, "isEnforceRefreshTokenTTL"): ON_IS_STRICTER,
    (GLOBAL, "isIntrospectAllTokens"): ON_IS_LOOSER,
    (GLOBAL, "isMtlsEnabled"): ON_IS_STRICTER,
    (GLOBAL, "isPkceRequired"): ON_IS_STRICTER,
    (GLOBAL, "isRefreshTokenRotationEnabled"): ON_IS_STRICTER,
    (GLOBAL, "isSecretRequiredForRefreshToken"): ON_IS_STRICTER,
    (GLOBAL, "isSecretRequiredForTokenExchange"): ON_IS_STRICTER,
    (GLOBAL, "isTokenExchangeEnabled"): ON_IS_LOOSER,
    (POLICY, "apexHandler"): (UNSET, "Handler"),
    (POLICY, "clientCredentialsFlowUser"): ("run@example.com", UNSET),
    (POLICY, "commaSeparatedCustomScopes"): ("read, write", "read"),
    (POLICY, "commaSeparatedPermissionSet"): ("Deployers, Robots", "Deployers"),
    (POLICY, "commaSeparatedProfile"): ("System Administrator, Standard User", "Standard User"),
    (POLICY, "customAttributes"): (({"key": "a", "formula": "1"},), ()),
    (POLICY, "executeHandlerAs"): ("run@example.com", UNSET),
    (POLICY, "guestJwtTimeout"): (30, 5),
    (POLICY, "ipRelaxationPolicyType"): ("Bypass", "Enforce"),
    (POLICY, "isClientCredentialsFlowEnabled"): ON_IS_LOOSER,
    (POLICY, "isGuestCodeCredFlowEnabled"): ON_IS_LOOSER,
    (POLICY, "isTokenExchangeFlowEnabled"): ON_IS_LOOSER,
    (POLICY, "namedUserJwtTimeout"): (30, 5),
    (POLICY, "permittedUsersPolicyType"): ("AllSelfAuthorized", "AdminApprovedPreAuthorized"),
    (POLICY, "policyAction"): ("RaiseSessionLevel", "Block"),
    (POLICY, "refreshTokenPolicyType"): ("Infinite", "Zero"),
    (POLICY, "refreshTokenValidityPeriod"): (365, 30),
    (POLICY, "refreshTokenValidityUnit"): ("Months", "Hours"),
    (POLICY, "requiredSessionLevel"): ("STANDARD", "HIGH_ASSURANCE"),
    (POLICY, "sessionTimeoutInMinutes"): (120, 15),
    (PLUGINS, "isAttestPluginEnabled"): ON_IS_STRICTER,
    (PLUGINS, "isCanvasPluginEnabled"): ON_IS_LOOSER,
    (PLUGINS, "isEnabled"): ON_IS_LOOSER,
    (PLUGINS, "isMobilePluginEnabled"): ON_IS_STRICTER,
    (PLUGINS, "isNotificationPluginEnabled"): ON_IS_LOOSER,
    (PLUGINS, "isOauthPluginEnabled"): ON_IS_LOOSER,
    (PLUGINS, "isPushPluginEnabled"): ON_IS_LOOSER,
    (PLUGINS, "isSamlPluginEnabled"): ON_IS_LOOSER,
}

URLS_OF_USERS = {
    (OAUTH, "singleLogoutUrl"),
    (POLICY, "singleLogoutUrl"),
    (POLICY, "startUrl"),
    (PLUGINS, "startUrl"),
}
"""Another host is looser, and no URL at all is no stricter than the old one."""

NEITHER = {
    (HEADER, "distributionState"): ("Local", "Packaged"),
    (HEADER, "managedType"): ("Local", "Global"),
    (OAUTH, "assetTokenSigningCertificate"): ("Old", "New"),
    (GLOBAL, "isNamedUserJwtEnabled"): (False, True),
    (POLICY, "isNamedUserJwtEnabled"): (False, True),
    (POLICY, "guestJwtSessionTimeoutType"): ("UserSession", "Custom"),
    (POLICY, "namedUserJwtSessionTimeoutType"): ("UserSession", "Custom"),
    (PLUGINS, "startPage"): ("None", "OAuth"),
    **dict.fromkeys(URLS_OF_USERS, ("https://a.example/x", UNSET)),
}
"""Fields whose values are not looser or stricter: each change is told in both directions."""

ALWAYS_BOTH = {
    (POLICY, "apexHandler"): ("Handler", "Other"),
    (POLICY, "guestJwtSessionTimeoutType"): ("UserSession", "Custom"),
    (POLICY, "namedUserJwtSessionTimeoutType"): ("Custom", "UserSession"),
}
"""Changes that may let more in and refuse more at once."""

HARMLESS_FIELDS = {
    *((HEADER, name) for name in
      ("contactEmail", "contactPhone", "description", "iconUrl", "infoUrl", "label", "logoUrl")),
    *((name, "label") for name in (OAUTH, GLOBAL, POLICY, PLUGINS)),
}  # fmt: skip

REFUSE_NOTHING = {
    (HEADER, "isProtected"): "Subscribers see it or not; logins go on.",
    (OAUTH, "areAttributesIncludedInAssetToken"): "What a token tells; the org takes it.",
    (OAUTH, "areCustomPermsIncludedInAssetToken"): "What a token tells; the org takes it.",
    (OAUTH, "assetTokenAudiences"): "Others than the org look at the audience.",
    (OAUTH, "assetTokenValidity"): "Others than the org look at the end of an asset token.",
    (OAUTH, "customAttributes"): "What the user-info answer tells.",
    (OAUTH, "isFirstPartyAppEnabled"): "Users may be asked; not known to refuse.",
    (GLOBAL, "idTokenConfig"): "Others than the org look at ID tokens.",
    (POLICY, "customAttributes"): "What the user-info answer tells.",
}
"""Fields of which a stricter value makes the org refuse no request, and why."""

BESIDE = {
    (POLICY, "commaSeparatedPermissionSet"): {
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized"
    },
    (POLICY, "commaSeparatedProfile"): {"permittedUsersPolicyType": "AdminApprovedPreAuthorized"},
    (POLICY, "guestJwtTimeout"): {"guestJwtSessionTimeoutType": "Custom"},
    (POLICY, "namedUserJwtTimeout"): {"namedUserJwtSessionTimeoutType": "Custom"},
    (POLICY, "refreshTokenValidityPeriod"): {"refreshTokenPolicyType": "SpecificLifetime"},
    (POLICY, "refreshTokenValidityUnit"): {"refreshTokenPolicyType": "SpecificLifetime"},
}
"""Other fields of the record, beside which a field means something."""


def spec_fields() -> list[tuple[MetadataType, Field]]:
    """Every field that a spec may set."""
    return [(kind, f) for kind in CORE_TYPES for f in kind.fields if f.role is Role.SPEC]
