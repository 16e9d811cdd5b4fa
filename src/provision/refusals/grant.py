"""Refusals of codes and tokens: expired, revoked, of the wrong format."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Flow, Refusal, Sure, Where, one

__all__ = ["ROWS"]

_TOKEN: Final = (Where.TOKEN,)

ROWS: Final = (
    Refusal(
        "refresh-token-gone",
        "The refresh token does not work any more.",
        (
            Cause(
                "The app's policy ended it.",
                "Log in again. policies.refresh_token sets its lifetime; expire_immediately ends "
                "each token at its next use.",
            ),
            Cause(
                "The user has approved the app more than five times: a sixth approval revokes the "
                "oldest refresh token.",
                "Log in again, and give each client an app or a user of its own.",
            ),
            Cause(
                "The app rotates refresh tokens, and a token was used twice: that revokes the "
                "current one and its access tokens.",
                "Log in again, and have the client keep the new token of each refresh.",
            ),
            Cause(
                "The user was frozen, as after a connection from an anonymising network, or "
                "somebody revoked the token.",
                "Unfreeze the user in Setup, then log in again.",
            ),
        ),
        _TOKEN,
        "Salesforce help 005316711, 005318944; eca-metadata 13.1 A3, A6, A12",
        Sure.DOCUMENTED,
        texts=("expired access/refresh token", "token is expired or revoked"),
    ),
    Refusal(
        "code-expired",
        "The authorization code is too old, or was used before.",
        one(
            "A code is valid for 15 minutes, and for one use.",
            "Start the login again, and exchange the code at once.",
        ),
        _TOKEN,
        "Salesforce help, web server flow; restforce#744",
        Sure.DOCUMENTED,
        texts=("expired authorization code",),
        flows=(Flow.WEB_SERVER,),
    ),
    Refusal(
        "code-unknown",
        "The authorization code is not one that the org gave this app.",
        one(
            "It was truncated, used before, or given to another app.",
            "Start the login again, and exchange the code as it came (URL-decoded).",
        ),
        _TOKEN,
        "org-protocol 7",
        Sure.OBSERVED,
        texts=("invalid authorization code",),
    ),
    Refusal(
        "wrong-code-verifier",
        "The code verifier does not fit the code challenge.",
        one(
            "The client exchanged the code with another verifier than it began with.",
            "Keep the verifier from the authorize request until the token request; the challenge "
            "is its SHA-256, base64url, without padding.",
        ),
        _TOKEN,
        "mcp-hosted#23; eca-metadata 13.1 A10",
        Sure.REPORTED,
        texts=("invalid code verifier",),
    ),
    Refusal(
        "no-code-challenge",
        "The app demands PKCE, and the client sent no code challenge.",
        one(
            "oauth.pkce_required is on, which some orgs keep on.",
            "Have the client send code_challenge and code_challenge_method=S256, or set "
            "oauth.pkce_required: false.",
        ),
        (Where.AUTHORIZE,),
        "Salesforce help, web server flow; the local org",
        Sure.DOCUMENTED,
        texts=("missing required code challenge",),
    ),
    Refusal(
        "no-dpop-proof",
        "The app demands a DPoP proof with each request, and the request has no valid one.",
        one(
            "isDPopEnabled is on, and the client sends no proof, or an old one.",
            "Prepare every client for DPoP, or switch isDPopEnabled off.",
        ),
        (Where.TOKEN, Where.REST),
        "RFC 9449; Salesforce help remoteaccess_dpop_guide (the codes are inferred)",
        Sure.INFERRED,
        codes=("invalid_dpop_proof", "use_dpop_nonce"),
    ),
    Refusal(
        "bad-token",
        "The access token is not a valid one.",
        one("The token has expired, or was revoked.", "Log in again."),
        (Where.IDENTITY,),
        "org-protocol 7",
        Sure.OBSERVED,
        codes=("Bad_OAuth_Token", "invalid_token"),
    ),
    Refusal(
        "identity-elsewhere",
        "The identity URL names another org or user than the token's.",
        one(
            "The identity URL is not that of the token.",
            "Take it from the answer of the token endpoint (id).",
        ),
        (Where.IDENTITY,),
        "Salesforce help, identity URL responses",
        Sure.DOCUMENTED,
        codes=("Wrong_Org", "Bad_Id"),
    ),
    Refusal(
        "wants-jwt-token",
        "The API wants an access token in JWT format, and got an opaque one.",
        (
            Cause(
                "The app issues opaque tokens.",
                "Set oauth.jwt_access_tokens: true, and log in again.",
            ),
            Cause(
                "The scope api stands beside mcp_api or sfap_api, which can yield an opaque token.",
                "Ask only for the scope of that API.",
            ),
        ),
        (Where.REST,),
        "A2A, H360, MCPSKILL; eca-metadata 13.1 A10, A11",
        Sure.OBSERVED,
        codes=("INVALID_JWT_FORMAT",),
    ),
    Refusal(
        "bad-auth-header",
        "The Authorization header is missing, or the API does not accept it.",
        (
            Cause(
                "The header is not `Authorization: Bearer TOKEN`.",
                "Send exactly that, with nothing around the token.",
            ),
            Cause(
                "The API wants a token in JWT format.",
                "Set oauth.jwt_access_tokens: true, and log in again.",
            ),
        ),
        (Where.REST,),
        "cli#3297; eca-metadata 13.1 A10",
        Sure.REPORTED,
        codes=("INVALID_AUTH_HEADER",),
    ),
    Refusal(
        "token-not-revocable",
        "The org does not know the token to revoke.",
        one(
            "It has expired, was revoked before, or is another org's.",
            "There is nothing left to revoke here.",
        ),
        (Where.TOKEN,),
        "Salesforce help, revoke OAuth tokens",
        Sure.DOCUMENTED,
        texts=("this token is not supported",),
        codes=("unsupported_token_type",),
    ),
)
