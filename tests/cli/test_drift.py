"""`diff` and `plan` after somebody changed the org behind provision's back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.orgs import OrgUnderTest, org_under_test


@pytest.fixture
def org(tmp_path: Path, run, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrgUnderTest]:
    """An org to which a bare token in the environment leads."""
    with org_under_test(tmp_path / "org") as under_test:
        monkeypatch.setenv("SF_INSTANCE_URL", under_test.local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", under_test.local.session().access_token)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(under_test.local.ca_file))
        yield under_test


@pytest.fixture
def applied(org, run, spec) -> str:
    """The spec's path, once it was applied, and somebody else applied another timeout."""
    assert run("apply", str(spec), "--yes", "--no-proof").code == ExitCode.OK
    other = spec.with_name("other.yaml")
    other.write_text(spec.read_text().replace("15 minutes", "12 hours"))
    somebody = ("--state", "elsewhere", "--allow", "weakening", "--no-proof")
    assert run("apply", str(other), "--yes", *somebody).code == ExitCode.OK
    return str(spec)


def drift_of(ran) -> dict:
    [result] = json.loads(ran.out)["results"]
    return result["plan"]["drift"]


def drift_risks_of(ran) -> dict:
    [result] = json.loads(ran.out)["results"]
    return result["summary"]["drift"]["risks"]


def test_a_diff_tells_what_the_drift_does_and_who_did_it(run, applied) -> None:
    ran = run("diff", applied)
    assert ran.code == ExitCode.FOUND
    assert "the org has: 720 minutes\n        the spec says: 15 minutes" in ran.out
    assert "drift: weakens: Sessions last longer" in ran.out
    assert "repair: disruptive: Sessions end sooner" in ran.out
    assert "The org moved since the last apply." in ran.out
    assert "by admin@localorg.example: ExtlClntAppOauthConfigurablePolicies Robot" in ran.out
    assert "two ways out:" in ran.out


def test_a_plan_of_the_repair_tells_the_drift_as_well(run, applied) -> None:
    ran = run("plan", applied)
    assert "drift: weakens: Sessions last longer" in ran.out
    assert "repair: disruptive: Sessions end sooner" in ran.out
    assert drift_risks_of(run("plan", applied, "--format", "json")) == {"weakens": 1}


def test_a_plan_where_the_spec_moved_tells_no_drift(run, org, spec) -> None:
    assert run("apply", str(spec), "--yes", "--no-proof").code == ExitCode.OK
    spec.write_text(spec.read_text().replace("15 minutes", "30 minutes"))
    ran = run("plan", str(spec))
    assert "policies.session_timeout: 15 minutes -> 30 minutes" in ran.out
    assert drift_of(run("plan", str(spec), "--format", "json")) is None
    assert drift_of(run("diff", str(spec), "--format", "json"))["changes"] == []


@pytest.mark.parametrize("state", [(), ("--state", "lost")])
def test_an_app_that_is_gone_is_an_error(run, org, spec, state) -> None:
    assert run("apply", str(spec), "--yes", "--no-proof").code == ExitCode.OK
    assert run("destroy", str(spec), "--yes", "--allow", "irreversible").code == ExitCode.OK
    ran = run("diff", str(spec), "--format", "sarif", *state)
    assert ran.code == ExitCode.FOUND
    [found, *_] = json.loads(ran.out)["runs"][0]["results"]
    assert (found["ruleId"], found["level"]) == ("app-missing", "error")
    assert "Deleted external client app Robot" in found["message"]["text"]
    drift = drift_of(run("diff", str(spec), "--format", "json", *state))
    assert drift["is_missing"] is True
    assert (drift["applied_at"] is None) == bool(state)
    # A plan is about what is to be done: it tells of the drift where a record knows the app.
    plan = drift_of(run("plan", str(spec), "--format", "json", *state))
    assert (plan is None) == bool(state)


def test_a_difference_of_which_nobody_knows_who_moved_is_told_as_drift(run, applied) -> None:
    told = run("diff", applied, "--state", "lost", "--format", "json")
    assert drift_risks_of(told) == {"weakens": 1}
    assert drift_of(run("plan", applied, "--state", "lost", "--format", "json")) is None
