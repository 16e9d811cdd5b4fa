"""`provision destroy` and `provision rollback`, as a user runs them."""

import json
from pathlib import Path

import pytest

from provision.errors import ExitCode

ALLOWED = ("--org", "local", "--yes", "--allow", "irreversible")
APPLIED = ("--org", "local", "--yes", "--no-proof", "--run-dir", "runs-of-apply")


@pytest.fixture
def applied(run, spec) -> Path:
    """The spec, applied to the embedded local org."""
    assert run("apply", str(spec), *APPLIED).code == ExitCode.OK
    return spec


def runs() -> list[str]:
    found = Path(".provision/runs").rglob("record.json")
    return [p.parents[3].name for p in sorted(found, key=lambda p: p.stat().st_mtime_ns)]


def exists(run, spec) -> bool:
    return "(to be created)" not in run("plan", str(spec), "--org", "local").out


def test_destroy_tells_what_goes_and_takes_it(run, applied) -> None:
    ran = run("destroy", str(applied), *ALLOWED)
    assert ran.code == ExitCode.OK
    assert "app: Robot (to be destroyed)" in ran.out
    assert "- ExtlClntAppOauthConfigurablePolicies Robot_oauthPlcy" in ran.out
    assert "- grant to the profile System Administrator" in ran.out
    assert "- the consumer key 3MVG9" in ran.out
    assert "- 0 tokens\n" in ran.out
    assert ran.out.endswith("app: Robot is gone (read back)\n")
    [kept] = runs()
    assert kept in ran.err
    assert not exists(run, applied)
    again = run("destroy", str(applied), *ALLOWED)
    assert again.code == ExitCode.OK
    assert "Nothing to destroy." in again.out
    assert runs() == [kept]


@pytest.mark.parametrize(
    ("options", "sign"),
    [
        (("--yes",), "--allow irreversible"),
        (("--yes", "--allow", "lockout", "--allow", "production"), "--allow irreversible"),
        (("--allow", "irreversible"), "--yes"),
    ],
)
def test_destroy_asks_and_has_a_gate(run, applied, options, sign) -> None:
    ran = run("destroy", str(applied), "--org", "local", *options)
    assert ran.code == ExitCode.REFUSED
    assert "(to be destroyed)" in ran.out
    assert sign in ran.err
    assert runs() == []
    assert exists(run, applied)


def test_what_the_spec_may_have_created_is_left_and_named(run, spec) -> None:
    spec.write_text(spec.read_text() + "  permission_sets: [{name: Robots, create: true}]\n")
    run("apply", str(spec), *APPLIED)
    ran = run("destroy", str(spec), *ALLOWED)
    assert "These stay, since others may use them: permission set Robots." in ran.out
    assert ran.code == ExitCode.OK


def test_several_apps_are_told_before_any_is_destroyed(run, applied, tmp_path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("app: Other\ncontact_email: a@example.com\n")
    ran = run("destroy", str(other), str(applied), *ALLOWED)
    assert ran.code == ExitCode.OK
    assert ran.out.index("Nothing to destroy.") < ran.out.index("app: Robot is gone")


def test_a_destroyed_app_comes_back_with_another_key(run, applied) -> None:
    run("destroy", str(applied), *ALLOWED)
    ran = run("rollback", runs()[0], "--org", "local", "--yes")
    assert ran.code == ExitCode.OK
    assert "app: Robot (to be created)" in ran.out
    assert "another consumer key and secret" in ran.err
    assert "consumer key: 3MVG9" in ran.out
    assert run("diff", str(applied), "--org", "local").code == ExitCode.OK
    undone = run("rollback", runs()[1], *ALLOWED)
    assert undone.code == ExitCode.OK
    assert "app: Robot is gone" in undone.out
    assert not exists(run, applied)
    nothing = run("rollback", runs()[1], *ALLOWED)
    assert "Nothing to destroy." in nothing.out
    assert nothing.code == ExitCode.OK


def test_rollback_shows_its_plan_and_does_it(run, applied, tmp_path) -> None:
    run("destroy", str(applied), *ALLOWED)
    applied.write_text(applied.read_text().replace("15 minutes", "2 hours"))
    run("apply", str(applied), *APPLIED)
    path = tmp_path / ".provision" / "runs" / runs()[0]
    ran = run("rollback", str(path), "--org", "local", "--yes")
    assert ran.code == ExitCode.OK
    assert "policies.session_timeout" in ran.out
    assert f"app: Robot is what it was before {path.name} (read back)" in ran.out
    assert run("diff", str(applied), "--org", "local").code == ExitCode.FOUND
    again = run("rollback", path.name, "--org", "local", "--yes")
    assert "Nothing to change" in again.out
    assert len(runs()) == 2  # a rollback of nothing keeps no run


def test_rolling_back_a_creation_has_destroys_gate(run, applied) -> None:
    run("destroy", str(applied), *ALLOWED)
    run("rollback", runs()[0], "--org", "local", "--yes")
    ran = run("rollback", runs()[1], "--org", "local", "--yes")
    assert ran.code == ExitCode.REFUSED
    assert "--allow irreversible" in ran.err
    assert exists(run, applied)


def test_rollback_asks(run, applied) -> None:
    run("destroy", str(applied), *ALLOWED)
    ran = run("rollback", runs()[0], "--org", "local")
    assert ran.code == ExitCode.REFUSED
    assert "(to be created)" in ran.out
    assert not exists(run, applied)


def test_a_run_of_another_org_is_refused(run, applied) -> None:
    run("destroy", str(applied), *ALLOWED)
    [record] = (Path(".provision/runs") / runs()[0]).rglob("record.json")
    told = json.loads(record.read_text())
    record.write_text(json.dumps({**told, "org": {**told["org"], "id": "00D000000000009"}}))
    ran = run("rollback", runs()[0], "--org", "local", "--yes")
    assert ran.code == ExitCode.REFUSED
    assert "was in the org 00D000000000009" in ran.err


def test_a_run_that_is_not_there_is_refused(run) -> None:
    ran = run("rollback", "nonsense", "--org", "local", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "there is no run nonsense" in ran.err


def test_runs_are_kept_where_one_says(run, applied, tmp_path) -> None:
    kept = tmp_path / "kept"
    run("destroy", str(applied), *ALLOWED, "--run-dir", str(kept))
    [path] = kept.glob("*-destroy-robot")
    ran = run("rollback", path.name, "--org", "local", "--yes", "--run-dir", str(kept))
    assert ran.code == ExitCode.OK
    assert runs() == []


def test_a_run_directory_that_cannot_be_written_stops_it(run, applied, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("destroy", str(applied), *ALLOWED, "--run-dir", str(tmp_path / "file"))
    assert ran.code == ExitCode.CANNOT
    assert "Nothing was written to the org" in ran.err
    assert exists(run, applied)
