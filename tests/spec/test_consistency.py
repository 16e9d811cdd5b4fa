from __future__ import annotations

import pytest


@pytest.mark.parametrize("key", ["profiles", "permission_sets"])
def test_grants_that_no_org_heeds(problems, key, tmp_path):
    [only] = problems(f"app: A\npolicies:\n  permitted_users: self_authorized\n  {key}: [B]\n")
    assert only == (
        f"4:3: policies.{key}: an org heeds them with permitted_users: admin_approved alone, and "
        f"{tmp_path}/app.yaml:3:20 says self_authorized"
    )


@pytest.mark.parametrize(
    "policies",
    [
        "{permitted_users: self_authorized, profiles: []}",
        "{permitted_users: self_authorized, profiles: null}",
        "{permitted_users: self_authorized}",
        "{permitted_users: admin_approved, profiles: [A]}",
        "{permitted_users: null, profiles: [A]}",
        "{profiles: [A]}",
    ],
)
def test_grants_that_may_be_heeded(loaded, policies):
    assert loaded(f"app: A\npolicies: {policies}\n").warnings == ()


def test_an_unknown_scope_is_a_warning_at_its_place(loaded):
    [warning] = loaded("app: A\noauth: {scopes: [api, SemanticLayer]}\n").warnings
    assert (warning.line, warning.column) == (2, 23)
    assert "SemanticLayer is a scope that this program does not know" in warning.message


def warnings_of(loaded, keys, scopes: str, policies: str = "{}") -> list[str]:
    spec = loaded(
        f"app: A\noauth: {{{scopes}jwt_bearer: {{certificate: {keys}/app.crt}}}}\n"
        f"policies: {policies}\n"
    )
    return [warning.message for warning in spec.warnings]


@pytest.mark.parametrize(
    "scopes",
    ["", "scopes: null, ", "scopes: [api, refresh_token], ", "scopes: [Api, offline_access], ",
     "scopes: [full], ", "scopes: [api, web], "],
)  # fmt: skip
def test_scopes_with_which_a_jwt_login_works(loaded, keys, scopes):
    found = warnings_of(loaded, keys, scopes)
    assert found == []


@pytest.mark.parametrize(
    ("scopes", "message"),
    [
        ("scopes: [api], ", "a JWT login needs refresh_token"),
        ("scopes: [refresh_token], ", "without api a JWT login's token cannot call the API"),
    ],
)
def test_scopes_with_which_a_jwt_login_fails(loaded, keys, scopes, message):
    [only] = warnings_of(loaded, keys, scopes)
    assert message in only


def test_self_authorize_locks_a_jwt_login_out(loaded, keys):
    [only] = warnings_of(loaded, keys, "", "{permitted_users: self_authorized}")
    assert "a JWT login never succeeds" in only


def test_a_key_that_is_generated_and_one_that_is_written(problems, tmp_path):
    [only] = problems(
        "app: A\noauth:\n  consumer_key: generate\n"
        "metadata:\n  ExtlClntAppGlobalOauthSettings:\n    consumerKey: AcmeKey123\n"
    )
    assert only == (
        "6:5: metadata.ExtlClntAppGlobalOauthSettings.consumerKey: oauth.consumer_key at "
        f"{tmp_path}/app.yaml:3:3 has another key chosen; leave one out"
    )
