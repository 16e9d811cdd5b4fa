"""Tokens: their format, how long they last, and what clients must do to keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.catalogue.scope import scope_of
from provision.findings import Severity
from provision.spec.combination.combination import Combination, Mismatch, Reads
from provision.spec.combination.judged_app import JudgedApp

__all__ = ["TOKENS"]

_FORMAT: Final[Reads] = (
    (GLOBAL_OAUTH_SETTINGS, "isNamedUserJwtEnabled"),
    (OAUTH_POLICIES, "isNamedUserJwtEnabled"),
)
_SCOPES: Final = (OAUTH_SETTINGS, "commaSeparatedOauthScopes")
_CALLBACKS: Final = (GLOBAL_OAUTH_SETTINGS, "callbackUrl")
_ROTATION: Final = (GLOBAL_OAUTH_SETTINGS, "isRefreshTokenRotationEnabled")
_NEEDS_JWT: Final = ("MCP", "SFApiPlatform")
# The Agent API takes JWT-format tokens; other services behind the same scope may take opaque ones.
_MAY_NEED_JWT: Final = "Chatbot"
_POLICIES_PAGE: Final = "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies"

# Whose tokens, the field with the kind of timeout, the field with its minutes.
_TIMEOUTS: Final = (
    ("namedUserJwtSessionTimeoutType", "namedUserJwtTimeout"),
    ("guestJwtSessionTimeoutType", "guestJwtTimeout"),
)
_TIMEOUT_FIELDS: Final[Reads] = tuple((OAUTH_POLICIES, name) for pair in _TIMEOUTS for name in pair)


def _opaque_scopes(app: JudgedApp) -> Iterator[Mismatch]:
    if app.has_jwt_tokens:
        return
    for token in _NEEDS_JWT:
        if token in (app.scopes or ()):
            yield Mismatch(
                *_SCOPES,
                f"{_name(token)} needs JWT-format access tokens, and the app's are opaque: "
                "Salesforce answers 404 or INVALID_JWT_FORMAT",
            )


def _agent_api(app: JudgedApp) -> Iterator[Mismatch]:
    scopes = app.scopes or frozenset()
    if _MAY_NEED_JWT in scopes and not app.has_jwt_tokens and scopes.isdisjoint(_NEEDS_JWT):
        yield Mismatch(
            *_SCOPES,
            f"{_name(_MAY_NEED_JWT)}: the Agent API takes JWT-format access tokens only, and the "
            "app's are opaque",
        )


def _name(token: str) -> str:
    scope = scope_of(token)
    return scope.names[0] if scope else token


def _mcp_and_api(app: JudgedApp) -> Iterator[Mismatch]:
    if app.has_jwt_tokens and {"MCP", "Api"} <= (app.scopes or frozenset()):
        yield Mismatch(*_SCOPES, "api beside mcp_api was seen to bring an opaque access token")


def _mcp_without_pkce(app: JudgedApp) -> Iterator[Mismatch]:
    if "MCP" in (app.scopes or ()) and not app.is_on(GLOBAL_OAUTH_SETTINGS, "isPkceRequired"):
        yield Mismatch(
            GLOBAL_OAUTH_SETTINGS,
            "isPkceRequired",
            "Salesforce's hosted MCP servers (scope mcp_api) take only apps that require PKCE",
        )


def _guest_tokens(app: JudgedApp) -> Iterator[Mismatch]:
    if app.is_on(OAUTH_POLICIES, "isGuestCodeCredFlowEnabled") and not app.has_jwt_tokens:
        yield Mismatch(
            OAUTH_POLICIES,
            "isGuestCodeCredFlowEnabled",
            "the flow for guests needs JWT-format access tokens, and the app's are opaque",
        )


def _timeout_of_user_session(app: JudgedApp) -> Iterator[Mismatch]:
    for kind, minutes in _TIMEOUTS:
        if app.text(OAUTH_POLICIES, kind) == "UserSession" and app.raw(OAUTH_POLICIES, minutes):
            yield Mismatch(
                OAUTH_POLICIES,
                minutes,
                f"{kind} is UserSession: the user's session decides how long a token lasts, and "
                "no timeout may be set",
            )


def _custom_without_timeout(app: JudgedApp) -> Iterator[Mismatch]:
    """OBS: apps that Setup migrated have Custom without minutes, and opaque tokens."""
    for kind, minutes in _TIMEOUTS:
        custom = app.text(OAUTH_POLICIES, kind) == "Custom"
        if app.has_jwt_tokens and custom and not app.raw(OAUTH_POLICIES, minutes):
            yield Mismatch(OAUTH_POLICIES, kind, f"Custom needs {minutes}, which is not set")


def _follows_user_session(app: JudgedApp) -> Iterator[Mismatch]:
    kind = "namedUserJwtSessionTimeoutType"
    if app.has_jwt_tokens and app.text(OAUTH_POLICIES, kind) == "UserSession":
        yield Mismatch(
            OAUTH_POLICIES,
            kind,
            "access tokens last as long as the user's session: the timeout of the user's profile "
            "decides, or else the org's",
        )


def _session_timeout(app: JudgedApp) -> Iterator[Mismatch]:
    timeout = app.value(OAUTH_POLICIES, "sessionTimeoutInMinutes")
    if not app.has_jwt_tokens or timeout is None:
        return
    own = app.value(OAUTH_POLICIES, "namedUserJwtTimeout")
    if app.text(OAUTH_POLICIES, "namedUserJwtSessionTimeoutType") == "UserSession":
        decides = "the user's session decides (UserSession)"
    elif own is None:
        decides = "namedUserJwtTimeout decides, which is not set"
    else:
        decides = f"namedUserJwtTimeout decides, which is {own} minutes"
    yield Mismatch(
        OAUTH_POLICIES,
        "sessionTimeoutInMinutes",
        f"access tokens are JWT-format and ignore the session timeout of {timeout} minutes: "
        f"{decides}",
    )


def _no_session_timeout(app: JudgedApp) -> Iterator[Mismatch]:
    name = "sessionTimeoutInMinutes"
    unset = app.is_written(OAUTH_POLICIES, name) and app.value(OAUTH_POLICIES, name) is None
    if unset and not app.has_jwt_tokens:
        yield Mismatch(
            OAUTH_POLICIES,
            name,
            "no session timeout of the app: the user's profile's applies, else the org's",
        )


def _sf_and_jwt_tokens(app: JudgedApp) -> Iterator[Mismatch]:
    url = app.sf_callback
    if app.has_jwt_tokens and url:
        yield Mismatch(
            GLOBAL_OAUTH_SETTINGS,
            "isNamedUserJwtEnabled",
            f"the `sf` CLI logs in with this app ({url}), and below API 68 an org shows no "
            "metadata to JWT-format access tokens",
        )


def _rotation_and_sf(app: JudgedApp) -> Iterator[Mismatch]:
    url = app.sf_callback
    scopes = app.scopes
    issues = scopes is None or "RefreshToken" in scopes
    if app.is_on(*_ROTATION) and url and issues:
        yield Mismatch(
            *_ROTATION,
            f"the `sf` CLI logs in with this app ({url}), and with @salesforce/core below 9.2.2 "
            "(CLI 2.146.3 has 8.32.6) it loses the new refresh token: from the second refresh on, "
            "its logins are dead",
        )


def _rotation_without_tokens(app: JudgedApp) -> Iterator[Mismatch]:
    scopes = app.scopes
    if app.is_on(*_ROTATION) and scopes is not None and "RefreshToken" not in scopes:
        yield Mismatch(*_ROTATION, "the app has no scope refresh_token: there is nothing to rotate")


TOKENS: Final = (
    Combination(
        "scope-needs-jwt-tokens",
        Severity.WARNING,
        "A scope that needs JWT-format access tokens, and the tokens are opaque.",
        (_SCOPES, *_FORMAT),
        _opaque_scopes,
        "Write oauth: {jwt_access_tokens: true}.",
        "Salesforce workshop try-headless-360; observed in orgs of API 66 and 67",
    ),
    Combination(
        "agent-api-needs-jwt-tokens",
        Severity.NOTE,
        "The scope chatbot_api, and the tokens are opaque.",
        (_SCOPES, *_FORMAT),
        _agent_api,
        "Write oauth: {jwt_access_tokens: true} if clients call the Agent API.",
        "Agentforce developer guide, Get Started with the Agent API",
    ),
    Combination(
        "mcp-and-api",
        Severity.NOTE,
        "The scope api beside mcp_api.",
        (_SCOPES, *_FORMAT),
        _mcp_and_api,
        "If clients report INVALID_JWT_FORMAT, use an app of its own for api.",
        "claude-ai-mcp issues 171, 184 and 420",
    ),
    Combination(
        "mcp-without-pkce",
        Severity.WARNING,
        "The scope mcp_api without PKCE.",
        (_SCOPES, (GLOBAL_OAUTH_SETTINGS, "isPkceRequired")),
        _mcp_without_pkce,
        "Write oauth: {pkce_required: true}.",
        "Salesforce workshop try-headless-360",
    ),
    Combination(
        "guest-tokens",
        Severity.WARNING,
        "The flow for guests, and access tokens are opaque.",
        (*_FORMAT, (OAUTH_POLICIES, "isGuestCodeCredFlowEnabled")),
        _guest_tokens,
        "Write oauth: {jwt_access_tokens: true}.",
        _POLICIES_PAGE,
    ),
    Combination(
        "user-session-with-timeout",
        Severity.ERROR,
        "JWT-format tokens follow the user's session, and a timeout is set as well.",
        _TIMEOUT_FIELDS,
        _timeout_of_user_session,
        "Set the session timeout type to Custom, or leave the minutes out.",
        _POLICIES_PAGE,
    ),
    Combination(
        "custom-without-timeout",
        Severity.WARNING,
        "JWT-format tokens have a timeout of their own, and no minutes are set.",
        (*_FORMAT, *_TIMEOUT_FIELDS),
        _custom_without_timeout,
        "Set the minutes (1, 5, 10, 15, 30 or more), or the type to UserSession.",
        _POLICIES_PAGE,
    ),
    Combination(
        "user-session-tokens",
        Severity.NOTE,
        "JWT-format tokens follow the user's session.",
        (*_FORMAT, *_TIMEOUT_FIELDS),
        _follows_user_session,
        "For a timeout of the app's own, set namedUserJwtSessionTimeoutType: Custom together with "
        "namedUserJwtTimeout.",
        _POLICIES_PAGE,
    ),
    Combination(
        "session-timeout-of-jwt-tokens",
        Severity.WARNING,
        "A session timeout, and JWT-format access tokens, which ignore it.",
        (*_FORMAT, *_TIMEOUT_FIELDS, (OAUTH_POLICIES, "sessionTimeoutInMinutes")),
        _session_timeout,
        "Set namedUserJwtSessionTimeoutType: Custom together with namedUserJwtTimeout.",
        _POLICIES_PAGE,
    ),
    Combination(
        "no-session-timeout",
        Severity.NOTE,
        "The session timeout is unset.",
        (*_FORMAT, (OAUTH_POLICIES, "sessionTimeoutInMinutes")),
        _no_session_timeout,
        "For one of the app's own, write policies: {session_timeout: 15 minutes}.",
        _POLICIES_PAGE,
    ),
    Combination(
        "jwt-tokens-and-sf",
        Severity.NOTE,
        "The app of the sf CLI, and JWT-format access tokens.",
        (_CALLBACKS, *_FORMAT),
        _sf_and_jwt_tokens,
        "Use API 68 or newer with it, or an app of its own for the CLI.",
        "Observed in orgs; Salesforce Help jwt_access_tokens",
    ),
    Combination(
        "rotation-and-sf",
        Severity.WARNING,
        "Refresh token rotation, and the callback URL of the sf CLI.",
        (_CALLBACKS, _SCOPES, _ROTATION),
        _rotation_and_sf,
        "Leave rotation off until every `sf` that logs in has @salesforce/core 9.2.2 or newer.",
        "sfdx-core issue 1340; Salesforce Help 005316711",
    ),
    Combination(
        "rotation-without-refresh-tokens",
        Severity.NOTE,
        "Refresh token rotation without the scope refresh_token.",
        (_SCOPES, _ROTATION),
        _rotation_without_tokens,
        "Leave rotation out, or add refresh_token to the scopes.",
        "Metadata API Developer Guide, ExtlClntAppGlobalOauthSettings",
    ),
)
"""Combinations about tokens."""
