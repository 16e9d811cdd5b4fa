"""For each combination, a spec that has it and a spec that almost has it."""

from __future__ import annotations

HEAD = "app: A\ncontact_email: a@example.com\n"
NAMED = "policies: {permitted_users: admin_approved, permission_sets: [Deployers]}\n"
JWT = "jwt_bearer: {certificate: keys/app.crt}"
WEB = "callback_urls: [https://example.com/cb]"
POLICY = "ExtlClntAppOauthConfigurablePolicies"
GLOBAL = "ExtlClntAppGlobalOauthSettings"
APP_POLICY = "ExtlClntAppConfigurablePolicies"


def oauth(*keys: str) -> str:
    return f"oauth: {{{', '.join((WEB, *keys))}}}\n"


def metadata(kind: str, fields: str) -> str:
    return f"metadata: {{{kind}: {{{fields}}}}}\n"


def policies(*keys: str) -> str:
    named = ("permitted_users: admin_approved", "permission_sets: [Deployers]")
    return f"policies: {{{', '.join((*named, *keys))}}}\n"


API = oauth("scopes: [api, refresh_token]")
MCP = "scopes: [refresh_token, mcp_api]"
JWT_TOKENS = "jwt_access_tokens: true"
RANGE = "{startIpAddress: 10.0.0.1, endIpAddress: 10.0.0.2}"


def ranges(count: int) -> str:
    return metadata("ExtlClntAppOauthSettings", f"trustedIpRanges: [{', '.join([RANGE] * count)}]")


ROWS: dict[str, tuple[str, str]] = {
    "nobody-admitted": (API + "policies: {permitted_users: admin_approved}\n", API + NAMED),
    "nobody-assigned": (
        API + "policies: {permitted_users: admin_approved, permission_sets: "
        "[{name: Robots, create: true}]}\n",
        API + "policies: {permitted_users: admin_approved, permission_sets: "
        "[{name: Robots, create: true, assign_to: [ci@localorg.example]}]}\n",
    ),
    "names-without-approval": (
        API + "policies: {permitted_users: self_authorized, profiles: [Standard User]}\n",
        API + "policies: {permitted_users: self_authorized}\n",
    ),
    "jwt-self-authorized": (
        oauth(JWT, "scopes: [api, refresh_token]")
        + "policies: {permitted_users: self_authorized}\n",
        API + "policies: {permitted_users: self_authorized}\n",
    ),
    "jwt-scopes": (
        oauth(JWT, "scopes: [api]") + NAMED,
        oauth(JWT, "scopes: [api, offline_access]") + NAMED,
    ),
    "jwt-ip-relaxation": (
        oauth(JWT, "scopes: [api, refresh_token]") + policies("ip_relaxation: bypass"),
        API + policies("ip_relaxation: bypass"),
    ),
    "client-credentials-by-profile": (
        oauth("scopes: [api]", "client_credentials: {run_as: ci@localorg.example}")
        + "policies: {permitted_users: admin_approved, profiles: [Standard User]}\n",
        oauth("scopes: [api]", "client_credentials: {run_as: ci@localorg.example}") + NAMED,
    ),
    "scope-needs-jwt-tokens": (oauth(MCP) + NAMED, oauth(MCP, JWT_TOKENS) + NAMED),
    "agent-api-needs-jwt-tokens": (
        oauth("scopes: [api, refresh_token, chatbot_api]") + NAMED,
        oauth("scopes: [api, refresh_token, chatbot_api]", JWT_TOKENS) + NAMED,
    ),
    "mcp-and-api": (
        oauth("scopes: [api, mcp_api]", JWT_TOKENS) + NAMED,
        oauth("scopes: [mcp_api]", JWT_TOKENS) + NAMED,
    ),
    "mcp-without-pkce": (
        oauth(MCP, JWT_TOKENS, "pkce_required: false") + NAMED,
        oauth("scopes: [api]", JWT_TOKENS, "pkce_required: false") + NAMED,
    ),
    "guest-tokens": (
        API + NAMED + metadata(POLICY, "isGuestCodeCredFlowEnabled: true"),
        oauth("scopes: [api]", JWT_TOKENS)
        + NAMED
        + metadata(POLICY, "isGuestCodeCredFlowEnabled: true"),
    ),
    "user-session-with-timeout": (
        oauth(MCP, JWT_TOKENS)
        + NAMED
        + metadata(POLICY, "namedUserJwtSessionTimeoutType: UserSession, namedUserJwtTimeout: 15"),
        oauth(MCP, JWT_TOKENS)
        + NAMED
        + metadata(POLICY, "namedUserJwtSessionTimeoutType: Custom, namedUserJwtTimeout: 15"),
    ),
    "custom-without-timeout": (
        oauth(MCP, JWT_TOKENS) + NAMED + metadata(POLICY, "guestJwtSessionTimeoutType: Custom"),
        API + NAMED + metadata(POLICY, "guestJwtSessionTimeoutType: Custom"),
    ),
    "user-session-tokens": (
        oauth(MCP, JWT_TOKENS)
        + NAMED
        + metadata(POLICY, "namedUserJwtSessionTimeoutType: UserSession"),
        API + NAMED + metadata(POLICY, "namedUserJwtSessionTimeoutType: UserSession"),
    ),
    "session-timeout-of-jwt-tokens": (
        oauth(MCP, JWT_TOKENS) + policies("session_timeout: 15 minutes"),
        API + policies("session_timeout: 15 minutes"),
    ),
    "no-session-timeout": (API + policies("session_timeout: null"), API + NAMED),
    "jwt-tokens-and-sf": (
        "oauth: {callback_urls: [http://localhost:1718/OauthRedirect], jwt_access_tokens: true}\n"
        + NAMED,
        oauth(JWT_TOKENS) + NAMED,
    ),
    "rotation-and-sf": (
        "oauth: {callback_urls: [http://localhost:8443/OauthRedirect], "
        "scopes: [api, refresh_token], refresh_token_rotation: true}\n" + NAMED,
        oauth("scopes: [api, refresh_token]", "refresh_token_rotation: true") + NAMED,
    ),
    "rotation-without-refresh-tokens": (
        oauth("scopes: [api]", "refresh_token_rotation: true") + NAMED,
        oauth("scopes: [api, refresh_token]", "refresh_token_rotation: true") + NAMED,
    ),
    "idle-limit": (
        API
        + policies("refresh_token: {inactivity: 1 month}")
        + metadata(GLOBAL, "isEnforceRefreshTokenTTL: true"),
        API
        + policies("refresh_token: {inactivity: 30 days}")
        + metadata(GLOBAL, "isEnforceRefreshTokenTTL: true"),
    ),
    "unused-refresh-policy": (
        oauth("scopes: [api]") + policies("refresh_token: {lifetime: 90 days}"),
        oauth("scopes: [api]") + NAMED,
    ),
    "zero-with-refresh-scope": (
        API + policies("refresh_token: expire_immediately"),
        oauth("scopes: [api]") + policies("refresh_token: expire_immediately"),
    ),
    "refresh-needs-secret": (
        oauth("scopes: [api, refresh_token]", "secret_optional: true") + NAMED,
        oauth(
            "scopes: [api, refresh_token]",
            "secret_optional: true",
            "secret_required_for_refresh_token: false",
        )
        + NAMED,
    ),
    "client-credentials-half-on": (
        API + NAMED + metadata(POLICY, "clientCredentialsFlowUser: ci@localorg.example"),
        oauth("scopes: [api]", "client_credentials: {run_as: ci@localorg.example}") + NAMED,
    ),
    "token-exchange-half-on": (
        API + NAMED + metadata(GLOBAL, "isTokenExchangeEnabled: true"),
        API
        + NAMED
        + f"metadata: {{{GLOBAL}: {{isTokenExchangeEnabled: true}}, "
        + f"{POLICY}: {{isTokenExchangeFlowEnabled: true}}}}\n",
    ),
    "code-post-only-without-flow": (
        API + NAMED + metadata(GLOBAL, "isCodeCredPostOnly: true"),
        API + NAMED + metadata(GLOBAL, "isCodeCredPostOnly: true, isCodeCredFlowEnabled: true"),
    ),
    "pkce-off": (
        oauth("scopes: [api]", "pkce_required: false") + NAMED,
        oauth("scopes: [api]", "pkce_required: true") + NAMED,
    ),
    "possession-and-own-login": (
        oauth(JWT, "scopes: [api, refresh_token]")
        + NAMED
        + metadata(GLOBAL, "isDPopEnabled: true"),
        API + NAMED + metadata(GLOBAL, "isDPopEnabled: true"),
    ),
    "possession-and-sf": (
        "oauth: {callback_urls: [http://localhost:1717/OauthRedirect]}\n"
        + NAMED
        + metadata(GLOBAL, "isMtlsEnabled: true"),
        "oauth: {callback_urls: [http://localhost:1717/other]}\n"
        + NAMED
        + metadata(GLOBAL, "isMtlsEnabled: true"),
    ),
    "secret-on-a-device": (
        "oauth: {callback_urls: ['myapp:/done'], secret_optional: false}\n" + NAMED,
        oauth("secret_optional: false") + NAMED,
    ),
    "list-too-long": (API + NAMED + ranges(129), API + NAMED + ranges(128)),
    "no-ip-range": (
        API
        + NAMED
        + metadata(
            "ExtlClntAppOauthSettings",
            "trustedIpRanges: [{startIpAddress: 10.0.0.9, endIpAddress: 10.0.0.1}]",
        ),
        API + NAMED + ranges(1),
    ),
    "field-without-meaning": (
        API
        + NAMED
        + metadata(POLICY, "refreshTokenPolicyType: Infinite, refreshTokenValidityPeriod: 3"),
        API
        + NAMED
        + metadata(
            POLICY,
            "refreshTokenPolicyType: SpecificLifetime, refreshTokenValidityPeriod: 3, "
            "refreshTokenValidityUnit: Days",
        ),
    ),
    "apex-handler-without-user": (
        API + NAMED + metadata(POLICY, "apexHandler: Handler"),
        API
        + NAMED
        + metadata(POLICY, "apexHandler: Handler, executeHandlerAs: ci@localorg.example"),
    ),
    "start-page-without-url": (
        API + NAMED + metadata(APP_POLICY, "startPage: Custom"),
        API + NAMED + metadata(APP_POLICY, "startPage: Custom, startUrl: https://example.com"),
    ),
    "start-page-of-plugin-off": (
        API + NAMED + metadata(APP_POLICY, "startPage: SAML"),
        API + NAMED + metadata(APP_POLICY, "startPage: SAML, isSamlPluginEnabled: true"),
    ),
    "id-token-without-openid": (
        API + NAMED + metadata(GLOBAL, "idTokenConfig: {idTokenValidityInMinutes: 5}"),
        oauth("scopes: [api, openid]")
        + NAMED
        + metadata(GLOBAL, "idTokenConfig: {idTokenValidityInMinutes: 5}"),
    ),
    "saml-not-local": (
        "distribution_state: packaged\n" + metadata(APP_POLICY, "isSamlPluginEnabled: true"),
        metadata(APP_POLICY, "isSamlPluginEnabled: true"),
    ),
    "packaged-settings-stay": ("distribution_state: packaged\n" + API, API + NAMED),
    "session-level-without-action": (
        API + NAMED + metadata(POLICY, "requiredSessionLevel: HIGH_ASSURANCE"),
        API + NAMED + metadata(POLICY, "requiredSessionLevel: HIGH_ASSURANCE, policyAction: Block"),
    ),
}
"""Specs without their head, by the id of the combination: with it, and without."""
