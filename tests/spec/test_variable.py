from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.spec.variable import Variables

HERE = Path(__file__).parent


def expand(text: str, directory: Path = HERE, **sources: object):
    settings: dict = sources
    return Variables(**settings).expand(text, directory)


def test_a_variable_of_the_org():
    expansion = expand("ci@example.com${suffix}", values={"suffix": ".uat"})
    assert expansion.text == "ci@example.com.uat"
    assert expansion.sensitive == frozenset()
    assert not expansion.all_outside


def test_several_and_an_empty_one():
    assert expand("${a}-${b}${c}", values={"a": "1", "b": "", "c": "3"}).text == "1-3"


def test_a_value_is_not_expanded_again():
    assert expand("${a}", values={"a": "${b}", "b": "x"}).text == "${b}"


def test_two_dollars_are_one():
    assert expand("$${a} $$ $a {a}").text == "${a} $$ $a {a}"


def test_the_environment_is_sensitive():
    expansion = expand("key ${env:KEY}", environ={"KEY": "s3cret"})
    assert expansion.text == "key s3cret"
    assert expansion.sensitive == {"s3cret"}
    assert not expansion.all_outside
    assert expand("${env:KEY}", environ={"KEY": "s3cret"}).all_outside


def test_the_environment_is_not_shown():
    assert "s3cret" not in repr(Variables(environ={"KEY": "s3cret"}))


def test_a_file_is_relative_to_the_directory_and_loses_its_line_end(tmp_path):
    (tmp_path / "secret.txt").write_bytes(b"two\nlines\r\n\n")
    expansion = expand("${file:secret.txt}", tmp_path)
    assert expansion.text == "two\nlines"
    assert expansion.sensitive == {"two\nlines"}
    assert expansion.all_outside


def test_a_command_runs_where_it_is_allowed_in_the_directory_without_a_shell(tmp_path):
    code = "import os; print(os.path.basename(os.getcwd()), '$HOME; ls')"
    text = f'${{cmd:{sys.executable} -c "{code}"}}'
    expansion = expand(text, tmp_path, allow_exec=True)
    assert expansion.text == f"{tmp_path.name} $HOME; ls"
    assert expansion.sensitive == {expansion.text}


def test_a_command_has_the_environment_that_was_given(tmp_path):
    code = "import os; print(os.environ['TOKEN'])"
    text = f'${{cmd:{sys.executable} -c "{code}"}}'
    assert expand(text, allow_exec=True, environ={"TOKEN": "t"}).text == "t"


def test_a_command_that_is_not_allowed_does_not_run(tmp_path):
    expansion = expand("${cmd:touch made}", tmp_path)
    [undefined] = expansion.undefined
    assert undefined.name == "cmd:touch made"
    assert "--allow-exec" in undefined.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("{python} -c 'import sys; sys.exit(3)'", "failed with exit code 3"),
        ("no-such-program-anywhere", "cannot be run"),
        ("'unbalanced", "cannot be run"),
        ("", "cannot be run"),
        (" ", "cannot be run"),
        ("{python} -c 'import os; os.write(1, bytes([255]))'", "not UTF-8"),
    ],
)
def test_a_command_that_fails(command, message):
    text = "${cmd:" + command.replace("{python}", sys.executable) + "}"
    [refusal] = expand(text, allow_exec=True).refusals
    assert message in refusal


def test_a_command_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr("provision.spec.variable._COMMAND_SECONDS", 0.01)
    text = f"${{cmd:{sys.executable} -c 'import time; time.sleep(60)'}}"
    [refusal] = expand(text, allow_exec=True).refusals
    assert "did not end after 0.01 seconds" in refusal


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("${suffix}", "suffix", "the variable ${suffix} is not defined"),
        ("${env:NOPE}", "env:NOPE", "the environment has no NOPE"),
        ("${env:}", "env:", "the environment has no"),
        ("${file:nope.txt}", "file:nope.txt", "there is no file"),
    ],
)
def test_what_is_not_there(text, name, message):
    [undefined] = expand(text).undefined
    assert undefined.name == name
    assert message in undefined.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${open", "not closed with }"),
        ("${}", "is not the name of a variable"),
        ("${a b}", "is not the name of a variable"),
        ("${1}", "is not the name of a variable"),
        ("${vault:x}", "is not a source of values; the sources are env, file and cmd"),
        ("${file:.}", "cannot be read"),
        ("${file:a\0b}", "cannot be read"),
    ],
)
def test_what_is_wrong_wherever_it_is_read(text, message):
    [refusal] = expand(text).refusals
    assert message in refusal


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_expands_or_says_why(text, values):
    expansion = expand(text, values=values)
    if "${" not in text:
        assert expansion.text == text
    assert all(expansion.refusals)


@given(st.text())
def test_any_text_can_be_written(text):
    assert expand(text.replace("${", "$${")).text == text or "$${" in text


# --- in a spec ---------------------------------------------------------------------------------


def test_undefined_at_its_place(problems):
    assert problems("app: App\nlabel: x ${nope}\ndescription: ${env:NOPE}\n") == [
        "2:8: the variable ${nope} is not defined",
        "3:14: the environment has no NOPE, which ${env:NOPE} asks for",
    ]


def test_a_value_from_a_variable_is_what_the_key_takes(loaded):
    values = {"on": "true", "n": "30", "label": "NO", "t": "15 minutes", "name": "Admin"}
    document = loaded(
        """\
        app: App
        label: ${label}
        description: ${n}
        protected: ${on}
        oauth: {pkce_required: "${on}"}
        policies:
          session_timeout: ${t}
          profiles: ["${name}"]
          permission_sets: [{name: A, create: "${on}"}]
          refresh_token: {lifetime: "${n} days"}
        metadata:
          ExtlClntAppOauthSettings: {assetTokenValidity: "${n}"}
          ExtlClntAppGlobalOauthSettings: {isDPopEnabled: "${on}"}
        """,
        Variables(values=values),
    ).document
    assert (document.label, document.description, document.protected) == ("NO", "30", True)
    assert document.oauth is not None
    assert document.oauth.pkce_required is True
    assert document.policies.session_timeout == 15
    assert document.policies.profiles is not None
    assert document.policies.profiles[0].name == "Admin"
    assert document.policies.permission_sets is not None
    assert document.policies.permission_sets[0].create is True
    assert document.metadata == {
        "ExtlClntAppOauthSettings": {"assetTokenValidity": 30},
        "ExtlClntAppGlobalOauthSettings": {"isDPopEnabled": True},
    }


def test_a_wrong_value_from_a_variable_is_refused_where_the_variable_stands(problems):
    variables = Variables(values={"on": "yes", "name": "a,b"})
    flag, name = problems(
        "app: App\nprotected: ${on}\npolicies: {profiles: ['${name}']}\n", variables
    )
    assert flag == "2:12: protected: it takes true or false"
    assert name.startswith("3:23: policies.profiles[0].name: 'a,b' has a comma")


def test_keys_are_not_expanded(problems):
    [only] = problems("app: App\n${key}: x\n", Variables(values={"key": "label"}))
    assert "has no key ${key}" in only


def test_sensitive_texts_are_known_and_in_no_problem(loaded, problems):
    variables = Variables(environ={"SECRET": "hunter22", "LINES": "two\nlines"})
    spec = loaded("app: App\nlabel: ${env:SECRET}\n", variables)
    assert spec.sensitive == {"hunter22"}
    assert "hunter22" not in repr(spec.warnings)
    found = problems(
        """\
        app: ${env:SECRET}!
        contact_email: ${env:LINES}
        policies: {permitted_users: "${env:SECRET}", refresh_token: "${env:SECRET}"}
        oauth: {scopes: ["${env:SECRET}"]}
        """,
        variables,
    )
    assert len(found) == 5
    assert "hunter22" not in "".join(found)
    assert "lines" not in "".join(found)
