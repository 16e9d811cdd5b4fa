"""`provision doctor`: what it prints, what it exits with, and what --fix writes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.doctor.setting import Setting, read_settings, write_settings
from provision.errors import ExitCode
from provision.org.org_settings import SECRETS_OVER_REST
from provision.report.format import Format
from tests.orgs import OrgUnderTest, org_under_test, writes


@pytest.fixture
def org(tmp_path: Path, run, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrgUnderTest]:
    """A local org that the environment leads to."""
    with org_under_test(tmp_path / "org") as under_test:
        _reach(under_test, monkeypatch)
        yield under_test


def _reach(org: OrgUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
    monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))


@pytest.fixture
def opened(org: OrgUnderTest) -> OrgUnderTest:
    """The same, with its secrets readable over REST."""
    write_settings(org.writable(), [Setting(SECRETS_OVER_REST, on=True)])
    return org


@pytest.fixture
def wrong(spec: Path) -> Path:
    spec.write_text(spec.read_text().replace("System Administrator", "Administrators"))
    return spec


def test_all_is_well_exits_0(run, org, spec):
    ran = run("doctor", str(spec), "--strict")
    assert (ran.code, ran.out) == (ExitCode.OK, "1 app checked: nothing found.\n")


def test_an_error_exits_4_with_its_place_and_how_to_mend_it(run, org, wrong):
    ran = run("doctor", str(wrong))
    assert ran.code == ExitCode.FOUND
    line, summary = ran.out.splitlines()
    assert line.startswith(f"{wrong}:10:")
    assert "error: " in line
    assert "has no profile 'Administrators'; it has 'System Administrator'" in line
    assert "Write the name as the org has it" in line
    assert line.endswith("[names]")
    assert summary == "1 app checked: 1 error."


def test_a_warning_exits_0_but_with_strict(run, opened, spec):
    ran = run("doctor", str(spec))
    assert ran.code == ExitCode.OK
    assert f"warning: {SECRETS_OVER_REST} is on" in ran.out
    assert run("doctor", str(spec), "--strict").code == ExitCode.FOUND


def test_a_note_exits_0_with_strict_too(run, org, spec):
    ran = run("doctor", str(spec), "--strict", "--api-version", "61")
    assert ran.code == ExitCode.OK
    assert "note: could not be checked" in ran.out


def test_without_fix_nothing_is_written(run, opened, spec):
    with opened.noting() as noted:
        run("doctor", str(spec), "--yes")
    assert writes(noted) == []
    assert read_settings(opened.readable()) == {SECRETS_OVER_REST}


def test_fix_mends_the_settings_and_looks_again(run, opened, spec):
    with opened.noting() as noted:
        ran = run("doctor", str(spec), "--fix", "--yes", "--strict")
    assert ran.code == ExitCode.OK
    assert ran.out == "1 app checked: nothing found.\n"
    assert f"to be switched: {SECRETS_OVER_REST} off" in ran.err
    assert writes(noted) == ["rest:deployRequest"]
    assert read_settings(opened.readable()) == frozenset()


def test_fix_of_an_org_that_stops_answering_says_so(run, opened, spec):
    opened.set_faults({"operation": "soap:readMetadata", "kind": "503", "times": 0})
    ran = run("doctor", str(spec), "--fix", "--yes")
    assert ran.code == ExitCode.FOUND
    assert "error: could not be checked" in ran.out
    assert "nothing that a deploy can fix" not in ran.err


def test_fix_opens_what_a_packaged_app_needs(run, org, spec):
    spec.write_text(spec.read_text() + "distribution_state: packaged\n")
    assert run("doctor", str(spec), "--fix", "--yes", "--strict").code == ExitCode.OK
    assert read_settings(org.readable()) == {"enablePackageEcaOauthFromDevOrg"}


def test_fix_without_a_terminal_and_without_yes_is_refused(run, opened, spec):
    with opened.noting() as noted:
        ran = run("doctor", str(spec), "--fix")
    assert ran.code == ExitCode.REFUSED
    assert writes(noted) == []


def test_fix_with_nothing_to_mend_writes_nothing(run, org, wrong):
    with org.noting() as noted:
        ran = run("doctor", str(wrong), "--fix", "--yes")
    assert ran.code == ExitCode.FOUND
    assert "nothing that a deploy can fix" in ran.err
    assert writes(noted) == []


def test_a_fix_that_the_org_does_not_take_exits_2(run, opened, spec):
    opened.set_faults({"operation": "*eploy*", "kind": "component_failure", "problem": "No."})
    ran = run("doctor", str(spec), "--fix", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "No." in ran.err


def test_an_org_that_takes_no_writes_is_examined_all_the_same(run, tmp_path, spec, monkeypatch):
    with org_under_test(tmp_path / "org", read_only=True) as org:
        _reach(org, monkeypatch)
        assert run("doctor", str(spec)).code == ExitCode.OK


def test_a_refused_session_is_a_finding(run, org, spec, monkeypatch):
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00D000000000001!gone")
    ran = run("doctor", str(spec))
    assert ran.code == ExitCode.FOUND
    assert "[api-access]" in ran.out
    assert "API Access Control" in ran.out


def test_a_jwt_format_token_with_an_old_api_is_a_finding(run, org, spec, monkeypatch):
    monkeypatch.setenv("SF_ACCESS_TOKEN", "eyJhbGciOi.eyJzdWIi.sig")
    ran = run("doctor", str(spec), "--api-version", "66")
    assert ran.code == ExitCode.FOUND
    assert "JWT-format" in ran.out
    assert "nothing else could be checked" in ran.out


def test_an_org_that_nobody_reaches_exits_3(run, spec, monkeypatch):
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00D000000000001!gone")
    monkeypatch.setenv("SF_INSTANCE_URL", "https://localhost:1")
    assert run("doctor", str(spec)).code == ExitCode.UNREACHABLE


@pytest.mark.parametrize("chosen", list(Format))
def test_every_format_has_the_finding(run, opened, wrong, chosen):
    ran = run("doctor", str(wrong), "--format", chosen.value)
    assert ran.code == ExitCode.FOUND
    assert "Administrators" in ran.out
    assert SECRETS_OVER_REST in ran.out


def test_json_to_a_file(run, opened, wrong):
    run("doctor", str(wrong), "--format", "json", "--output", "doctor.json")
    document = json.loads(Path("doctor.json").read_text())
    assert document["verb"] == "doctor"


def test_what_came_from_outside_is_shown_by_no_format(run, org, spec, monkeypatch):
    monkeypatch.setenv("PROFILE", "Zebedee-secret")
    spec.write_text(spec.read_text().replace("System Administrator", "'${env:PROFILE}'"))
    for chosen in Format:
        ran = run("doctor", str(spec), "--format", chosen.value)
        assert ran.code == ExitCode.FOUND
        assert "Zebedee" not in ran.out + ran.err


def test_the_embedded_local_org(run, spec):
    ran = run("doctor", str(spec), "--org", "local")
    assert ran.code == ExitCode.OK
    assert Path(".provision/localorg.db").exists()
