"""How an org is reached, and what its variables are: the only place where outside is read."""

from __future__ import annotations

import sys

import pytest

from provision.errors import CannotError, SpecError
from provision.redaction import SECRETS
from provision.spec.load import load
from provision.spec.variable import Variables

FLEET = """\
defaults:
  variables: {suffix: "", stage: prod, minutes: 15, flag: true}
groups:
  sandbox: {variables: {suffix: .sand, stage: test}}
  eu: {variables: {suffix: .eu}}
orgs:
  prod:
  both: {groups: [sandbox, eu]}
  other: {groups: [eu, sandbox]}
  own: {groups: [sandbox], variables: {suffix: .own, extra: "$${x}"}}
"""


@pytest.mark.parametrize(
    ("name", "suffix", "stage"),
    [
        ("prod", "", "prod"),
        ("both", ".eu", "test"),
        ("other", ".sand", "test"),
        ("own", ".own", "test"),
    ],
)
def test_the_nearest_variable_wins(fleet_of, name, suffix, stage):
    values = fleet_of(FLEET).reach(name, Variables()).variables.values
    assert (values["suffix"], values["stage"]) == (suffix, stage)


def test_values_are_what_a_spec_reads_them_as(fleet_of):
    values = fleet_of(FLEET).reach("own", Variables()).variables.values
    assert (values["minutes"], values["flag"], values["extra"]) == ("15", "true", "${x}")


def test_what_is_given_wins(fleet_of):
    given = Variables({"suffix": ".given", "more": "1"}, {"A": "b"}, allow_exec=True)
    variables = fleet_of(FLEET).reach("own", given).variables
    assert (variables.values["suffix"], variables.values["more"]) == (".given", "1")
    assert (variables.environ, variables.allow_exec) == ({"A": "b"}, True)


def test_an_unknown_org_is_refused_with_the_nearest(fleet_of):
    with pytest.raises(CannotError, match=r"has no org 'prd'; did you mean prod\?"):
        fleet_of(FLEET).reach("prd", Variables())


OUTSIDE = """\
defaults:
  variables: {key: "${env:KEY}", open: word, literal: "$${env:KEY}"}
orgs:
  a:
  b: {variables: {key: plain, open: "${file:open.txt}"}}
  c: {variables: {key: "${env:MISSING}"}, login: {sf: "${env:ALIAS}"}}
"""


def test_values_from_outside_are_sensitive_in_the_specs_loaded_with_them(fleet_of, tmp_path):
    spec = tmp_path / "app.yaml"
    spec.write_text("app: App\nlabel: ${key}\ndescription: ${open} ${literal}\n")
    reached = fleet_of(OUTSIDE).reach("a", Variables({}, {"KEY": "hunter22"}))
    loaded = load(spec, reached.variables)
    assert loaded.document.label == "hunter22"
    assert loaded.document.description == "word ${env:KEY}"
    assert loaded.sensitive == {"hunter22"}
    assert SECRETS.finds("hunter22")
    assert "hunter22" not in repr(reached)


def test_the_nearest_says_whether_it_is_from_outside(fleet_of, tmp_path):
    (tmp_path / "open.txt").write_text("from a file\n")
    reached = fleet_of(OUTSIDE).reach("b", Variables({}, {"KEY": "hunter22"}))
    assert reached.variables.values["open"] == "from a file"
    assert reached.variables.outside == {"open"}


def test_what_is_given_is_not_from_outside(fleet_of):
    reached = fleet_of(OUTSIDE).reach("a", Variables({"key": "given"}, {"KEY": "hunter22"}))
    assert reached.variables.outside == frozenset()


def test_what_is_overridden_is_not_read(fleet_of):
    fleet = fleet_of(OUTSIDE)
    given = Variables({"open": "x"}, {})
    assert fleet.reach("b", given).variables.values["key"] == "plain"
    assert fleet.reach("a", Variables({"key": "given"}, {})).variables.values["key"] == "given"


def test_what_has_no_value_here_is_said_at_its_place(fleet_of, tmp_path):
    with pytest.raises(SpecError) as caught:
        fleet_of(OUTSIDE).reach("c", Variables())
    missing, alias = caught.value.problems
    assert str(missing).startswith(
        f"{tmp_path / 'fleet.yaml'}:6:24: the environment has no MISSING"
    )
    assert str(alias).startswith(f"{tmp_path / 'fleet.yaml'}:6:55: the environment has no ALIAS")


def test_commands_run_where_allowed_and_for_the_org_that_is_meant_alone(fleet_of, tmp_path):
    def touching(name: str) -> str:
        code = f"open({name!r}, 'w'); print('made')"
        return f'${{cmd:{sys.executable} -c "{code}"}}'

    fleet = fleet_of(
        "defaults:\n  variables:\n"
        f"    everywhere: >-\n      {touching('default')}\n"
        "orgs:\n"
        f"  a:\n    variables:\n      x: >-\n        {touching('a')}\n"
        f"  b:\n    variables:\n      x: >-\n        {touching('b')}\n"
    )
    made = {"default", "a", "b"}
    with pytest.raises(SpecError, match="needs --allow-exec"):
        fleet.reach("a", Variables())
    assert made.isdisjoint(path.name for path in tmp_path.iterdir())
    reached = fleet.reach("a", Variables(allow_exec=True))
    assert reached.variables.values["x"] == "made"
    assert reached.variables.outside == {"everywhere", "x"}
    assert made & {path.name for path in tmp_path.iterdir()} == {"default", "a"}


def test_a_login_from_outside_is_checked_when_it_is_read_and_not_shown(fleet_of, tmp_path):
    fleet = fleet_of(
        """\
        orgs:
          a:
            login:
              jwt: {instance_url: https://u, client_id: c, username: "${env:WHO}", private_key: k}
        """
    )
    with pytest.raises(SpecError) as caught:
        fleet.reach("a", Variables({}, {"WHO": "hunter22"}))
    [problem] = caught.value.problems
    assert (problem.position.line, problem.position.column) == (4, 62)
    assert problem.text.startswith("jwt.username: it is not a username")


def test_an_alias_may_come_from_outside(fleet_of):
    fleet = fleet_of('orgs: {a: {login: {sf: "${env:ALIAS}"}}}\n')
    login = fleet.reach("a", Variables({}, {"ALIAS": "dev"})).login
    assert login is not None
    assert login.sf == "dev"


@pytest.mark.parametrize(
    ("login", "key"),
    [
        ("sf: '${env:CI}'", "sf"),
        ("token: {instance_url: https://u, access_token: '${env:CI}'}", "token.access_token"),
        ("token: {instance_url: '${env:CI}', access_token: '${env:T}'}", "token.instance_url"),
    ],
)
def test_what_is_empty_is_no_login(fleet_of, login, key):
    """A secret that CI does not have is empty; an empty alias is the default org of `sf`."""
    fleet = fleet_of(f"orgs: {{a: {{login: {{{login}}}}}}}\n")
    with pytest.raises(SpecError, match=rf"{key}: it is empty"):
        fleet.reach("a", Variables({}, {"CI": "", "T": "t"}))
