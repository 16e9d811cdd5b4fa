"""`fleet list` and `fleet import`."""

import json
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.fleet.load import load_fleet

FLEET = """\
groups: {emea: {specs: [specs/emea.yaml]}}
orgs:
  production: {groups: [emea], tags: [live]}
  uat: {tags: [sandbox, eu], specs: [specs/app.yaml, specs/../other.yaml], api_version: 66}
  bare:
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEET)
    return path


def test_list_says_what_each_org_gets(run, fleet) -> None:
    ran = run("fleet", "list", "fleet.yaml")
    assert (ran.code, ran.err) == (ExitCode.OK, "")
    assert ran.out.splitlines() == [
        "production  groups: emea  tags: live  specs: specs/emea.yaml",
        "uat         tags: sandbox, eu  specs: specs/app.yaml, other.yaml",
        "bare        no specs",
    ]


def test_list_of_a_selection(run, fleet) -> None:
    ran = run("fleet", "list", "fleet.yaml", "--org", "tag:*", "--org", "!bare")
    assert ran.code == ExitCode.CANNOT
    ran = run("fleet", "list", "fleet.yaml", "--org", "tag:live", "--org", "b*")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["production", "bare"]


def test_a_selection_of_nothing_exits_2(run, fleet) -> None:
    ran = run("fleet", "list", "fleet.yaml", "--org", "prodution")
    assert (ran.code, ran.out) == (ExitCode.CANNOT, "")
    assert "did you mean production?" in ran.err
    assert "next: " in ran.err


def test_list_as_json(run, fleet, tmp_path) -> None:
    ran = run("fleet", "list", "fleet.yaml", "--format", "json", "--org", "uat")
    assert json.loads(ran.out) == {
        "schema": "provision/fleet-list/1",
        "fleet": "fleet.yaml",
        "orgs": [
            {
                "name": "uat",
                "groups": [],
                "tags": ["sandbox", "eu"],
                "specs": [str(tmp_path / "specs/app.yaml"), str(tmp_path / "other.yaml")],
                "api_version": 66,
                "line": 4,
            }
        ],
    }


def test_a_fleet_that_is_wrong_exits_2_with_every_problem(run, tmp_path) -> None:
    (tmp_path / "fleet.yaml").write_text("orgs:\n  a: {tag: x}\n  b: {spec: z}\n")
    ran = run("fleet", "list", "fleet.yaml")
    assert ran.code == ExitCode.CANNOT
    assert "fleet.yaml:2:7: orgs.a has no key tag; did you mean tags?" in ran.err
    assert "fleet.yaml:3:7: orgs.b has no key spec; did you mean specs?" in ran.err


KNOWN = {
    "org list --skip-connection-status": {
        "status": 0,
        "result": {
            "sandboxes": [{"username": "a@acme.example.uat", "alias": "uat"}],
            "other": [{"username": "a@acme.example", "alias": "acme"}],
            "scratchOrgs": [{"username": "test-1@acme.example", "isExpired": False}],
        },
    }
}


def test_import_adds_what_is_not_there(run, fleet, fake_sf) -> None:
    fake_sf(KNOWN)
    ran = run("fleet", "import", "fleet.yaml", "--tag", "new", "--group", "emea")
    assert ran.code == ExitCode.OK
    assert ran.out.splitlines() == [
        "added acme  tags: new",
        "added test-1@acme.example  tags: scratch, new",
    ]
    assert "2 of the 3 orgs of the sf CLI added" in ran.err
    assert fleet.read_text().startswith(FLEET)
    orgs = load_fleet(fleet).orgs
    assert list(orgs) == ["production", "uat", "bare", "acme", "test-1@acme.example"]
    assert (orgs["acme"].groups, orgs["acme"].tags) == (("emea",), ("new",))


def test_import_makes_the_file(run, fake_sf) -> None:
    fake_sf(KNOWN)
    assert run("fleet", "import", "new.yaml", "--quiet").err == ""
    assert list(load_fleet(Path("new.yaml")).orgs) == ["acme", "test-1@acme.example", "uat"]


def test_nothing_to_import_is_no_error(run, fleet, fake_sf) -> None:
    fake_sf(KNOWN)
    run("fleet", "import", "fleet.yaml")
    before = fleet.read_bytes()
    again = run("fleet", "import", "fleet.yaml")
    assert (again.code, again.out) == (ExitCode.OK, "")
    assert "no org of the sf CLI to add: all 3 are there already" in again.err
    assert fleet.read_bytes() == before


def test_a_cli_without_orgs_makes_no_file(run, fake_sf) -> None:
    fake_sf({"org list": {"status": 0, "result": {}}})
    ran = run("fleet", "import", "new.yaml")
    assert ran.code == ExitCode.OK
    assert "it knows none" in ran.err
    assert not Path("new.yaml").exists()


def test_import_without_the_cli(run, fleet, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run("fleet", "import", "fleet.yaml")
    assert ran.code == ExitCode.UNREACHABLE
    assert "not installed" in ran.err
    assert fleet.read_text() == FLEET
