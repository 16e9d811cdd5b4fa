"""Refusals about the user: not admitted, inactive, frozen, from the wrong place, too often."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Known, Refusal, Sure, Where, one

__all__ = ["NOT_APPROVED", "OTHER_USER", "ROWS"]

NOT_APPROVED: Final = "user-has-not-approved"
OTHER_USER: Final = "other-user"

_LOGINS: Final = (Where.TOKEN, Where.AUTHORIZE)
_PROFILE: Final = "In some orgs a profile is not enough."

ROWS: Final = (
    Refusal(
        NOT_APPROVED,
        "The user has not approved the app, and no administrator has for the user.",
        (
            Cause(
                "The user has none of the app's permission sets or profiles.",
                "Set policies.permitted_users to admin_approved, and assign a permission set of "
                "the app to the user (assign_to).",
                Known.SELF_AUTHORIZED,
            ),
            Cause(
                "The app is self_authorized, and the user has not approved it.",
                "Have the user log in with the app once in a browser, with the scope "
                "refresh_token; or use policies.permitted_users: admin_approved, and assign a "
                "permission set of the app.",
                Known.ADMIN_APPROVED,
            ),
            Cause(
                "The username is not one of this org's.",
                "Check it: a sandbox adds its own name to usernames.",
            ),
        ),
        (Where.TOKEN,),
        "eca-metadata 7, 13.1 A7; SE 184363; CloudSense 131461",
        Sure.OBSERVED,
        texts=("user hasn't approved this consumer", "hasn't approved this consumer"),
    ),
    Refusal(
        "not-admin-approved",
        "The app is for users whom an administrator approved, and this one is not.",
        one(
            "The user (of client credentials: the run-as user) has none of the app's permission "
            "sets or profiles.",
            f"Assign a permission set of the app to the user (assign_to). {_PROFILE}",
        ),
        (*_LOGINS, Where.REST),
        "WEGO; SOLU_CI_CD; Salesforce help for the authorize endpoint",
        Sure.OBSERVED,
        texts=("user is not admin approved to access this app", "not admin approved"),
        codes=("invalid_app_access", "OAUTH_APP_ACCESS_DENIED"),
    ),
    Refusal(
        "inactive-user",
        "The user is deactivated, or frozen.",
        (
            Cause("The user is deactivated.", "Activate the user in Setup, or name another one."),
            Cause(
                "The user is frozen (UserLogin.IsFrozen), as after a connection from an "
                "anonymising network.",
                "Unfreeze the user in Setup, and log in from another network.",
            ),
        ),
        _LOGINS,
        "Salesforce help 005318944; eca-metadata 13.1 A10, A12",
        Sure.DOCUMENTED,
        texts=("inactive user", "user is inactive", "user is frozen", "inactive user or org"),
        codes=("inactive_user",),
    ),
    Refusal(
        "inactive-org",
        "The org is locked, closed or suspended.",
        one("The org does not accept logins.", "Ask Salesforce Customer Support why."),
        _LOGINS,
        "Salesforce help, OAuth 2.0 authorization errors",
        Sure.DOCUMENTED,
        texts=("inactive org", "organization is closed", "org is locked, closed, or suspended"),
        codes=("inactive_org",),
    ),
    Refusal(
        "ip-restricted",
        "The login comes from an IP address that is not allowed.",
        (
            Cause(
                "The profile of the user has login IP ranges. A JWT bearer login always obeys "
                "them, whatever policies.ip_relaxation says.",
                "Add the address of this machine to the ranges of the profile, or use a user "
                "whose profile has none.",
            ),
            Cause(
                "The app enforces the org's trusted IP ranges.",
                "Add the address under Setup > Network Access, or relax policies.ip_relaxation "
                "for flows other than JWT bearer.",
            ),
            Cause(
                "It is outside the login hours of the user's profile, which some orgs tell with "
                "the same words.",
                "Log in within them, or change them in Setup.",
            ),
        ),
        _LOGINS,
        "Salesforce help connected_app_continuous_ip, OAuth 2.0 authorization errors; "
        "setup-sfdx#17; nango#4344",
        Sure.DOCUMENTED,
        texts=(
            "ip restricted",
            "ip not allowed",
            "ip address is restricted",
            "invalid login hours",
        ),
    ),
    Refusal(
        "too-many-logins",
        "The user has logged in too often in a short time.",
        one(
            "An org accepts 3,600 logins of a user in an hour.",
            "Try again later, and keep sessions between runs (--session-cache).",
        ),
        (Where.TOKEN, Where.SOAP),
        "Salesforce help, LOGIN_RATE_EXCEEDED; eca-metadata 13.1 A10",
        Sure.DOCUMENTED,
        texts=("login rate exceeded", "number of logins exceeded"),
        codes=("LOGIN_RATE_EXCEEDED", "rate_limit_exceeded"),
    ),
    Refusal(
        "wrong-password",
        "The username, the password or the security token is wrong.",
        one(
            "It is a login by username and password, or the user is locked out.",
            "provision never logs in by password: use JWT bearer or client credentials.",
        ),
        (Where.TOKEN, Where.SOAP),
        "org-protocol 7",
        Sure.OBSERVED,
        texts=(
            "authentication failure",
            "invalid user credentials",
            "invalid username, password, security token",
        ),
        codes=("INVALID_LOGIN",),
    ),
    Refusal(
        "user-denied",
        "The user denied access to the app.",
        one(
            "Somebody pressed Deny on the page that asks to allow the app.",
            "Log in again, and press Allow.",
        ),
        (Where.AUTHORIZE,),
        "Salesforce help, OAuth 2.0 authorization errors",
        Sure.DOCUMENTED,
        texts=("end-user denied authorization",),
        codes=("access_denied",),
    ),
    Refusal(
        "no-run-as-user",
        "The client credentials flow has no user to act as.",
        one(
            "The app has no run-as user, or the flow is off in the app's policies.",
            "Set oauth.client_credentials.run_as to an active user. Salesforce's documentation "
            "says that the user needs the permission API Only.",
        ),
        (Where.TOKEN,),
        "org-protocol 7; Salesforce help, client credentials flow",
        Sure.OBSERVED,
        texts=("no client credentials user enabled", "no client credentials user"),
    ),
    Refusal(
        OTHER_USER,
        "The token belongs to another user than the spec's run_as.",
        one(
            "The app has another run-as user (clientCredentialsFlowUser).",
            "See `provision diff`, and run `provision apply`.",
        ),
        (Where.PROOF,),
        "provision's own check",
        Sure.OBSERVED,
        texts=("the token is that of * and the spec says run_as",),
    ),
)
