"""Refusals about where and with what somebody logs in: host, audience, certificate, secret."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Flow, Known, Refusal, Sure, Where, one

__all__ = ["ROWS"]

_TOKEN: Final = (Where.TOKEN,)
_CREDENTIALS: Final = ("invalid client credentials",)

ROWS: Final = (
    Refusal(
        "wrong-certificate",
        "The certificate of the app is not that of the private key.",
        one(
            "The certificate in the org is not that of the private key.",
            "Check oauth.jwt_bearer, and run `provision diff`. A certificate of Setup's own "
            "Certificate and Key Management is re-keyed by Salesforce, and does not fit.",
        ),
        _TOKEN,
        "MCPSKILL",
        Sure.OBSERVED,
        texts=_CREDENTIALS,
        flows=(Flow.JWT_BEARER,),
    ),
    Refusal(
        "wrong-secret",
        "The consumer secret is not the app's.",
        one(
            "The consumer secret is not the app's: a rotation may have changed it.",
            "Check oauth.client_credentials.secret, or the secret that was sent, against "
            "`provision credentials show`.",
        ),
        _TOKEN,
        "org-protocol 7",
        Sure.OBSERVED,
        texts=_CREDENTIALS,
        flows=(Flow.CLIENT_CREDENTIALS,),
    ),
    Refusal(
        "secret-demanded",
        "The app demands its consumer secret.",
        one(
            "The client sent no consumer secret, or an old one: a rotation changes it.",
            "Give the client the secret that `provision credentials show` gives, or set "
            "oauth.secret_optional: true (web login) or oauth.secret_required_for_refresh_token: "
            "false (refresh).",
        ),
        _TOKEN,
        "org-protocol 7",
        Sure.OBSERVED,
        texts=_CREDENTIALS,
        flows=(Flow.WEB_SERVER, Flow.REFRESH),
    ),
    Refusal(
        "no-certificate",
        "The app has no certificate that the assertion could be checked with.",
        (
            Cause(
                "The app has no certificate in the org, or another one: a redeploy without it "
                "clears it.",
                "Run `provision diff`, and `provision apply`.",
            ),
            Cause(
                "The assertion is not a JWT signed with RS256 by an RSA key.",
                "Make a key with `provision keys new`.",
            ),
        ),
        _TOKEN,
        "SYSPROMPT",
        Sure.OBSERVED,
        texts=("invalid assertion",),
    ),
    Refusal(
        "assertion-expired",
        "The assertion had expired when it reached the org.",
        one(
            "The clock of this machine is behind the org's by more than 3 minutes.",
            "Set the clock; `provision doctor` (clock-skew) measures it.",
        ),
        _TOKEN,
        "Salesforce help, JWT bearer flow; the local org's words are inferred",
        Sure.INFERRED,
        texts=("expired authorization code", "assertion has expired", "assertion expired"),
        flows=(Flow.JWT_BEARER,),
    ),
    Refusal(
        "wrong-audience",
        "The org accepts none of the audiences that were tried.",
        (
            Cause(
                "The login host is not the org's My Domain.",
                "Check that the instance URL is the org's My Domain URL.",
                Known.MY_DOMAIN,
            ),
            Cause(
                "The audience is that of the other kind of org.",
                "Use https://login.salesforce.com for production, https://test.salesforce.com for "
                "sandboxes and scratch orgs, or leave the audience out: all are tried then.",
            ),
        ),
        _TOKEN,
        "Salesforce help, JWT bearer flow; eca-metadata 13.1 A8",
        Sure.DOCUMENTED,
        texts=("audience is invalid", "audience validation failed", "invalid audience"),
    ),
    Refusal(
        "wrong-domain",
        "This flow works only on the org's My Domain.",
        one(
            "The login host is not the org's My Domain: client credentials never worked at "
            "login.salesforce.com.",
            "Use the My Domain URL (https://NAME.my.salesforce.com) as instance URL.",
        ),
        _TOKEN,
        "WEGO; Salesforce help, client credentials flow",
        Sure.DOCUMENTED,
        texts=("request not supported on this domain", "not supported on this domain"),
    ),
)
