"""Who gets in: approval, named users, and what the JWT bearer flow needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.findings import Severity
from provision.spec.combination.combination import Combination, Mismatch, Reads
from provision.spec.combination.judged_app import JudgedApp

__all__ = ["ACCESS"]

_PROFILES: Final = "commaSeparatedProfile"
_PERMISSION_SETS: Final = "commaSeparatedPermissionSet"
_PERMITTED: Final = "permittedUsersPolicyType"
_CERTIFICATE: Final = (GLOBAL_OAUTH_SETTINGS, "certificate")
_SCOPES: Final = (OAUTH_SETTINGS, "commaSeparatedOauthScopes")
_WHO: Final[Reads] = (
    (OAUTH_POLICIES, _PERMITTED),
    (OAUTH_POLICIES, _PROFILES),
    (OAUTH_POLICIES, _PERMISSION_SETS),
)
# Scopes that only a browser uses; with one of them the JWT bearer flow is not the only one.
_OF_BROWSERS: Final = frozenset(
    {"Web", "Full", "OpenID", "CustomApplications", "Lightning", "Content"}
)
_RELAXED: Final = {
    "bypass": "bypass",
    "bypass_2factor": "bypass_2factor",
    "enforce_relaxrefresh": "enforce_relax_refresh",
}


def _nobody(app: JudgedApp) -> Iterator[Mismatch]:
    named = any(app.text(OAUTH_POLICIES, name) for name in (_PROFILES, _PERMISSION_SETS))
    if app.is_admin_approved and not named:
        yield Mismatch(
            OAUTH_POLICIES,
            _PERMITTED,
            "admin_approved, and no profile or permission set is named: nobody can use the app, "
            "except holders of the permission Use Any API Client",
        )


def _nobody_assigned(app: JudgedApp) -> Iterator[Mismatch]:
    named = [
        (field, name)
        for field in (_PROFILES, _PERMISSION_SETS)
        for name in split_names(app.text(OAUTH_POLICIES, field))
    ]
    unassigned = [
        (field, name) for field, name in named if (field, fold_name(name)) in app.unassigned
    ]
    if app.is_admin_approved and named and unassigned == named:
        names = ", ".join(name for _, name in named)
        yield Mismatch(
            OAUTH_POLICIES,
            named[0][0],
            f"provision makes {names} and gives {'it' if len(named) == 1 else 'them'} to nobody: "
            "nobody can use the app until an administrator assigns somebody",
        )


def _names_without_approval(app: JudgedApp) -> Iterator[Mismatch]:
    if app.is_admin_approved:
        return
    said = app.raw(OAUTH_POLICIES, _PERMITTED) is not None
    refuses = said and app.is_written(OAUTH_POLICIES, _PERMITTED)
    for name in (_PROFILES, _PERMISSION_SETS):
        if app.text(OAUTH_POLICIES, name):
            by_default = "" if refuses or app.is_whole else " by default"
            yield Mismatch(
                OAUTH_POLICIES,
                name,
                "it only takes effect with permitted_users: admin_approved, and permitted_users is "
                f"self_authorized{by_default}",
                None if refuses else Severity.WARNING,
            )


def _self_authorized_jwt(app: JudgedApp) -> Iterator[Mismatch]:
    if app.has_jwt_bearer and not app.is_admin_approved:
        by_default = "" if app.is_written(OAUTH_POLICIES, _PERMITTED) else " (by default)"
        yield Mismatch(
            OAUTH_POLICIES,
            _PERMITTED,
            f"self_authorized{'' if app.is_whole else by_default}: a JWT bearer login succeeds "
            "only for users who have approved the app once with refresh_token",
        )


def _jwt_scopes(app: JudgedApp) -> Iterator[Mismatch]:
    scopes = app.scopes
    if not app.has_jwt_bearer or scopes is None:
        return
    if scopes.isdisjoint({"RefreshToken", "Web", "Full"}):
        yield Mismatch(
            *_SCOPES,
            "a JWT bearer login needs refresh_token in the list (or web, or full): without it the "
            "org refuses the login, though it issues no refresh token",
        )
    if scopes.isdisjoint({"Api", "Full"}):
        yield Mismatch(
            *_SCOPES, "without api a JWT bearer login's access token cannot call the API"
        )


def _ip_relaxation(app: JudgedApp) -> Iterator[Mismatch]:
    stored = app.text(OAUTH_POLICIES, "ipRelaxationPolicyType").casefold()
    if stored not in _RELAXED or not app.has_jwt_bearer:
        return
    others = not _OF_BROWSERS.isdisjoint(app.scopes or ())
    yield Mismatch(
        OAUTH_POLICIES,
        "ipRelaxationPolicyType",
        f"{_RELAXED[stored]} does nothing for JWT bearer logins: they always enforce the login IP "
        "ranges of the user's profile, and only other logins get weaker",
        Severity.NOTE if others else None,
    )


def _profile_alone(app: JudgedApp) -> Iterator[Mismatch]:
    runs_as = app.text(OAUTH_POLICIES, "clientCredentialsFlowUser")
    if not runs_as or not app.is_admin_approved:
        return
    if app.text(OAUTH_POLICIES, _PROFILES) and not app.text(OAUTH_POLICIES, _PERMISSION_SETS):
        yield Mismatch(
            OAUTH_POLICIES,
            _PROFILES,
            "an org was seen to refuse the client credentials flow ('user is not admin approved to "
            "access this app') while only a profile admitted its user",
        )


ACCESS: Final = (
    Combination(
        "nobody-admitted",
        Severity.WARNING,
        "Admin approved, and nobody is named.",
        _WHO,
        _nobody,
        "Name who may use it: `policies: {permission_sets: [NAME]}`, or profiles.",
        "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies; Salesforce Help "
        "preauth_user_app_access_through_eca",
    ),
    Combination(
        "nobody-assigned",
        Severity.WARNING,
        "Admin approved, and whoever is named has no users.",
        _WHO,
        _nobody_assigned,
        "Write assign_to: [USERNAME] beside the permission set, or name one that users have.",
        "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies; a new permission set "
        "or profile has no users",
    ),
    Combination(
        "names-without-approval",
        Severity.ERROR,
        "Profiles or permission sets are named, and users approve the app themselves.",
        _WHO,
        _names_without_approval,
        "Write permitted_users: admin_approved, or leave the names out.",
        "Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies",
    ),
    Combination(
        "jwt-self-authorized",
        Severity.WARNING,
        "JWT bearer logins, and users approve the app themselves.",
        (_CERTIFICATE, (OAUTH_POLICIES, _PERMITTED)),
        _self_authorized_jwt,
        "Write permitted_users: admin_approved and name who may use it, or have each user approve "
        "the app once in a browser login with the scope refresh_token.",
        "Salesforce Stack Exchange 184363, quoting Salesforce's documentation",
    ),
    Combination(
        "jwt-scopes",
        Severity.WARNING,
        "JWT bearer logins, and scopes with which they fail.",
        (_CERTIFICATE, _SCOPES),
        _jwt_scopes,
        "Write scopes: [api, refresh_token], or more.",
        "Observed in an org of API 67: 'refresh_token scope is required and the connected app "
        "should be installed and preauthorized'",
    ),
    Combination(
        "jwt-ip-relaxation",
        Severity.WARNING,
        "Relaxed IP restrictions, and JWT bearer logins, which ignore that.",
        (_CERTIFICATE, _SCOPES, (OAUTH_POLICIES, "ipRelaxationPolicyType")),
        _ip_relaxation,
        "Write ip_relaxation: enforce. For 'ip restricted', add the client's addresses to the "
        "login IP ranges of the user's profile (Setup, Profiles, Login IP Ranges).",
        "Salesforce Help connected_app_continuous_ip",
    ),
    Combination(
        "client-credentials-by-profile",
        Severity.NOTE,
        "The client credentials flow, and its user is admitted by a profile only.",
        (*_WHO, (OAUTH_POLICIES, "clientCredentialsFlowUser")),
        _profile_alone,
        "Admit the user by a permission set as well.",
        "Observed in an org; sources disagree",
    ),
)
"""Combinations about who gets in."""
