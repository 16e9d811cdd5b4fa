"""The dictionary of refusals: each text leads to one row, and the row to the right step."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from provision.catalogue.catalogue import CORE_TYPES
from provision.refusals import api
from provision.refusals.dictionary import (
    REFUSALS,
    UNKNOWN,
    UNKNOWN_LOGIN,
    find,
    find_all,
    named,
    next_step,
)
from provision.refusals.refusal import Flow, Known

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
    "LOGIN_DURING_RESTRICTED_DOMAIN": "login-restricted",
    "LOGIN_DURING_RESTRICTED_TIME": "login-restricted",
    "PASSWORD_LOCKOUT": "password-locked",
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": "password-locked",
    "ORG_LOCKED": "org-closed",
    "TRIAL_EXPIRED": "org-closed",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: entity type cannot be assigned": (
        "no-access-to-named"
    ),
    "LICENSE_LIMIT_EXCEEDED": "license-missing",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION: no more apps": "own-rule-refused",
    "getaddrinfo ENOTFOUND acme.my.salesforce.com": "host-unknown",
    "connect ECONNREFUSED 127.0.0.1:8080": "not-connected",
    "socket hang up": "not-connected",
    "self-signed certificate in certificate chain": "certificate-not-trusted",
    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed": "certificate-not-trusted",
    "HTTP 401": "http-unauthorized",
    "HTTP 403": "http-forbidden",
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
    'the token was granted, and GET /services/data/v68.0/ refused: [{"message":"This session is '
    'not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]': (
        "fresh-token-refused"
    ),
    "the token was granted, and GET /services/data/v68.0/ refused: <html>": "first-call-refused",
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
    "oauth_flow_disabled: The external client app or the OAuth plugin is disabled.": "app-off",
    "oauth_flow_disabled: no description": "flow-disabled",
    "app_blocked": "app-off",
    "invalid_grant: IP restricted or invalid login hours": "ip-restricted",
    "rate_limit_exceeded: Number of logins exceeded": "too-many-logins",
    "inactive_user: user is inactive": "inactive-user",
    "inactive_org: Org is locked, closed, or suspended": "inactive-org",
    "invalid_grant: invalid user credentials": "wrong-password",
    "redirect_uri_missing: redirect_uri not provided": "no-redirect",
    "immediate_unsuccessful": "user-must-be-asked",
    "invalid_request: HTTPS required": "wrong-transport",
    "authorization_pending": "device-waits",
    "unknown_error": "oauth-server",
    "ecapp_policy_not_found": "no-policies",
    # Sentences and names of the facts about deploys, retrieves and clients.
    "Enter the name of the parent external client app": "no-parent",
    "The external client app configured in your global OAuth Settings doesn't have a valid OAuth "
    "settings configuration.": "no-oauth-settings",
    "DUPLICATE_VALUE: ExtlClntAppOauthSettingsId duplicates value on A_oauthPlcy": (
        "policy-there-already"
    ),
    "profile names are already taken": "names-taken",
    "Invalid plugin settings": "bad-plugin-settings",
    "We couldn't load OAuth plugin. Cannot invoke String.split": "setup-cannot-load",
    "An object 'A' of type ExternalClientApplication was named in package.xml, but was not found "
    "in zipped directory": "package-incomplete",
    "not found in zipped directory": "package-incomplete",
    "No package.xml found": "package-incomplete",
    "Error parsing file: Element foo invalid at this location in type ExtlClntAppOauthSettings": (
        "bad-file"
    ),
    "Element foo invalid at this location in type ExtlClntAppOauthSettings": "bad-file",
    "No ExternalClientApplication named: A found": "reference-missing",
    "INVALID_TYPE: Unknown type:Foo": "unknown-type-in-package",
    "Entity of type 'ExternalClientApplication' named 'A' cannot be found": "not-retrieved",
    "sObject type 'ExtlClntAppOauthPlcyCnfg' is not supported": "unknown-type",
    "The requested resource does not exist": "not-there",
    "TotalRequests Limit exceeded.": "no-requests-left",
    "unable to obtain exclusive access to this record or 2 records: 0xI": "row-locked",
    "An unexpected error occurred. Please include this ErrorId if you contact support: 1-2": (
        "org-failed"
    ),
    "sf:INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. Session "
    "not found, missing session hash: x=": "session-gone",
    "This feature is not currently enabled": "secrets-closed",
    "ERROR_HTTP_503": "busy",
    "https://x.my.salesforce.com answered HTTP 503: no more": "busy",
    "HTTP 429": "too-many-requests",
    "HTTP 420": "scratch-org-gone",
    "Failed: Missing Consumer Key Parameter": "no-client-id",
    "ERROR_HTTP_420": "scratch-org-gone",
    "FinalizingFailed": "deploy-not-finalized",
    "MetadataTransferError: Metadata API request failed: fetch failed": "sf-connection",
    "Network error occurred.  Continuing to poll.": "sf-connection",
    "AuthTimeoutError": "sf-web-timeout",
    'InvalidProjectLoginUrlError: The sfdcLoginUrl "http://127.0.0.1:8745" is not a valid '
    "Salesforce domain": "sf-login-url",
    "Using insecure protocol: http: on url: http://localhost:8080": "sf-insecure",
    "UnexpectedValueTypeError: Value is not a JsonArray": "sf-odd-answer",
    "Missing componentType in deploy message": "sf-odd-answer",
    "HTTP response contains html content": "sf-odd-answer",
    "TypeError: Cannot read properties of undefined (reading 'bind')": "sf-old-node",
    "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number": "tls-to-http",
    # What a client says of whatever an org said: the org's own words say more.
    "JwtAuthError: Error authenticating with JWT.": "sf-jwt-refused",
    "JwtGrantError: JwtAuthError: Error authenticating with JWT. Errors encountered: "
    "app_not_found": "app-not-in-org",
    "SalesforceGeneralError: UNABLE_TO_LOCK_ROW": "row-locked",
    "MetadataApiError: sf:INSUFFICIENT_ACCESS: no": "may-not-deploy",
    "SalesforceAuthenticationFailed": "wrapped",
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


@pytest.mark.parametrize("code", sorted({code for row in api.ROWS for code in row.codes}))
def test_a_first_call_that_is_refused_is_what_the_org_says_of_it(code: str) -> None:
    if "*" in code:
        return
    answer = f'[{{"message":"no more","errorCode":"{code}"}}]'
    row = find(f"the token was granted, and GET /services/data/v68.0/ refused: {answer}")
    assert row is not None
    assert code in row.codes
    assert (row.name == "fresh-token-refused") == (code == "INVALID_SESSION_ID")


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


@pytest.mark.parametrize(
    ("said", "known", "named", "gone"),
    [
        ("app_not_found", {Known.MY_DOMAIN}, "another org's", "login.salesforce.com"),
        ("app_not_found", {Known.MY_DOMAIN, Known.AS_IN_ORG}, "is new", "another org's"),
        ("invalid_client_id", {Known.AS_IN_ORG}, "is new", "not the app's"),
        ("redirect_uri_mismatch", {Known.AS_IN_ORG}, "just changed", "character by character"),
        ("audience is invalid", {Known.MY_DOMAIN}, "other kind of org", "instance URL is"),
        ("blocked by admin", {Known.SWITCHED_ON}, "blocked in Setup", "policies.enabled"),
        ("oauth_flow_disabled", {Known.SWITCHED_ON}, "this flow", "policies.enabled"),
        (
            "user hasn't approved this consumer",
            {Known.SELF_AUTHORIZED},
            "once in a browser",
            "none of the app's permission sets",
        ),
        (
            "user hasn't approved this consumer",
            {Known.ADMIN_APPROVED},
            "none of the app's permission sets",
            "once in a browser",
        ),
    ],
)
def test_what_is_known_rules_a_cause_out(said, known, named, gone) -> None:
    assert gone in next_step(said)
    assert named in next_step(said)
    assert gone not in next_step(said, known=known)
    assert named in next_step(said, known=known)


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_a_cause_is_left_whatever_is_known(row) -> None:
    assert row.knowing(frozenset(Known)).causes


def test_an_app_that_is_off_is_not_a_matter_of_permission_sets() -> None:
    step = next_step("invalid_app_access: this app is blocked by admin")
    assert "permission set" not in step
    assert "policies.enabled" in step


@pytest.mark.parametrize("said", ["", "invalid_client_idx", "NOT_FOUND_AT_ALL", "no", "of the"])
def test_a_part_of_a_word_is_no_refusal(said: str) -> None:
    assert find(said) is None
    assert find_all(said) == ()
    assert next_step(said) == UNKNOWN
    assert next_step(said, Flow.JWT_BEARER) == UNKNOWN_LOGIN


def test_a_row_is_titled_by_the_sign_that_was_met() -> None:
    row = named("scratch-org-by-app")
    assert row.sign_in("remoteorgsignupfailed: no") == "RemoteOrgSignupFailed"
    assert row.sign_in("c-1016") == row.sign_in("something else") == "C-1016"


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
        ("isEnabled", "flow-disabled"),
        ("requiredSessionLevel", "session-level"),
        ("isDPopEnabled", "no-dpop-proof"),
        ("isMtlsEnabled", "oauth-client"),
    ],
)
def test_a_field_that_a_login_reads_says_which_refusals_its_change_can_cause(field, name) -> None:
    fields = [each for kind in CORE_TYPES for each in kind.fields if each.name == field]
    assert all(name in each.lag for each in fields)


# Fields that make an org refuse a request, and that no login of a proof reads.
NOT_READ = {
    "apexHandler": "what an Apex handler answers is its author's choice",
    "isCodeCredPostOnly": "the code and credential flow is not tried by a proof",
    "executeHandlerAs": "what an Apex handler answers is its author's choice",
    "guestJwtSessionTimeoutType": "a fresh token is younger than any timeout",
    "guestJwtTimeout": "a fresh token is younger than any timeout",
    "isCanvasPluginEnabled": "a canvas app is no login",
    "isIntrospectAllTokens": "an introspection is no login",
    "isMobilePluginEnabled": "a proof is not made from a phone",
    "isNotificationPluginEnabled": "a notification is no login",
    "isPushPluginEnabled": "a notification is no login",
    "namedUserJwtSessionTimeoutType": "a fresh token is younger than any timeout",
    "namedUserJwtTimeout": "a fresh token is younger than any timeout",
    "shouldRotateConsumerKey": "the new key is read back, and one that is unknown is waited for",
    "shouldRotateConsumerSecret": "a rotated secret is staged, and no deploy of a spec rotates it",
    "isSamlPluginEnabled": "a SAML login is no OAuth login",
    "isSecretRequiredForTokenExchange": "the token exchange flow is not tried by a proof",
    "sessionTimeoutInMinutes": "a fresh token is younger than any timeout",
}


def test_every_field_that_can_make_an_org_refuse_a_login_says_what_a_lag_looks_like() -> None:
    fields = [field for kind in CORE_TYPES for field in kind.fields if field.refuses]
    assert len(fields) > 25
    assert {field.name for field in fields if not field.lag} == set(NOT_READ)
