"""Flows: settings and policies that must agree before a flow works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.catalogue.field import MetadataType
from provision.findings import Severity
from provision.spec.combination.combination import Combination, Mismatch, Reads
from provision.spec.combination.judged_app import JudgedApp

__all__ = ["FLOWS"]

_CREDENTIALS: Final = "isClientCredentialsFlowEnabled"
_RUN_AS: Final = "clientCredentialsFlowUser"
_PKCE: Final = (GLOBAL_OAUTH_SETTINGS, "isPkceRequired")
_PUBLIC: Final = (GLOBAL_OAUTH_SETTINGS, "isConsumerSecretOptional")
_EXCHANGE: Final[Reads] = (
    (GLOBAL_OAUTH_SETTINGS, "isTokenExchangeEnabled"),
    (OAUTH_POLICIES, "isTokenExchangeFlowEnabled"),
)
_POSSESSION: Final = (
    ("isDPopEnabled", "a DPoP proof"),
    ("isMtlsEnabled", "a client certificate (mTLS)"),
)
_PKCE_IS_KEPT_SINCE: Final = 67
# A program on a user's machine or phone: it cannot keep a secret.
_ON_A_DEVICE: Final = re.compile(
    r"http://(localhost|127\.0\.0\.1|\[::1\])[:/].*|(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:.+"
)


def _client_credentials(app: JudgedApp) -> Iterator[Mismatch]:
    allowed = app.is_on(GLOBAL_OAUTH_SETTINGS, _CREDENTIALS)
    enabled = app.is_on(OAUTH_POLICIES, _CREDENTIALS)
    run_as = app.text(OAUTH_POLICIES, _RUN_AS)
    if (allowed or enabled) and not run_as:
        yield Mismatch(
            OAUTH_POLICIES,
            _RUN_AS,
            "the client credentials flow is on, and it has no run-as user: an org answers 'no "
            "client credentials user enabled'",
        )
    if run_as and not (allowed or enabled):
        yield Mismatch(
            OAUTH_POLICIES,
            _RUN_AS,
            "there is a run-as user, and the client credentials flow is off: its logins are "
            "refused",
        )
    elif allowed != enabled:
        off: MetadataType = OAUTH_POLICIES if allowed else GLOBAL_OAUTH_SETTINGS
        yield Mismatch(
            off,
            _CREDENTIALS,
            "the client credentials flow needs this flag in the global settings and in the "
            f"policies, and it is off in {off.name}",
        )


def _token_exchange(app: JudgedApp) -> Iterator[Mismatch]:
    flags = [app.is_on(*flag) for flag in _EXCHANGE]
    if flags[0] != flags[1]:
        off = _EXCHANGE[flags.index(False)]
        yield Mismatch(
            *off,
            "token exchange needs isTokenExchangeEnabled in the global settings and "
            f"isTokenExchangeFlowEnabled in the policies, and {off[1]} is off",
        )


def _code_post_only(app: JudgedApp) -> Iterator[Mismatch]:
    if app.is_on(GLOBAL_OAUTH_SETTINGS, "isCodeCredPostOnly") and not app.is_on(
        GLOBAL_OAUTH_SETTINGS, "isCodeCredFlowEnabled"
    ):
        yield Mismatch(
            GLOBAL_OAUTH_SETTINGS,
            "isCodeCredPostOnly",
            "isCodeCredFlowEnabled is off: there is no such flow to restrict",
        )


def _pkce_off(app: JudgedApp) -> Iterator[Mismatch]:
    said_off = app.is_written(*_PKCE) and app.value(*_PKCE) is False
    version = app.api_version
    if said_off and (version is None or version >= _PKCE_IS_KEPT_SINCE):
        yield Mismatch(
            *_PKCE,
            f"at API {_PKCE_IS_KEPT_SINCE} and later an org may keep PKCE on: the deploy succeeds, "
            "and the value stays true",
        )


def _possession(app: JudgedApp) -> Iterator[Mismatch]:
    """A13: each request must prove that the client has a key. provision's requests do not."""
    run_as = app.text(OAUTH_POLICIES, _RUN_AS)
    for name, proves in _POSSESSION:
        if app.is_on(GLOBAL_OAUTH_SETTINGS, name) and (app.has_jwt_bearer or run_as):
            yield Mismatch(
                GLOBAL_OAUTH_SETTINGS,
                name,
                f"each token request and each call needs {proves}: provision's own login with the "
                "app sends none, and is refused",
            )


def _possession_and_sf(app: JudgedApp) -> Iterator[Mismatch]:
    """A13, for the one client that is known by its callback URL."""
    url = app.sf_callback
    for name, proves in _POSSESSION:
        if url and app.is_on(GLOBAL_OAUTH_SETTINGS, name):
            yield Mismatch(
                GLOBAL_OAUTH_SETTINGS,
                name,
                f"the `sf` CLI logs in with this app ({url}), and each token request and each call "
                f"needs {proves}: an `sf` that sends none is refused",
            )


def _secret_on_a_device(app: JudgedApp) -> Iterator[Mismatch]:
    required = app.is_written(*_PUBLIC) and app.value(*_PUBLIC) is False
    url = next((url for url in app.callback_urls if _ON_A_DEVICE.fullmatch(url)), "")
    if required and url:
        yield Mismatch(
            *_PUBLIC,
            f"a program on users' devices ({url}) cannot keep a secret, and each web login must "
            "present it",
        )


FLOWS: Final = (
    Combination(
        "client-credentials-half-on",
        Severity.WARNING,
        "The client credentials flow without all that it needs.",
        (
            (GLOBAL_OAUTH_SETTINGS, _CREDENTIALS),
            (OAUTH_POLICIES, _CREDENTIALS),
            (OAUTH_POLICIES, _RUN_AS),
        ),
        _client_credentials,
        "Write oauth: {client_credentials: {run_as: USERNAME}}, which sets all three fields, or "
        "client_credentials: null.",
        "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "token-exchange-half-on",
        Severity.WARNING,
        "Token exchange without both of its flags.",
        _EXCHANGE,
        _token_exchange,
        "Set both flags, or neither.",
        "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "code-post-only-without-flow",
        Severity.NOTE,
        "A restriction of a flow that is off.",
        (
            (GLOBAL_OAUTH_SETTINGS, "isCodeCredPostOnly"),
            (GLOBAL_OAUTH_SETTINGS, "isCodeCredFlowEnabled"),
        ),
        _code_post_only,
        "Set isCodeCredFlowEnabled: true, or leave both out.",
        "Metadata API Developer Guide, ExtlClntAppGlobalOauthSettings",
    ),
    Combination(
        "pkce-off",
        Severity.WARNING,
        "PKCE off, at an API version at which an org may keep it on.",
        (_PKCE,),
        _pkce_off,
        "Write pkce_required: true, or leave it out.",
        "Observed in an org of API 67",
    ),
    Combination(
        "possession-and-own-login",
        Severity.WARNING,
        "DPoP or mTLS, and a flow that provision proves by a login of its own.",
        (
            *((GLOBAL_OAUTH_SETTINGS, name) for name, _ in _POSSESSION),
            (GLOBAL_OAUTH_SETTINGS, "certificate"),
            (OAUTH_POLICIES, _RUN_AS),
        ),
        _possession,
        "Apply with --no-proof, and prove the app with a client that is prepared; see that every "
        "other client of the app is, the sf CLI among them.",
        "Salesforce Help remoteaccess_dpop_guide",
    ),
    Combination(
        "possession-and-sf",
        Severity.WARNING,
        "DPoP or mTLS, and the callback URL of the sf CLI.",
        (
            *((GLOBAL_OAUTH_SETTINGS, name) for name, _ in _POSSESSION),
            (GLOBAL_OAUTH_SETTINGS, "callbackUrl"),
        ),
        _possession_and_sf,
        "Give the CLI an app of its own, or see first that its version logs in that way.",
        "Salesforce Help remoteaccess_dpop_guide",
    ),
    Combination(
        "secret-on-a-device",
        Severity.NOTE,
        "The consumer secret is required of programs on users' devices.",
        (_PUBLIC, (GLOBAL_OAUTH_SETTINGS, "callbackUrl")),
        _secret_on_a_device,
        "Write oauth: {secret_optional: true}, and leave PKCE required.",
        "Metadata API Developer Guide, ExtlClntAppGlobalOauthSettings; RFC 8252, section 8.5",
    ),
)
"""Combinations about flows."""
