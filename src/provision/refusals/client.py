"""Refusals that clients of an org report in their own words: sf, simple-salesforce, CumulusCI."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where, one

__all__ = ["ROWS"]

_SF: Final = (Where.SF,)
_CLIENTS: Final = (Where.SF, Where.LIBRARY)
_SEEN: Final = "org-protocol 3 (sf CLI 2.146.3, run against a local org)"

ROWS: Final = (
    Refusal(
        "sf-jwt-refused",
        "The sf CLI could not log in with the private key.",
        one(
            "It tried several audiences and hosts, and lists what each answered.",
            "Run `provision explain` on what stands after the colon.",
        ),
        _SF,
        "sfdx-core authInfo (source)",
        Sure.OBSERVED,
        codes=("JwtAuthError", "JwtGrantError"),
        wraps=True,
    ),
    Refusal(
        "wrapped",
        "A client could not do what it was asked, and repeats what the org said.",
        one(
            "The org's own words stand after the client's.",
            "Run `provision explain` on what stands after the colon.",
        ),
        _CLIENTS,
        "org-protocol 4.1, 4.2",
        Sure.OBSERVED,
        codes=(
            "SalesforceAuthenticationFailed",
            "SalesforceGeneralError",
            "SalesforceError",
            "MetadataApiError",
            "MetadataParseError",
        ),
        wraps=True,
    ),
    Refusal(
        "sf-refresh-refused",
        "The sf CLI could not refresh its session.",
        (
            Cause(
                "The refresh token has expired, or was revoked, as by a sixth approval of the app.",
                "Log in again with `sf org login`.",
            ),
            Cause(
                "The app rotates refresh tokens, and the sf CLI is older than @salesforce/core "
                "9.2.2, which loses the new one.",
                "Update the sf CLI, or set oauth.refresh_token_rotation: false.",
            ),
        ),
        _SF,
        "eca-metadata 13.1 A4 (packages read), A6",
        Sure.OBSERVED,
        texts=("error authenticating with the refresh token",),
        codes=("RefreshTokenAuthError", "OauthRefreshTokenError"),
    ),
    Refusal(
        "sf-unknown-org",
        "The sf CLI does not know an org by that name.",
        one(
            "Nobody has logged in with this alias or username as this user of this machine.",
            "Run `sf org list`, or log in with `sf org login web --alias NAME`.",
        ),
        _SF,
        "sfdx-core (source)",
        Sure.OBSERVED,
        texts=("no authorization information found for", "no org configuration found for name"),
        codes=("NamedOrgNotFoundError", "NamedOrgNotFound", "NoOrgFound", "noOrgsFound"),
    ),
    Refusal(
        "sf-web-timeout",
        "The browser did not come back to the sf CLI in time.",
        (
            Cause(
                "The org refused the login on its page, as for a callback URL that is not the "
                "app's.",
                "Read the page in the browser; the CLI wants "
                "http://localhost:1717/OauthRedirect in oauth.callback_urls.",
            ),
            Cause(
                "The browser did not follow the redirect to the CLI's last page.",
                "Finish the login in the browser that the CLI opened.",
            ),
        ),
        _SF,
        _SEEN,
        Sure.OBSERVED,
        codes=("AuthTimeoutError",),
    ),
    Refusal(
        "sf-login-url",
        "The sf CLI does not accept this login URL from a project or from SF_ORG_INSTANCE_URL.",
        one(
            "There it accepts only Salesforce's own domains.",
            "Leave sfdcLoginUrl out of sfdx-project.json, and log in with --instance-url.",
        ),
        _SF,
        _SEEN,
        Sure.OBSERVED,
        texts=("is not a valid salesforce domain",),
        codes=("InvalidProjectLoginUrlError",),
    ),
    Refusal(
        "sf-insecure",
        "The sf CLI was given an http URL.",
        one(
            "It is a warning: the URL is that of a local org, or the login is not protected.",
            "Use https for every org but a local one.",
        ),
        _SF,
        _SEEN,
        Sure.OBSERVED,
        texts=("using insecure protocol",),
    ),
    Refusal(
        "sf-connection",
        "The sf CLI lost the connection, and does not repeat the request.",
        one(
            "The network or the org broke off. A deploy that was sent may still run.",
            "See Setup > Deployment Status, or `sf project deploy report`, before you repeat it.",
        ),
        _SF,
        _SEEN,
        Sure.OBSERVED,
        texts=("fetch failed", "network error occurred"),
        codes=("MetadataTransferError",),
    ),
    Refusal(
        "sf-odd-answer",
        "The sf CLI cannot read an answer.",
        one(
            "Something between it and the org answered instead, such as a proxy, or the org sent "
            "a page.",
            "Check the proxy, and the org's status page.",
        ),
        _SF,
        _SEEN,
        Sure.OBSERVED,
        texts=(
            "http response contains html content",
            "missing componenttype in deploy message",
            "value is not a jsonarray",
        ),
        codes=("UnexpectedValueTypeError",),
    ),
    Refusal(
        "sf-old-node",
        "The sf CLI does not run on this version of Node.js.",
        one(
            "Its library undici needs Node.js 22.19 or later, though the CLI installs on older "
            "ones.",
            "Update Node.js.",
        ),
        _SF,
        "org-protocol 0",
        Sure.OBSERVED,
        texts=("cannot read properties of undefined (reading 'bind')",),
    ),
    Refusal(
        "tls-to-http",
        "A client spoke https to a port that speaks plain http.",
        one(
            "simple-salesforce makes https of every instance URL.",
            "Give it the https URL of the org; for a local org that is the one that `provision "
            "localorg serve` prints, with REQUESTS_CA_BUNDLE.",
        ),
        (Where.LIBRARY,),
        "org-protocol 1",
        Sure.OBSERVED,
        texts=("wrong version number",),
        codes=("WRONG_VERSION_NUMBER",),
    ),
    Refusal(
        "scratch-org-by-app",
        "A Dev Hub that was logged in to through an external client app cannot create the org.",
        one(
            "Scratch orgs and sandboxes are created with a connected app.",
            "Set SF_SCRATCH_SIGNUP_CONNECTED_APP=PlatformCLI for `sf org create scratch`, or "
            "log in to the Dev Hub without --client-id.",
        ),
        _SF,
        "docs sfdx_dev_auth_eca; cli#3515",
        Sure.DOCUMENTED,
        codes=("C-1016", "RemoteOrgSignupFailed"),
    ),
    Refusal(
        "scratch-org-gone",
        "The scratch org is deleted or has expired.",
        one(
            "Expired scratch orgs answer HTTP 420.",
            "Create a new one, and remove the old one from the fleet.",
        ),
        (Where.REST, Where.SF),
        "org-protocol 7 (source)",
        Sure.OBSERVED,
        codes=("ERROR_HTTP_420", "HTTP 420"),
    ),
)
