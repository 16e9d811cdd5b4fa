"""ExtlClntAppOauthConfigurablePolicies: who may use an app, from where, and for how long."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Choice, Field, Key, Kind, MetadataType, Setup
from provision.catalogue.judge import Fewer, Ordered, Presence
from provision.catalogue.judge_list import Admitted, CustomScopes, OtherUrl
from provision.catalogue.judge_time import (
    DEFAULT_PERIOD,
    DEFAULT_POLICY,
    DEFAULT_UNIT,
    SPECIFIC,
    JwtTimeout,
    JwtTimeoutType,
    RefreshTokenTime,
)
from provision.catalogue.risk import Edit, Opening, Risk, disruptive, locks_out, together, weakens
from provision.catalogue.types.row import (
    CLIENT_CREDENTIALS,
    CUSTOM_ATTRIBUTES,
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

__all__ = ["OAUTH_POLICIES"]

# DOC: minutes; the longer ones came with the JWT session timeout types in API 65.
_JWT_MINUTES = tuple(Choice(minutes) for minutes in (1, 5, 10, 15, 30)) + tuple(
    Choice(minutes, since=65) for minutes in (60, 90, 120, 240, 480, 720)
)

_LOST: Final = "requests of users whom no listed profile or permission set lets in"
_TOO_OLD: Final = "calls with a JWT-format access token that is older than its timeout"
_SPECIFIC: Final = ("refreshTokenPolicyType", SPECIFIC)


def _permitted_users(edit: Edit) -> Risk:
    if edit.after == "AllSelfAuthorized":
        return weakens("Every user of the org may then authorize the app.", Opening.EVERYBODY)
    return locks_out(
        "Users without one of the app's profiles or permission sets lose it; their sessions end."
    )


_REFRESH_POLICY: Final = Ordered(
    ("Infinite", "SpecificInactivity", "SpecificLifetime", "Zero"),
    weaker=weakens("Refresh tokens live longer, or for ever."),
    stricter=disruptive("Refresh tokens end sooner: users log in again."),
)


def _refresh_policy(edit: Edit) -> Risk:
    if edit.after == "Zero":  # facts 13.1, A17
        return locks_out(
            "Refresh tokens end at once: whatever holds one is shut out at its next refresh."
        )
    return _REFRESH_POLICY(edit)


def _session_action(edit: Edit) -> Risk:
    """What happens to a session below the required level: blocked, or raised by a second factor."""
    if edit.after == "Block":
        return disruptive("Sessions below the required level are refused, not raised.")
    if not edit.after:
        return weakens("Sessions below the required level are neither refused nor raised.")
    if edit.before == "Block":
        return weakens("Sessions below the required level are raised, not refused.")
    return disruptive("Users with a session below the required level must prove who they are.")


def _handler_user(edit: Edit) -> Risk:
    if not edit.after:
        return disruptive("The Apex handler no longer runs as this user.")
    return weakens(f"The Apex handler runs as {edit.after}, with the permissions of that user.")


def _run_as(edit: Edit) -> Risk:
    if not edit.after:
        return locks_out("Logins with the client credentials flow fail without a run-as user.")
    return weakens(f"Logins with the client credentials flow act as {edit.after}.")


OAUTH_POLICIES: Final = MetadataType(
    "ExtlClntAppOauthConfigurablePolicies",
    "extlClntAppOauthPolicies",
    "ecaOauthPlcy",
    59,
    (
        Field(
            "apexHandler",
            since=61,
            risk=Presence(
                set=disruptive("Code of the org decides about each login, and may refuse it."),
                changed=together(
                    weakens("Other code of the org decides about each login."),
                    disruptive("It may refuse logins that the code before it let in."),
                ),
                cleared=weakens("No code of the org decides about logins any more."),
            ),
            refuses="logins that the Apex handler does not permit",
        ),
        Field(
            "clientCredentialsFlowUser",
            since=60,
            key=Key("oauth.client_credentials", "run_as"),
            note="A username.",
            evidence=(GUIDE,),
            risk=_run_as,
            refuses="client credentials logins, without a run-as user",
            lag=("no-run-as-user", "other-user", "not-admin-approved", "inactive-user"),
        ),
        Field(
            "commaSeparatedCustomScopes",
            Kind.NAMES,
            since=61,
            risk=CustomScopes(),
            refuses="logins that ask for a scope which is no longer listed",
            lag=("wrong-scope",),
        ),
        Field(
            "commaSeparatedPermissionSet",
            Kind.NAMES,
            key=Key("policies.permission_sets"),
            note="API names. Orgs refuse ids, though the documentation asks for them.",
            evidence=(OBSERVED,),
            risk=Admitted(Opening.PERMISSION_SET),
            refuses=_LOST,
            lag=("not-admin-approved", "user-has-not-approved"),
        ),
        Field(
            "commaSeparatedProfile",
            Kind.NAMES,
            key=Key("policies.profiles"),
            note="Profile labels, in the org's language.",
            evidence=(OBSERVED,),
            risk=Admitted(Opening.PROFILE),
            refuses=_LOST,
            lag=("not-admin-approved", "user-has-not-approved"),
        ),
        CUSTOM_ATTRIBUTES,
        Field(
            "executeHandlerAs",
            since=61,
            note="A username.",
            evidence=(GUIDE,),
            risk=_handler_user,
            refuses="logins that the Apex handler does not permit, or fails on, as another user",
        ),
        PARENT,
        Field(
            "guestJwtSessionTimeoutType",
            Kind.ENUM,
            choices=(
                Choice("UserSession"),
                Choice("Custom"),
            ),
            since=65,
            note="With UserSession the timeout must be left out.",
            evidence=(GUIDE,),
            risk=JwtTimeoutType("guestJwtTimeout"),
            refuses=_TOO_OLD,
        ),
        Field(
            "guestJwtTimeout",
            Kind.INTEGER,
            since=61,
            only_with=("guestJwtSessionTimeoutType", ("Custom",)),
            choices=_JWT_MINUTES,
            unit="minutes",
            risk=JwtTimeout("guestJwtSessionTimeoutType"),
            refuses=_TOO_OLD,
        ),
        Field(
            "ipRelaxationPolicyType",
            Kind.ENUM,
            choices=(
                Choice("Enforce", "enforce", label="Enforce IP restrictions"),
                Choice("Bypass", "bypass", label="Relax IP restrictions"),
                Choice(
                    "Bypass_2factor",
                    "bypass_2factor",
                    label="Relax IP restrictions for activated devices",
                ),
                Choice("Enforce_RelaxRefresh", "enforce_relax_refresh"),
            ),
            default="Enforce",
            key=Key("policies.ip_relaxation"),
            note="Queries spell the last value Enforce_relaxrefresh.",
            evidence=(OBSERVED,),
            risk=Ordered(
                ("Bypass", "Bypass_2factor", "Enforce_RelaxRefresh", "Enforce"),
                weaker=weakens(
                    "IP restrictions are relaxed.", Opening.IP_RANGE, "relaxed IP restrictions"
                ),
                stricter=disruptive("Logins from outside the allowed IP ranges fail."),
            ),
            refuses="logins and refreshes from outside the allowed IP ranges",
            lag=("ip-restricted",),
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
            "isGuestCodeCredFlowEnabled",
            since=61,
            note="Needs JWT-format tokens.",
            evidence=(GUIDE,),
            risk=flow("the guest flow", "Guests, who have not logged in, may get tokens."),
            refuses="token requests of guests",
            lag=("flow-off", "flow-disabled"),
        ),
        flag(
            "isNamedUserJwtEnabled",
            since=61,
            until=63,
            note="It moved to the global settings. A later API version refuses it here.",
            evidence=(OBSERVED,),
            risk=TOKEN_FORMAT,
            refuses=OTHER_FORMAT,
            lag=("wants-jwt-token",),
        ),
        flag(
            "isTokenExchangeFlowEnabled",
            since=60,
            risk=TOKEN_EXCHANGE,
            refuses="token exchanges",
            lag=("flow-off", "flow-disabled"),
        ),
        LABEL,
        Field(
            "namedUserJwtSessionTimeoutType",
            Kind.ENUM,
            choices=(
                Choice("UserSession"),
                Choice("Custom"),
            ),
            since=65,
            note="With UserSession the timeout must be left out.",
            evidence=(GUIDE,),
            risk=JwtTimeoutType("namedUserJwtTimeout"),
            refuses=_TOO_OLD,
        ),
        Field(
            "namedUserJwtTimeout",
            Kind.INTEGER,
            since=61,
            only_with=("namedUserJwtSessionTimeoutType", ("Custom",)),
            choices=_JWT_MINUTES,
            unit="minutes",
            risk=JwtTimeout("namedUserJwtSessionTimeoutType"),
            refuses=_TOO_OLD,
        ),
        Field(
            "permittedUsersPolicyType",
            Kind.ENUM,
            choices=(
                Choice("AdminApprovedPreAuthorized", "admin_approved"),
                Choice("AllSelfAuthorized", "self_authorized"),
            ),
            default="AllSelfAuthorized",
            key=Key("policies.permitted_users"),
            setup=Setup("Permitted Users"),
            note="Several orgs had this default.",
            evidence=(OBSERVED,),
            risk=_permitted_users,
            refuses=_LOST,
            lag=("not-admin-approved", "user-has-not-approved"),
        ),
        Field(
            "policyAction",
            Kind.ENUM,
            choices=(
                Choice("Block"),
                Choice("RaiseSessionLevel"),
                Choice("StepUpMFA", since=68),
            ),
            risk=_session_action,
            refuses="sessions below the required session level",
            lag=("session-level",),
        ),
        Field(
            "refreshTokenPolicyType",
            Kind.ENUM,
            choices=(
                Choice("Infinite", "valid_until_revoked"),
                Choice("Zero", "expire_immediately"),
                Choice(
                    "SpecificLifetime",
                    "lifetime",
                    label="Expire refresh token after a specific time",
                ),
                Choice("SpecificInactivity", "inactivity"),
            ),
            default=DEFAULT_POLICY,
            key=Key("policies.refresh_token", "kind"),
            note="An app that a deploy creates gets a lifetime of 365 days.",
            evidence=(OBSERVED,),
            risk=_refresh_policy,
            refuses="refreshes with a refresh token that is too old",
            lag=("refresh-token-gone",),
        ),
        Field(
            "refreshTokenValidityPeriod",
            Kind.INTEGER,
            default=DEFAULT_PERIOD,
            only_with=_SPECIFIC,
            key=Key("policies.refresh_token", "period"),
            note="Only with the two Specific policies. No limits are documented.",
            evidence=(GUIDE,),
            risk=RefreshTokenTime("refreshTokenValidityPeriod"),
            refuses="refreshes with a refresh token that is too old",
            lag=("refresh-token-gone",),
        ),
        Field(
            "refreshTokenValidityUnit",
            Kind.ENUM,
            default=DEFAULT_UNIT,
            only_with=_SPECIFIC,
            choices=(Choice("Days", "days"), Choice("Hours", "hours"), Choice("Months", "months")),
            key=Key("policies.refresh_token", "unit"),
            risk=RefreshTokenTime("refreshTokenValidityUnit"),
            refuses="refreshes with a refresh token that is too old",
            lag=("refresh-token-gone",),
        ),
        Field(
            "requiredSessionLevel",
            Kind.ENUM,
            choices=(
                Choice("LOW"),
                Choice("STANDARD"),
                Choice("HIGH_ASSURANCE"),
            ),
            default="STANDARD",
            note="An org always returns it.",
            evidence=(OBSERVED,),
            risk=Ordered(
                ("LOW", "STANDARD", "HIGH_ASSURANCE"),
                weaker=weakens("A weaker session suffices."),
                stricter=disruptive("Sessions below the level are blocked or raised."),
            ),
            refuses="sessions below the required session level",
            lag=("session-level",),
        ),
        Field(
            "sessionTimeoutInMinutes",
            Kind.INTEGER,
            unit="minutes",
            key=Key("policies.session_timeout"),
            setup=Setup("Session Timeout in Minutes"),
            note="Only for opaque tokens. Without a value the timeout of the profile or the org "
            "applies.",
            evidence=(GUIDE,),
            risk=Fewer(
                weaker=weakens("Sessions last longer, or as long as the profile or the org says."),
                stricter=disruptive("Sessions end sooner."),
            ),
            refuses="calls with an access token that is older than the session timeout",
        ),
        Field("singleLogoutUrl", risk=OtherUrl("when they log out")),
        Field("startUrl", risk=OtherUrl("when they open the app")),
    ),
    name_endings=(
        "_oauthPlcy",
        "_defOauthPlcy",
        "_oauth_defaultPolicy",
        "_defaultPolicy",
        "_OAuthPolicy",
        "OAuthSettings_defaultPolicy",
        "_OAuthSettings_defaultPolicy",
        "_oauthSettings_defaultPolicy",
    ),
)
