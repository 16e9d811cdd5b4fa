"""Refresh tokens: policies that are stored and have no effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.catalogue.period import Period
from provision.findings import Severity
from provision.spec.combination.combination import Combination, Mismatch, Reads
from provision.spec.combination.judged_app import JudgedApp

__all__ = ["REFRESH"]

_POLICY: Final = "refreshTokenPolicyType"
_SCOPES: Final = (OAUTH_SETTINGS, "commaSeparatedOauthScopes")
_IDLE: Final = (GLOBAL_OAUTH_SETTINGS, "isEnforceRefreshTokenTTL")
_PUBLIC: Final = (GLOBAL_OAUTH_SETTINGS, "isConsumerSecretOptional")
_SECRET: Final = (GLOBAL_OAUTH_SETTINGS, "isSecretRequiredForRefreshToken")
_LIFE: Final[Reads] = tuple(
    (OAUTH_POLICIES, name)
    for name in (_POLICY, "refreshTokenValidityPeriod", "refreshTokenValidityUnit")
)
_IDLE_LIMIT: Final = Period(
    30, "days"
)  # DOC: the example of the idle refresh-token limit; partners must have it


def _issues(app: JudgedApp) -> bool | None:
    """Whether the app issues refresh tokens; ``None`` if the spec leaves the scopes out."""
    scopes = app.scopes
    return None if scopes is None else "RefreshToken" in scopes


def _idle_limit(app: JudgedApp) -> Iterator[Mismatch]:
    """DOC: the idle limit overrides two of the four refresh policies, and changes no metadata."""
    if not app.is_on(*_IDLE) or not _issues(app):
        return
    policy = app.text(OAUTH_POLICIES, _POLICY)
    period = _period(app)
    if policy == "Infinite" or (policy == "SpecificInactivity" and _is_over_idle_limit(period)):
        yield Mismatch(
            OAUTH_POLICIES,
            _POLICY,
            f"the idle limit is on: refresh tokens end after {_IDLE_LIMIT} without use, "
            "whatever the stored policy says",
        )
    elif policy == "SpecificLifetime" and _is_over_idle_limit(period):
        yield Mismatch(
            OAUTH_POLICIES,
            _POLICY,
            f"the idle limit is on: a refresh token that is not used for {_IDLE_LIMIT} ends "
            f"before its {period}",
        )


def _period(app: JudgedApp) -> Period | None:
    return Period.of_metadata(
        app.value(OAUTH_POLICIES, "refreshTokenValidityPeriod"),
        app.value(OAUTH_POLICIES, "refreshTokenValidityUnit"),
    )


def _is_over_idle_limit(period: Period | None) -> bool:
    return period is not None and period.longest > _IDLE_LIMIT.longest


def _unused(app: JudgedApp) -> Iterator[Mismatch]:
    if app.is_written(OAUTH_POLICIES, _POLICY) and _issues(app) is False:
        yield Mismatch(
            OAUTH_POLICIES,
            _POLICY,
            "the app has no scope refresh_token: no flow of its issues refresh tokens, and this "
            "policy is stored and unused",
        )


def _zero(app: JudgedApp) -> Iterator[Mismatch]:
    if app.text(OAUTH_POLICIES, _POLICY) == "Zero" and _issues(app):
        yield Mismatch(
            OAUTH_POLICIES,
            _POLICY,
            "expire_immediately, and the app has the scope refresh_token: whoever holds a refresh "
            "token is refused at the next refresh, and must log in again",
            # The JWT bearer flow needs the scope and issues no refresh token.
            Severity.NOTE if app.has_jwt_bearer else None,
        )


def _refresh_needs_secret(app: JudgedApp) -> Iterator[Mismatch]:
    if app.is_on(*_PUBLIC) and app.is_on(*_SECRET) and _issues(app):
        yield Mismatch(
            *_SECRET,
            "a login needs no consumer secret, and a refresh does: a client without the secret "
            "gets a refresh token that it cannot use",
        )


REFRESH: Final = (
    Combination(
        "idle-limit",
        Severity.NOTE,
        "A refresh token policy that the idle limit overrules.",
        (*_LIFE, _SCOPES, _IDLE),
        _idle_limit,
        f"Write refresh_token: {{inactivity: {_IDLE_LIMIT}}}, which is what happens.",
        "Salesforce Help eca_limit_idle_refresh_token_ttl",
    ),
    Combination(
        "unused-refresh-policy",
        Severity.NOTE,
        "A refresh token policy without the scope refresh_token.",
        ((OAUTH_POLICIES, _POLICY), _SCOPES),
        _unused,
        "Leave policies.refresh_token out, or add refresh_token to the scopes.",
        "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "zero-with-refresh-scope",
        Severity.WARNING,
        "Refresh tokens expire immediately, and the app has the scope refresh_token.",
        ((OAUTH_POLICIES, _POLICY), _SCOPES, (GLOBAL_OAUTH_SETTINGS, "certificate")),
        _zero,
        "Write refresh_token: {lifetime: 90 days}, or take refresh_token out of the scopes.",
        "merge.dev article 9077062",
    ),
    Combination(
        "refresh-needs-secret",
        Severity.WARNING,
        "Logins without the consumer secret, and refreshes with it.",
        (_PUBLIC, _SECRET, _SCOPES),
        _refresh_needs_secret,
        "Write oauth: {secret_required_for_refresh_token: false} for clients that keep no secret.",
        "Metadata API Developer Guide, ExtlClntAppGlobalOauthSettings",
    ),
)
"""Combinations about refresh tokens."""
