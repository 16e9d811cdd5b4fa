"""Refusals about the app itself: unknown, of another org, switched off, not installed."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Known, Refusal, Sure, Where, one

__all__ = ["APP_OFF", "NOT_IN_ORG", "ROWS", "UNKNOWN_APP"]

UNKNOWN_APP: Final = "unknown-app"
APP_OFF: Final = "app-off"
NOT_IN_ORG: Final = "app-not-in-org"

_LOGINS: Final = (Where.TOKEN, Where.AUTHORIZE)
_FLOW_ERRORS: Final = "Salesforce help, OAuth 2.0 authorization errors"

ROWS: Final = (
    Refusal(
        UNKNOWN_APP,
        "The org does not know the consumer key.",
        (
            Cause(
                "The app is new: it takes 2 to 10 minutes, at times 30, until every server of the "
                "org knows it.",
                "Run `provision prove --proof-wait 1800` later.",
            ),
            Cause(
                "The consumer key is not the app's: an org ignores a changed key, and the deploy "
                "succeeds all the same.",
                "Compare it with `provision credentials show`.",
                Known.AS_IN_ORG,
            ),
        ),
        _LOGINS,
        "eca-metadata 7 (MCPSKILL, CRT, SFTOOLS)",
        Sure.OBSERVED,
        texts=("client identifier invalid",),
        codes=("invalid_client_id",),
    ),
    Refusal(
        NOT_IN_ORG,
        "The app is not in the org that was asked.",
        (
            Cause(
                "The login host is login.salesforce.com or test.salesforce.com, which have not "
                "found external client apps since Spring '26.",
                "Log in at the org's My Domain URL (https://NAME.my.salesforce.com).",
                Known.MY_DOMAIN,
            ),
            Cause(
                "The consumer key is another org's, as after a sandbox refresh: external client "
                "apps are not copied into sandboxes.",
                "Run `provision apply` against this org, and use the key that it prints.",
                Known.AS_IN_ORG,
            ),
            Cause(
                "The app is new, and has not reached every server of the org.",
                "Run `provision prove --proof-wait 1800` later.",
            ),
            Cause(
                "The app comes in a package that this org has not installed.",
                "Install the package.",
                Known.AS_IN_ORG,
            ),
        ),
        _LOGINS,
        "n8n#28990; cli#3325, #3482, #3638; esp-website#530; movedata",
        Sure.OBSERVED,
        texts=(
            "external client app is not installed in this org",
            "not installed in this org",
            "app must be installed into org",
        ),
        codes=("app_not_found", "OAUTH_EC_APP_NOT_FOUND"),
    ),
    Refusal(
        "cross-org",
        "The app belongs to another org, and may not be used across orgs.",
        one(
            "A local external client app logs in to its own org alone.",
            "Apply the spec to this org, and use the consumer key that this org gives it.",
        ),
        _LOGINS,
        "unified.to; eca-metadata 13.1 A10",
        Sure.REPORTED,
        texts=("cross-org oauth flows are not supported",),
    ),
    Refusal(
        APP_OFF,
        "An administrator has switched the app off, or blocked it.",
        (
            Cause(
                "The app is switched off in its policies (isEnabled, or its OAuth plugin).",
                "Set policies.enabled: true in the spec, and run `provision apply`, if it should "
                "be in use.",
                Known.SWITCHED_ON,
            ),
            Cause(
                "The app was blocked in Setup, under Connected Apps OAuth Usage.",
                "Unblock it there.",
            ),
        ),
        (*_LOGINS, Where.REST),
        f"{_FLOW_ERRORS}; one public report of an org's answer for a switched-off app "
        "(oauth_flow_disabled); Salesforce's Mobile SDK for Android, OAuthErrorCode (app_blocked)",
        Sure.REPORTED,
        texts=(
            "this app is blocked by admin",
            "app is blocked by admin",
            "blocked by admin",
            "the external client app or the oauth plugin is disabled",
        ),
        codes=("OAUTH_APP_BLOCKED", "app_blocked"),
    ),
    Refusal(
        "approval-failed",
        "The org could not approve the app for the user, and does not say why.",
        (
            Cause(
                "The app is not installed in the org, and uninstalled apps have been blocked "
                "since September 2025.",
                "Install the app, or use an external client app of the org's own.",
            ),
            Cause(
                "API Access Control is on, and the user is not admitted to the app.",
                "Admit the user by a permission set of the app (policies.permission_sets).",
            ),
            Cause(
                "The user may not approve apps (self-authorization is off).",
                "Set policies.permitted_users: admin_approved, and grant the app.",
            ),
        ),
        (Where.AUTHORIZE,),
        "Salesforce help 005132365; Airbyte, Fivetran support pages",
        Sure.REPORTED,
        codes=("OAUTH_APPROVAL_ERROR_GENERIC",),
    ),
    Refusal(
        "not-of-an-agent",
        "The app is not attached to an agent.",
        one(
            "The Agent API takes apps that an agent names alone.",
            "Attach the app to the agent in Setup. Logging in again does not help.",
        ),
        (Where.REST,),
        "org-protocol 3.8 (sf CLI 2.146.3)",
        Sure.OBSERVED,
        texts=("connected app is not attached to agent",),
    ),
    Refusal(
        "setup-cannot-load",
        "Setup cannot load the app.",
        (
            Cause(
                "The app was just changed over the API.",
                "Close the page, and open the app from the list again.",
            ),
            Cause(
                "It is a packaged app, and the refresh of the sandbox lost its OAuth settings.",
                "Install the package again.",
            ),
        ),
        (Where.SETUP,),
        "ECAPLCY; sfdx-hardis#1994 (known issue a02Ka00000mn8S6)",
        Sure.OBSERVED,
        texts=(
            "we couldn't load the external client app",
            "we couldn't load oauth plugin",
        ),
    ),
)
