"""The dictionary of refusals: each text leads to one row, and the row to the right step."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from provision.metadata.catalogue import CORE_TYPES
from provision.refusals.dictionary import REFUSALS, UNKNOWN, find, find_all, named, next_step
from provision.refusals.refusal import Flow

# What people and the local org met, word for word, and which row it is.
SAID = {
    "invalid_client_id: client identifier invalid": "unknown-app",
    "app_not_found: External client app is not installed in this org": "app-not-in-org",
    "error=OAUTH_EC_APP_NOT_FOUND": "app-not-in-org",
    "invalid_client: app must be installed into org": "app-not-in-org",
    "Cross-org OAuth flows are not supported for this external client app": "cross-org",
    "invalid_app_access: this app is blocked by admin": "app-off",
    "OAUTH_APP_BLOCKED: this app is blocked by admin": "app-off",
    "OAUTH_APPROVAL_ERROR_GENERIC": "approval-failed",
    "invalid_grant: user hasn't approved this consumer": "user-has-not-approved",
    "invalid_grant: user hasn\u2019t approved  this consumer": "user-has-not-approved",
    "invalid_app_access - user is not admin approved to access this app": "not-admin-approved",
    "OAUTH_APP_ACCESS_DENIED": "not-admin-approved",
    "invalid_grant: inactive user": "inactive-user",
    "invalid_grant: ip restricted": "ip-restricted",
    "invalid_grant: login rate exceeded": "too-many-logins",
    "LOGIN_RATE_EXCEEDED": "too-many-logins",
    "invalid_grant: authentication failure": "wrong-password",
    "INVALID_LOGIN: Invalid username, password, security token; or user locked out.": (
        "wrong-password"
    ),
    "access_denied: end-user denied authorization": "user-denied",
    "invalid_grant: no client credentials user enabled": "no-run-as-user",
    "invalid_grant: invalid assertion": "no-certificate",
    "invalid_grant: audience is invalid": "wrong-audience",
    "invalid_grant: Audience validation failed": "wrong-audience",
    "invalid_grant: request not supported on this domain": "wrong-domain",
    "invalid_grant: expired access/refresh token": "refresh-token-gone",
    "invalid_grant: invalid authorization code": "code-unknown",
    "invalid_grant: invalid code verifier": "wrong-code-verifier",
    "invalid_request: missing required code challenge": "no-code-challenge",
    "Bad_OAuth_Token": "bad-token",
    "INVALID_JWT_FORMAT": "wants-jwt-token",
    "INVALID_AUTH_HEADER": "bad-auth-header",
    "unsupported_token_type: this token is not supported": "token-not-revocable",
    "unsupported_response_type: response type not supported": "wrong-response-type",
    "redirect_uri_mismatch: redirect_uri must match configuration": "wrong-redirect",
    "invalid_scope: the requested scope is not allowed": "wrong-scope",
    "unsupported_scope": "wrong-scope",
    "invalid_grant: no valid scopes defined": "no-scopes",
    "invalid_request: refresh_token scope is required and the connected app should be installed "
    "and preauthorized.": "no-refresh-scope",
    "invalid_request: scope parameter not supported": "scope-parameter",
    "invalid_grant: something that nobody has seen yet": "oauth-grant",
    "Connected app is not attached to Agent": "not-of-an-agent",
    "This session is not valid for use with the REST API": "session-without-api",
    'the token was granted, and GET /services/data/v68.0/ refused: [{"message":"Session expired '
    'or invalid","errorCode":"INVALID_SESSION_ID"}]': "fresh-token-refused",
    "API_DISABLED_FOR_ORG: API is not enabled for this Organization or Partner": "api-disabled",
    "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.": "no-requests-left",
    "sf:UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record": "row-locked",
    "duplicate value found: ExternalClientApplicationId duplicates value on A_oauthPlcy": (
        "policy-there-already"
    ),
    "DUPLICATE_VALUE: The consumer key is already taken.": "key-taken",
    "You can't create a connected app. To enable connected app creation, contact Salesforce "
    "Customer Support.": "connected-apps-blocked",
    "INVALID_FIELD: We couldn't find permission sets called 0PS000000000001": "unknown-grantees",
    "'AdminApproved' is not a valid value for the enum 'PermittedUsersPolicyType'": "bad-enum",
    "couldn't update your OAuth link because the app doesn't have distribution state PACKAGED.": (
        "foreign-oauth-link"
    ),
    "Cannot create a new component with the namespace: acme": "namespace",
    "In field: externalClientApplication - no ExternalClientApplication named X found": (
        "reference-missing"
    ),
    "FUNCTIONALITY_NOT_ENABLED: This feature is not currently enabled for this user.": (
        "secrets-closed"
    ),
    "We couldn't load the external client app": "setup-cannot-load",
    "C-1016": "scratch-org-by-app",
    "RemoteOrgSignupFailed": "scratch-org-by-app",
    "the token is that of a@example.com, and the spec says run_as b@example.com": "other-user",
}


@pytest.mark.parametrize(("said", "name"), SAID.items())
def test_what_an_org_says_is_one_row(said: str, name: str) -> None:
    row = find(said)
    assert row is not None
    assert row.name == name


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_every_row_is_found_by_each_of_its_signs(row) -> None:
    for sign in (*row.texts, *row.codes):
        said = sign.replace("*", "that thing")
        assert row in find_all(said)
        assert row in find_all(f"HTTP 400: {said.upper()}.")
        for flow in row.flows:
            assert find(said, flow) is row


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_every_row_says_what_it_means_what_to_do_and_who_says_so(row) -> None:
    assert row.causes
    assert row.where
    assert row.source
    for text in (row.means, *(part for each in row.causes for part in (each.text, each.next_step))):
        assert re.fullmatch(r"[^\s].*[.)]", text), text


def test_names_are_unique() -> None:
    assert [
        name for name, count in Counter(row.name for row in REFUSALS).items() if count > 1
    ] == []


def test_a_sign_of_two_rows_is_told_apart_by_the_flow() -> None:
    by_sign: dict[str, list[tuple[Flow, ...]]] = {}
    for row in REFUSALS:
        for sign in row.texts:
            by_sign.setdefault(sign, []).append(row.flows)
    for sign, flows in by_sign.items():
        if len(flows) > 1 and sign != "session expired or invalid":  # by what came before it
            named_flows = [flow for each in flows for flow in each]
            assert all(flows), sign
            assert len(named_flows) == len(set(named_flows)), sign


@pytest.mark.parametrize(
    ("flow", "name"),
    [
        (Flow.JWT_BEARER, "wrong-certificate"),
        (Flow.CLIENT_CREDENTIALS, "wrong-secret"),
        (Flow.WEB_SERVER, "secret-demanded"),
    ],
)
def test_refused_credentials_are_a_certificate_or_a_secret(flow: Flow, name: str) -> None:
    row = find("invalid_client: invalid client credentials", flow)
    assert row is not None
    assert row.name == name


def test_where_the_flow_is_not_known_all_that_it_may_be_are_told() -> None:
    names = {row.name for row in find_all("invalid_client: invalid client credentials")}
    assert names == {"wrong-certificate", "wrong-secret", "secret-demanded"}
    names = {row.name for row in find_all("INVALID_SESSION_ID")}
    assert names == {"session-gone", "fresh-token-refused"}


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("app_not_found", ["My Domain", "provision apply", "--proof-wait", "package"]),
        (
            "the token was granted, and GET /x refused: INVALID_SESSION_ID",
            ["API Access Control", "API Enabled", "policies.ip_relaxation"],
        ),
        (
            "expired access/refresh token",
            ["policies.refresh_token", "five times", "rotates", "frozen"],
        ),
        ("ip restricted", ["profile", "trusted IP ranges"]),
    ],
)
def test_the_likeliest_cause_comes_first(said: str, order: list[str]) -> None:
    step = next_step(said)
    places = [step.index(word) for word in order]
    assert places == sorted(places)


def test_an_app_that_is_off_is_not_a_matter_of_permission_sets() -> None:
    step = next_step("invalid_app_access: this app is blocked by admin")
    assert "permission set" not in step
    assert "policies.enabled" in step


@pytest.mark.parametrize("said", ["", "invalid_client_idx", "NOT_FOUND_AT_ALL", "no", "of the"])
def test_a_part_of_a_word_is_no_refusal(said: str) -> None:
    assert find(said) is None
    assert find_all(said) == ()
    assert next_step(said) == UNKNOWN


def test_a_long_part_of_a_sentence_is_enough() -> None:
    [row] = find_all("app is blocked by")
    assert row.name == "app-off"


LAGGING = {name for kind in CORE_TYPES for field in kind.fields for name in field.lag}


def test_what_a_change_can_cause_for_minutes_is_in_the_dictionary() -> None:
    assert {named(name).name for name in LAGGING} == LAGGING


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("callbackUrl", "wrong-redirect"),
        ("commaSeparatedOauthScopes", "wrong-scope"),
        ("commaSeparatedOauthScopes", "no-refresh-scope"),
        ("certificate", "wrong-certificate"),
        ("clientCredentialsFlowUser", "other-user"),
        ("isClientCredentialsFlowEnabled", "client-credentials-off"),
        ("permittedUsersPolicyType", "not-admin-approved"),
        ("commaSeparatedPermissionSet", "not-admin-approved"),
        ("commaSeparatedProfile", "user-has-not-approved"),
        ("isEnabled", "app-off"),
        ("isOauthPluginEnabled", "app-off"),
        ("isPkceRequired", "no-code-challenge"),
        ("consumerSecret", "wrong-secret"),
        ("consumerKey", "unknown-app"),
    ],
)
def test_a_field_that_a_login_reads_says_which_refusals_its_change_can_cause(field, name) -> None:
    fields = [each for kind in CORE_TYPES for each in kind.fields if each.name == field]
    assert all(name in each.lag for each in fields)
