"""Refusals that OAuth and Salesforce's login servers report only by a code."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where, one

__all__ = ["NO_POLICIES", "ROWS"]

NO_POLICIES: Final = "no-policies"

_TOKEN: Final = (Where.TOKEN,)
_AUTHORIZE: Final = (Where.AUTHORIZE,)
_LOGINS: Final = (Where.TOKEN, Where.AUTHORIZE)
_OAUTH: Final = "RFC 6749; Salesforce help, OAuth 2.0 authorization errors"
_DEVICE: Final = "RFC 8628; Salesforce help, device flow"
_LISTED: Final = (
    "Salesforce's Mobile SDK for Android, OAuthErrorCode, which lists the server's codes (what "
    "each means is inferred)"
)

ROWS: Final = (
    Refusal(
        "oauth-server",
        "The org failed to answer an OAuth request.",
        one("The org is busy, or failed.", "Try again later, and see the org's status page."),
        _LOGINS,
        f"{_OAUTH}; {_LISTED}",
        Sure.DOCUMENTED,
        codes=(
            "server_error",
            "temporarily_unavailable",
            "service_unavailable",
            "system_down",
            "unknown_error",
        ),
    ),
    Refusal(
        "oauth-grant",
        "The org refused what the login presented; the text beside the code says what.",
        one(
            "The text beside invalid_grant is not in the dictionary.",
            "See Setup > Login History of the user, and compare the app with `provision diff`.",
        ),
        _TOKEN,
        _OAUTH,
        Sure.DOCUMENTED,
        codes=("invalid_grant",),
    ),
    Refusal(
        "oauth-request",
        "The request lacks a parameter, or has a wrong one.",
        one(
            "The text beside invalid_request is not in the dictionary.",
            "Compare the request with Salesforce's documentation of the flow.",
        ),
        _LOGINS,
        _OAUTH,
        Sure.DOCUMENTED,
        codes=("invalid_request",),
    ),
    Refusal(
        "oauth-client",
        "The org did not accept the client's credentials, or the client may not do this.",
        one(
            "The consumer key, the secret or the certificate is not the app's.",
            "Check them against `provision credentials show` and `provision diff`.",
        ),
        _LOGINS,
        _OAUTH,
        Sure.DOCUMENTED,
        codes=("invalid_client", "invalid_client_credentials", "unauthorized_client"),
    ),
    Refusal(
        "wrong-transport",
        "The request was not sent as the endpoint expects it.",
        one(
            "The authorize endpoint accepts HTTP GET over https, and a callback URL that a browser "
            "can open.",
            "Correct the client.",
        ),
        _AUTHORIZE,
        _OAUTH,
        Sure.DOCUMENTED,
        texts=("https required", "must use http get", "out-of-band not supported"),
    ),
    Refusal(
        "no-redirect",
        "The request names no callback URL.",
        one(
            "The client sent no redirect_uri.",
            "Have it send one of oauth.callback_urls, character by character.",
        ),
        _LOGINS,
        _OAUTH,
        Sure.DOCUMENTED,
        texts=("redirect_uri not provided",),
        codes=("redirect_uri_missing",),
    ),
    Refusal(
        "no-client-id",
        "The request names no app.",
        one(
            "The client sent no consumer key (client_id).",
            "Set the app's consumer key in the client's configuration.",
        ),
        _LOGINS,
        "Salesforce-Inspector-Advanced#291 (Setup > Login History)",
        Sure.REPORTED,
        texts=("missing consumer key parameter",),
    ),
    Refusal(
        "user-must-be-asked",
        "The request does not allow the org to ask the user, and the user must be asked.",
        one(
            "The request has immediate=true, and the user is not logged in or has not approved "
            "the app.",
            "Leave immediate out of the request.",
        ),
        _AUTHORIZE,
        _OAUTH,
        Sure.DOCUMENTED,
        codes=("immediate_unsuccessful",),
    ),
    Refusal(
        "device-waits",
        "The user of a device login has not answered yet.",
        one(
            "The user has not entered the code yet, or the client asks too often.",
            "Ask again after the interval that the org gave, 5 seconds longer for slow_down.",
        ),
        _TOKEN,
        _DEVICE,
        Sure.DOCUMENTED,
        codes=("authorization_pending", "slow_down"),
    ),
    Refusal(
        "wrong-assertion-type",
        "The org does not accept this type of assertion.",
        one(
            "The request names an assertion type of another flow.",
            "For JWT bearer send grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer, and the "
            "JWT as assertion.",
        ),
        _TOKEN,
        f"{_LISTED}; RFC 7523",
        Sure.INFERRED,
        codes=("invalid_assertion_type",),
    ),
    Refusal(
        "assertion-used",
        "The org does not accept the assertion's identifier (jti).",
        one(
            "An assertion was sent twice.",
            "Sign a new assertion for each login.",
        ),
        _TOKEN,
        f"{_LISTED}; RFC 7523",
        Sure.INFERRED,
        codes=("bad_jti_claim",),
    ),
    Refusal(
        "bad-basic-header",
        "The org cannot read the client's Basic Authorization header.",
        one(
            "The header is not the consumer key and the secret, with a colon between, in base64.",
            "Correct the header, or send client_id and client_secret in the form.",
        ),
        _TOKEN,
        _LISTED,
        Sure.INFERRED,
        codes=("invalid_basic_auth_header",),
    ),
    Refusal(
        "session-level",
        "The session is less secure than the app demands.",
        one(
            "The app's policies have requiredSessionLevel HIGH_ASSURANCE, and the login gives a "
            "standard session.",
            "Log in with a second factor, or lower requiredSessionLevel in "
            "metadata.ExtlClntAppOauthConfigurablePolicies.",
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("invalid_session_level",),
    ),
    Refusal(
        NO_POLICIES,
        "The org finds no policies of the app.",
        (
            Cause(
                "The app is new, and its policies have not reached every server.",
                "Run `provision prove --proof-wait 1800` later.",
            ),
            Cause("The app has no policies in this org.", "Run `provision diff`."),
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("ecapp_policy_not_found", "oauth_policy_not_found"),
    ),
    Refusal(
        "wrong-distribution",
        "The app's distribution state does not allow this login.",
        one(
            "A local app was used in another org than its own, or a packaged one is not installed.",
            "Apply the spec to this org, or install the package.",
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("invalid_distribution_state",),
    ),
    Refusal(
        "install-failed",
        "The org could not install the app.",
        one(
            "An app of another org installs itself at the first login, and this org does not allow"
            " that.",
            "Install its package, or use an external client app of the org's own.",
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("installation_error",),
    ),
    Refusal(
        "block-in-doubt",
        "The org could not tell whether the app is blocked, and refused it.",
        one("A check in the org failed.", "Try again later."),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("fail_close_app_blocked",),
    ),
    Refusal(
        "attestation-failed",
        "The device did not prove that it runs the genuine mobile app.",
        one(
            "The app demands attestation (isAttestPluginEnabled).",
            "Update the mobile app, or switch the plugin off in "
            "metadata.ExtlClntAppConfigurablePolicies.",
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("app_attest_failed", "app_attest_failed_retry", "client_blocked"),
    ),
    Refusal(
        "headless-failed",
        "A headless login, registration or password reset failed.",
        one(
            "The one-time password is wrong or too old, or the site accepts no (more) "
            "registrations.",
            "See the site's settings under Setup > Digital Experiences, Login & Registration.",
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=(
            "invalid_otp",
            "otp_error",
            "login_error",
            "failed_registration",
            "registration_error",
            "exceeded_registration_limit",
        ),
    ),
    Refusal(
        "wrong-branding",
        "The org does not know the experience ID (expid) of the request.",
        one(
            "The site has no branding of that ID.",
            "Leave expid out of the request, or use one of the site's.",
        ),
        _LOGINS,
        _LISTED,
        Sure.INFERRED,
        codes=("invalid_expid", "unsupported_expid"),
    ),
    Refusal(
        "page-without-client",
        "The login page was opened without a client's request.",
        one(
            "Somebody typed the address of the page, or opened a bookmark.",
            "Start at the client, which sends the browser to the page.",
        ),
        _AUTHORIZE,
        "the local org's own",
        Sure.OBSERVED,
        texts=("this page needs a client that sent you",),
        codes=("INVALID_SOURCE",),
    ),
)
