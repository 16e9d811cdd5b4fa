"""Refusals of what was asked for: flow, scopes, callback URL."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Flow, Known, Refusal, Sure, Where, one

__all__ = ["FLOW_DISABLED", "ROWS"]

FLOW_DISABLED: Final = "flow-disabled"

_TOKEN: Final = (Where.TOKEN,)
_LOGINS: Final = (Where.TOKEN, Where.AUTHORIZE)
_OAUTH: Final = "RFC 6749; Salesforce help, OAuth 2.0 authorization errors"
_FLOW_OFF: Final = ("grant type not supported",)
_FLOW_CODES: Final = ("unsupported_grant_type",)

ROWS: Final = (
    Refusal(
        FLOW_DISABLED,
        "The org says that the flow, the app or its OAuth plugin is switched off.",
        (
            Cause(
                "The app does not have this flow switched on.",
                "See oauth.jwt_bearer and oauth.client_credentials, and run `provision apply`.",
            ),
            Cause(
                "The app is switched off in its policies (isEnabled, or its OAuth plugin).",
                "See policies.enabled.",
                Known.SWITCHED_ON,
            ),
        ),
        _LOGINS,
        "Salesforce's Mobile SDK for Android, OAuthErrorCode; one public report of an org's answer",
        Sure.REPORTED,
        codes=("oauth_flow_disabled",),
    ),
    Refusal(
        "client-credentials-off",
        "The app does not have the client credentials flow switched on.",
        one(
            "The app does not have the client credentials flow switched on.",
            "See oauth.client_credentials, and run `provision apply`.",
        ),
        _TOKEN,
        "org-protocol 7",
        Sure.OBSERVED,
        texts=_FLOW_OFF,
        codes=_FLOW_CODES,
        flows=(Flow.CLIENT_CREDENTIALS,),
    ),
    Refusal(
        "flow-off",
        "The app does not have this flow switched on.",
        one(
            "The app, or the org, does not have this flow switched on.",
            "See oauth.jwt_bearer and oauth.client_credentials; Setup > OAuth and OpenID Connect "
            "Settings can block flows for the whole org.",
        ),
        _TOKEN,
        "org-protocol 7; metadata of OauthOidcSettings",
        Sure.OBSERVED,
        texts=_FLOW_OFF,
        codes=_FLOW_CODES,
        flows=(Flow.JWT_BEARER, Flow.WEB_SERVER, Flow.REFRESH),
    ),
    Refusal(
        "wrong-response-type",
        "The authorize request asks for another response type than the org gives.",
        one(
            "The client uses the user-agent flow (response_type=token), or sends no type.",
            "Use response_type=code.",
        ),
        (Where.AUTHORIZE,),
        _OAUTH,
        Sure.DOCUMENTED,
        texts=("response type not supported",),
        codes=("unsupported_response_type",),
    ),
    Refusal(
        "wrong-redirect",
        "The callback URL of the request is not one of the app's.",
        (
            Cause(
                "The callback URL is not one of the app's, character by character.",
                "See oauth.callback_urls.",
                Known.AS_IN_ORG,
            ),
            Cause(
                "The callback URLs were just changed: it takes about 10 minutes until every server "
                "knows them.",
                "Run `provision prove --proof-wait 900` later.",
            ),
        ),
        _LOGINS,
        "ArcadeAI/docs#1136; claude-ai-mcp#420; eca-metadata 13.1 A9",
        Sure.OBSERVED,
        texts=("redirect_uri must match configuration",),
        codes=("redirect_uri_mismatch",),
    ),
    Refusal(
        "wrong-scope",
        "A scope was asked for that the app does not have.",
        (
            Cause(
                "The app does not have a scope that was asked for.",
                "See oauth.scopes.",
            ),
            Cause(
                "The scopes were just changed, and have not reached every server.",
                "Run `provision prove --proof-wait 900` later.",
            ),
        ),
        _LOGINS,
        "MCPSKILL; eca-metadata 13.1 A9",
        Sure.OBSERVED,
        texts=("the requested scope is not allowed",),
        codes=("invalid_scope", "unsupported_scope"),
    ),
    Refusal(
        "no-scopes",
        "The app has no scopes.",
        one("The app has no scopes.", "Add oauth.scopes, and run `provision apply`."),
        _LOGINS,
        "org-protocol 7",
        Sure.OBSERVED,
        texts=("no valid scopes defined", "no valid scopes"),
    ),
    Refusal(
        "no-refresh-scope",
        "The JWT bearer flow needs the scope refresh_token.",
        one(
            "The JWT bearer flow needs the scope refresh_token beside api.",
            "Add refresh_token to oauth.scopes, and run `provision apply`.",
        ),
        _TOKEN,
        "MCPSKILL",
        Sure.OBSERVED,
        texts=("refresh_token scope is required",),
    ),
    Refusal(
        "scope-parameter",
        "The client credentials flow accepts no scope parameter.",
        one(
            "The request has a scope. The flow gives all scopes of the app.",
            "Leave scope out of the request.",
        ),
        _TOKEN,
        "VIZ",
        Sure.OBSERVED,
        texts=("scope parameter not supported",),
    ),
)
