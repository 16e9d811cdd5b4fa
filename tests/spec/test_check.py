from __future__ import annotations

import pytest

from provision.findings import in_order
from provision.spec.load import check
from provision.spec.variable import Variables


@pytest.fixture
def checked(write, now):
    def checked(text: str, variables: Variables | None = None):
        return check(write(text), variables or Variables(), now=now)

    return checked


def test_a_whole_spec(checked):
    result = checked("app: App\nlabel: x\n")
    assert result.spec is not None
    assert result.spec.app == "App"
    assert (result.problems, result.warnings, result.unchecked) == ((), (), ())


def test_says_what_it_could_not_check_and_checks_the_rest(checked):
    result = checked(
        """\
        app: ${app}
        label: ${env:LABEL} ${app}
        contact_email: nonsense
        policies: {session_timeout: "${timeout}", refresh_token: "${file:none.txt}"}
        description: ${cmd:vault kv get x}
        """
    )
    assert result.spec is None
    assert [problem.position.line for problem in result.problems] == [3]
    assert result.unchecked == (
        "app", "cmd:vault kv get x", "env:LABEL", "file:none.txt", "timeout"
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "app: ${x}",
        "app: A\noauth: {callback_url: '${x}'}",
        "app: A\noauth: {jwt_bearer: {certificate: '${x}'}}",
        "app: A\noauth: {client_credentials: {run_as: '${x}'}}",
        "app: A\noauth: {jwt_bearer: '${x}'}",
        "app: A\noauth: ${x}",
        "app: A\npolicies: {profiles: [{name: A, create: true, clone_of: '${x}'}]}",
        "app: A\npolicies: {profiles: ['${x}', A]}",
        "app: A\npolicies: {profiles: [{name: '${x}', create: true, clone_of: B}]}",
        "app: A\npolicies: {permission_sets: [{name: A, assign_to: ['${x}', a@b.c]}]}",
        "app: A\npolicies: {refresh_token: {lifetime: '${x}'}}",
        "app: A\nmetadata: ${x}",
        "app: A\nmetadata: {ExtlClntAppOauthSettings: '${x}'}",
        "app: A\nmetadata: {ExtlClntAppOauthSettings: {trustedIpRanges: [{description: '${x}'}]}}",
        "app: A\nmetadata: {ExtlClntAppGlobalOauthSettings: {isDPopEnabled: '${x}'}}",
        "app: A\nextends: ${x}",
        "app: A\nextends: [salesforce-cli, '${x}']",
    ],
)
def test_an_unknown_value_is_no_problem_wherever_it_stands(checked, text):
    result = checked(text)
    assert result.problems == ()
    assert result.unchecked == ("x",)
    assert result.spec is None


def test_what_depends_on_an_unknown_value_is_not_judged(checked, keys):
    result = checked(
        f"""\
        app: App
        oauth:
          scopes: [api, "${{x}}"]
          jwt_bearer: {{certificate: {keys}/app.crt}}
        policies: {{permitted_users: "${{x}}", profiles: [System Administrator]}}
        """
    )
    assert (result.problems, result.warnings) == ((), ())


def test_a_wrong_value_beside_an_unknown_one_has_its_own_place(checked):
    result = checked("app: A\noauth: {scopes: ['${x}', nonsense_api]}\n")
    places = [each.position for each in result.problems]
    assert [(place.line, place.column) for place in places] == [(2, 26)]
    assert "oauth.scopes[1]" in result.problems[0].text


def test_a_key_with_an_unknown_passphrase_is_left_alone(checked, keys, tmp_path):
    locked = tmp_path / "locked.key"
    locked.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    result = checked(
        f"""\
        app: App
        oauth:
          jwt_bearer:
            certificate: {keys}/app.crt
            private_key: {locked}
            private_key_passphrase: ${{env:PASSPHRASE}}
        """
    )
    assert result.problems == ()
    assert result.unchecked == ("env:PASSPHRASE",)


def test_problems_and_warnings_are_in_order_and_once_each(checked):
    result = checked(
        """\
        app: App
        policies:
          profiles: &names ["a,b"]
          permission_sets: *names
        oauth: {scopes: [NewerToken, OlderToken]}
        label: 5
        """
    )
    assert result.problems == in_order(result.problems)
    assert [warning.position.column for warning in result.warnings] == [18, 30]


def test_a_file_that_is_no_yaml(checked):
    result = checked("app: [\n")
    assert result.spec is None
    assert len(result.problems) == 1
