from __future__ import annotations

import pytest


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
def test_grants_that_may_take_effect(loaded, policies):
    assert loaded(f"app: A\npolicies: {policies}\n").warnings == ()


def test_an_unknown_scope_is_a_warning_at_its_place(loaded):
    [warning] = loaded("app: A\noauth: {scopes: [api, ScopeOfTomorrow]}\n").warnings
    assert (warning.position.line, warning.position.column) == (2, 23)
    assert "ScopeOfTomorrow is a scope that this program does not know" in warning.text


def test_a_key_that_is_generated_and_one_that_is_written(problems, tmp_path):
    [only] = problems(
        "app: A\noauth:\n  consumer_key: generate\n"
        "metadata:\n  ExtlClntAppGlobalOauthSettings:\n    consumerKey: AcmeKey123\n"
    )
    assert only == (
        "6:5: metadata.ExtlClntAppGlobalOauthSettings.consumerKey: oauth.consumer_key at "
        f"{tmp_path}/app.yaml:3:3 has provision choose another key; remove one of them"
    )
