"""ExtlClntAppGlobalOauthSettings: key, callback URLs, flows and controls of an app's logins."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Field, Key, Kind, MetadataType, Role, Setup
from provision.catalogue.judge import Always, EachField, Fewer, Flag, Presence
from provision.catalogue.judge_list import CallbackUrls
from provision.catalogue.risk import (
    Opening,
    disruptive,
    irreversible,
    locks_out,
    together,
    weakens,
)
from provision.catalogue.types.row import (
    CLIENT_CREDENTIALS,
    GUIDE,
    LABEL,
    OBSERVED,
    OTHER_FORMAT,
    PARENT,
    TOKEN_EXCHANGE,
    TOKEN_FORMAT,
    flag,
    flow,
)

__all__ = ["GLOBAL_OAUTH_SETTINGS"]

_NEVER_CHANGES: Final = Always(irreversible("An org never changes the key of an existing app."))


def _control(on: str, off: str) -> Flag:
    """A control that refuses some requests while it is on."""
    return Flag(on=disruptive(on), off=weakens(off))


def _rotates(what: str) -> Flag:
    return Flag(
        on=locks_out(f"The org makes a new consumer {what}: clients with the old one fail."),
        off=disruptive(f"The org is not asked for a new consumer {what}."),
    )


def _tells(what: str) -> Flag:
    return Flag(
        on=weakens(f"ID tokens tell the {what} of the user."),
        off=disruptive(f"ID tokens no longer have {what}."),
    )


_ID_TOKEN_FIELDS: Final = (
    Field(
        "idTokenAudience",
        risk=Presence(
            set=weakens("More audiences may accept the ID token."),
            changed=weakens("Other audiences may accept the ID token."),
            cleared=disruptive("The named audiences no longer accept the ID token."),
        ),
    ),
    Field(
        "idTokenIncludeAttributes",
        Kind.BOOLEAN,
        risk=_tells("custom attributes"),
    ),
    Field(
        "idTokenIncludeCustomPermissions",
        Kind.BOOLEAN,
        until=63,
        risk=_tells("custom permissions"),
    ),
    Field(
        "idTokenIncludeStandardClaims",
        Kind.BOOLEAN,
        risk=_tells("standard claims"),
    ),
    Field(
        "idTokenValidityInMinutes",
        Kind.INTEGER,
        note="1 to 720, default 2.",
        evidence=(GUIDE,),
        risk=Fewer(
            weaker=weakens("ID tokens live longer."),
            stricter=disruptive("ID tokens end sooner."),
            none=2,
        ),
    ),
)

GLOBAL_OAUTH_SETTINGS: Final = MetadataType(
    "ExtlClntAppGlobalOauthSettings",
    "extlClntAppGlobalOauthSets",
    "ecaGlblOauth",
    59,
    (
        Field(
            "callbackUrl",
            Kind.URLS,
            key=Key("oauth.callback_urls"),
            note="Several URLs, each on a line of its own.",
            evidence=(OBSERVED,),
            risk=CallbackUrls(),
            refuses="logins that name a callback URL which is no longer listed",
            lag=("wrong-redirect",),
        ),
        Field(
            "certificate",
            Kind.CERTIFICATE,
            since=60,
            key=Key("oauth.jwt_bearer", "certificate"),
            setup=Setup("Enable JWT Bearer Flow"),
            note="Its presence enables the JWT bearer flow; there is no flag. An org returns it as "
            "base64 in lines of 64 characters, without a header. A deploy without it may clear it, "
            "so provision always sends it back.",
            evidence=(GUIDE, OBSERVED),
            risk=Presence(
                set=weakens(
                    "Whoever has the private key may log in with the JWT bearer flow.",
                    Opening.FLOW,
                    "the JWT bearer flow",
                ),
                changed=together(
                    locks_out(
                        "Logins signed with the old private key fail once the new certificate is "
                        "in."
                    ),
                    weakens("Whoever has the new private key may log in."),
                ),
                cleared=locks_out("Without a certificate nobody logs in with the JWT bearer flow."),
            ),
            refuses="JWT bearer logins that are signed with another private key",
            lag=("no-certificate", "wrong-certificate"),
        ),
        Field(
            "consumerKey",
            role=Role.ON_CREATE,
            org_bound=True,
            note="The org generates it. Most orgs accept a chosen one on create. An org ignores a "
            "changed one, though the deploy says Succeeded.",
            evidence=(OBSERVED,),
            risk=_NEVER_CHANGES,
            lag=("unknown-app", "app-not-in-org"),
        ),
        Field(
            "consumerSecret",
            role=Role.ON_CREATE,
            org_bound=True,
            secret=True,
            note="An org never returns it. Reports disagree on whether an org uses a supplied one.",
            evidence=(OBSERVED,),
            risk=_NEVER_CHANGES,
            lag=("wrong-secret",),
        ),
        PARENT,
        Field(
            "idTokenConfig",
            Kind.RECORD,
            children=_ID_TOKEN_FIELDS,
            risk=EachField(_ID_TOKEN_FIELDS),
        ),
        flag(
            "isClientCredentialsFlowEnabled",
            since=60,
            key=Key("oauth.client_credentials", "enabled"),
            risk=CLIENT_CREDENTIALS,
            refuses="client credentials logins",
            lag=("client-credentials-off", "flow-disabled", "no-run-as-user"),
        ),
        flag(
            "isCodeCredFlowEnabled",
            since=61,
            note="The org's own preference must be on.",
            risk=flow(
                "the code and credentials flow",
                "Clients may log users in with a user name and a password, without a login page "
                "of the org.",
            ),
            refuses="code and credentials logins",
            lag=("flow-off", "flow-disabled"),
        ),
        flag(
            "isCodeCredPostOnly",
            since=61,
            risk=_control(
                "Code and credentials requests that are not a POST are refused.",
                "Code and credentials requests may carry the password in the URL.",
            ),
            refuses="code and credentials requests that are not a POST",
        ),
        flag(
            "isConsumerSecretOptional",
            key=Key("oauth.secret_optional"),
            risk=Flag(
                on=weakens("Logins need no consumer secret."),
                off=disruptive("Logins without the consumer secret fail."),
            ),
            refuses="web logins without the consumer secret",
            lag=("secret-demanded",),
        ),
        flag(
            "isDPopEnabled",
            since=68,
            seen_since=67,
            note="Salesforce's types have it since API 68. Two projects of API 67 have it.",
            evidence=(OBSERVED,),
            risk=Flag(
                on=locks_out(
                    "Every client must send a DPoP proof with each token request and each call."
                ),
                off=weakens("A stolen token works without a DPoP proof."),
            ),
            refuses="token requests and calls without a DPoP proof",
            lag=("no-dpop-proof",),
        ),
        flag(
            "isDeviceFlowEnabled",
            since=60,
            risk=flow("the device flow", "Devices may log in with a code that a user types in."),
            refuses="logins of devices",
            lag=("flow-off", "flow-disabled"),
        ),
        flag(
            "isEnforceRefreshTokenTTL",
            since=67,
            seen_since=66,
            note="Salesforce's types have it since API 67. One project of API 66 has it.",
            evidence=(OBSERVED,),
            risk=_control(
                "Refresh tokens that are not used end.",
                "Refresh tokens that are not used stay good.",
            ),
            refuses="refreshes with a refresh token that was not used for 30 days",
            lag=("refresh-token-gone",),
        ),
        flag(
            "isIntrospectAllTokens",
            risk=Flag(
                on=weakens("The app may introspect the tokens of every app of the org."),
                off=disruptive("Introspecting a token of another app fails."),
            ),
            refuses="introspections of the tokens of other apps",
        ),
        flag(
            "isMtlsEnabled",
            since=68,
            risk=Flag(
                on=locks_out(
                    "Every client must send a client certificate with each token request and call."
                ),
                off=weakens("A stolen token works without a client certificate."),
            ),
            refuses="token requests and calls without a client certificate",
            lag=("oauth-client",),  # RFC 8705: such a client gets invalid_client
        ),
        flag(
            "isNamedUserJwtEnabled",
            since=61,
            key=Key("oauth.jwt_access_tokens"),
            note="JWT-format access tokens (not the JWT bearer flow). MCP servers and the Agent "
            "API need them.",
            evidence=(OBSERVED,),
            risk=TOKEN_FORMAT,
            refuses=OTHER_FORMAT,
            lag=("wants-jwt-token",),
        ),
        flag(
            "isPkceRequired",
            default=True,
            key=Key("oauth.pkce_required"),
            note="An org of API 67 was seen to switch it on again without an error.",
            evidence=(OBSERVED,),
            risk=Flag(
                on=irreversible(
                    "Web logins without PKCE fail. Once on, an org may not let it be switched "
                    "off again."
                ),
                off=weakens("Web logins need no PKCE."),
            ),
            refuses="web logins without PKCE",
            lag=("no-code-challenge",),
        ),
        flag(
            "isRefreshTokenRotationEnabled",
            since=60,
            key=Key("oauth.refresh_token_rotation"),
            risk=_control(
                "Clients must keep the new refresh token of every refresh; one that uses an old "
                "token again loses all its tokens.",
                "A stolen refresh token stays good.",
            ),
            refuses="refreshes with a refresh token that was used before",
            lag=("refresh-token-gone",),
        ),
        flag(
            "isSecretRequiredForRefreshToken",
            default=True,
            key=Key("oauth.secret_required_for_refresh_token"),
            risk=_control(
                "Refreshing without the consumer secret fails.",
                "Refreshing needs no consumer secret.",
            ),
            refuses="refreshes without the consumer secret",
            lag=("secret-demanded",),
        ),
        flag(
            "isSecretRequiredForTokenExchange",
            since=60,
            risk=_control(
                "Token exchange without the consumer secret fails.",
                "Token exchange needs no consumer secret.",
            ),
            refuses="token exchanges without the consumer secret",
        ),
        flag(
            "isTokenExchangeEnabled",
            since=60,
            risk=TOKEN_EXCHANGE,
            refuses="token exchanges",
            lag=("flow-off", "flow-disabled"),
        ),
        LABEL,
        Field(
            "shouldRotateConsumerKey",
            Kind.BOOLEAN,
            default=False,
            role=Role.ACTION,
            note="A deploy with ignoreWarnings rotates the key.",
            evidence=(GUIDE,),
            risk=_rotates("key"),
            refuses="requests with the old consumer key",
        ),
        Field(
            "shouldRotateConsumerSecret",
            Kind.BOOLEAN,
            default=False,
            role=Role.ACTION,
            note="A deploy with ignoreWarnings rotates the secret.",
            evidence=(GUIDE,),
            risk=_rotates("secret"),
            refuses="requests with the old consumer secret",
        ),
    ),
    name_endings=("_glbloauth", "", "_defGlblOauthSet", "_global", "_globalOauth"),
)
