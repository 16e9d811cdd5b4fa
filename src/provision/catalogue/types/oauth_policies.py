"""ExtlClntAppOauthConfigurablePolicies: who may use an app, from where, and for how long."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Choice, Field, Kind, MetadataType
from provision.catalogue.judge import Fewer, Ordered, Presence
from provision.catalogue.judge_list import Admitted, CustomScopes, OtherUrl
from provision.catalogue.judge_time import JwtTimeout, JwtTimeoutType, RefreshTokenTime
from provision.catalogue.risk import Edit, Opening, Risk, disruptive, locks_out, together, weakens
from provision.catalogue.types.flow import (
    CLIENT_CREDENTIALS,
    OTHER_FORMAT,
    TOKEN_EXCHANGE,
    TOKEN_FORMAT,
    flow,
)
from provision.catalogue.types.row import CUSTOM_ATTRIBUTES, LABEL, PARENT, flag, one_of

__all__ = ["OAUTH_POLICIES"]

# DOC: minutes; the longer ones came with the JWT session timeout types in API 65.
_JWT_MINUTES = tuple(Choice(minutes) for minutes in (1, 5, 10, 15, 30)) + tuple(
    Choice(minutes, since=65) for minutes in (60, 90, 120, 240, 480, 720)
)

_LOST: Final = "requests of users whom no listed profile or permission set lets in"
_TOO_OLD: Final = "calls with a JWT-format access token that is older than its timeout"
_SPECIFIC = ("refreshTokenPolicyType", ("SpecificLifetime", "SpecificInactivity"))


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
            note="A username (DOC).",
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
            note="API names; ids are refused, though the documentation says ids (OBS).",
            risk=Admitted(Opening.PERMISSION_SET),
            refuses=_LOST,
            lag=("not-admin-approved", "user-has-not-approved"),
        ),
        Field(
            "commaSeparatedProfile",
            Kind.NAMES,
            note="Profile labels, in the org's language (OBS).",
            risk=Admitted(Opening.PROFILE),
            refuses=_LOST,
            lag=("not-admin-approved", "user-has-not-approved"),
        ),
        CUSTOM_ATTRIBUTES,
        Field(
            "executeHandlerAs",
            since=61,
            note="A username (DOC).",
            risk=_handler_user,
            refuses="logins that the Apex handler does not permit, or fails on, as another user",
        ),
        PARENT,
        one_of(
            "guestJwtSessionTimeoutType",
            "UserSession",
            "Custom",
            since=65,
            note="With UserSession the timeout must be left out (DOC).",
            risk=JwtTimeoutType("guestJwtTimeout"),
            refuses=_TOO_OLD,
        ),
        Field(
            "guestJwtTimeout",
            Kind.INTEGER,
            since=61,
            only_with=("guestJwtSessionTimeoutType", ("Custom",)),
            choices=_JWT_MINUTES,
            note="Minutes.",
            risk=JwtTimeout("guestJwtSessionTimeoutType"),
            refuses=_TOO_OLD,
        ),
        one_of(
            "ipRelaxationPolicyType",
            "Enforce",
            "Bypass",
            "Bypass_2factor",
            "Enforce_RelaxRefresh",
            default="Enforce",
            note="Queries spell the last one Enforce_relaxrefresh (OBS).",
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
            risk=CLIENT_CREDENTIALS,
            refuses="client credentials logins",
            lag=("client-credentials-off", "flow-disabled", "no-run-as-user"),
        ),
        flag(
            "isGuestCodeCredFlowEnabled",
            since=61,
            note="Needs JWT-format tokens (DOC).",
            risk=flow("the guest flow", "Guests, who have not logged in, may get tokens."),
            refuses="token requests of guests",
            lag=("flow-off", "flow-disabled"),
        ),
        flag(
            "isNamedUserJwtEnabled",
            since=61,
            until=63,
            note="Moved to the global settings; a later version refuses it here (OBS).",
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
        one_of(
            "namedUserJwtSessionTimeoutType",
            "UserSession",
            "Custom",
            since=65,
            note="With UserSession the timeout must be left out (DOC).",
            risk=JwtTimeoutType("namedUserJwtTimeout"),
            refuses=_TOO_OLD,
        ),
        Field(
            "namedUserJwtTimeout",
            Kind.INTEGER,
            since=61,
            only_with=("namedUserJwtSessionTimeoutType", ("Custom",)),
            choices=_JWT_MINUTES,
            note="Minutes.",
            risk=JwtTimeout("namedUserJwtSessionTimeoutType"),
            refuses=_TOO_OLD,
        ),
        one_of(
            "permittedUsersPolicyType",
            "AllSelfAuthorized",
            "AdminApprovedPreAuthorized",
            default="AllSelfAuthorized",
            note="Default by OBS of several orgs.",
            risk=_permitted_users,
            refuses=_LOST,
            lag=("not-admin-approved", "user-has-not-approved"),
        ),
        one_of(
            "policyAction",
            "Block",
            "RaiseSessionLevel",
            Choice("StepUpMFA", since=68),
            risk=_session_action,
            refuses="sessions below the required session level",
            lag=("session-level",),
        ),
        one_of(
            "refreshTokenPolicyType",
            "Infinite",
            "Zero",
            "SpecificLifetime",
            "SpecificInactivity",
            default="SpecificLifetime",
            note="Default by OBS: an app made by metadata gets a lifetime of 365 days.",
            risk=_refresh_policy,
            refuses="refreshes with a refresh token that is too old",
            lag=("refresh-token-gone",),
        ),
        Field(
            "refreshTokenValidityPeriod",
            Kind.INTEGER,
            default=365,
            only_with=_SPECIFIC,
            note="With the two Specific policies only (DOC). No limits are documented.",
            risk=RefreshTokenTime("refreshTokenValidityPeriod"),
            refuses="refreshes with a refresh token that is too old",
            lag=("refresh-token-gone",),
        ),
        Field(
            "refreshTokenValidityUnit",
            Kind.ENUM,
            default="Days",
            only_with=_SPECIFIC,
            choices=(Choice("Days"), Choice("Hours"), Choice("Months")),
            risk=RefreshTokenTime("refreshTokenValidityUnit"),
            refuses="refreshes with a refresh token that is too old",
            lag=("refresh-token-gone",),
        ),
        one_of(
            "requiredSessionLevel",
            "LOW",
            "STANDARD",
            "HIGH_ASSURANCE",
            default="STANDARD",
            note="Always present on retrieve (OBS).",
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
            note="Minutes, opaque tokens only (DOC). Unset, the profile's or the org's applies.",
            risk=Fewer(
                weaker=weakens("Sessions last longer, or as long as the profile or the org says."),
                stricter=disruptive("Sessions end sooner."),
            ),
            refuses="calls with an access token that is older than the session timeout",
        ),
        Field("singleLogoutUrl", risk=OtherUrl("when they log out")),
        Field("startUrl", risk=OtherUrl("when they open the app")),
    ),
)
