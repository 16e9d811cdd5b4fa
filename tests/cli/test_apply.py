"""The verbs that talk to an org, against the embedded local org."""

import json
import re
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.report.format import Format
from tests.orgs import org_under_test, writes

CLI = "http://localhost:1717/OauthRedirect"


def test_apply_shows_the_plan_the_key_the_proof_and_the_next_command(run, spec) -> None:
    spec.write_text(spec.read_text().replace("https://robot.example/callback", CLI))
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.OK
    assert "org: local (https://localhost:" in ran.out
    assert "app: Robot (to be created)" in ran.out
    assert "policies.session_timeout: 15 minutes [sessionTimeoutInMinutes]" in ran.out
    assert "robot.yaml:11:" in ran.out
    assert "lifetime 365 days" in ran.out
    [key] = re.findall(r"consumer key: (3MVG9\S+)", ran.out)
    assert "proven by JWT login as admin@localorg.example" in ran.out
    assert "sf org login jwt --username admin@localorg.example --jwt-key-file " in ran.out
    assert f"--client-id {key}" in ran.out


@pytest.mark.parametrize(
    "url",
    [
        "https://robot.example/callback",
        "https://claude.ai/api/mcp/auth_callback",
        "http://localhost:1717/callback",
        "http://localhost/OauthRedirect",
        "https://localhost:1717/OauthRedirect",
        "http://localhost:1717/OauthRedirect/more",
    ],
)
def test_an_app_that_is_not_the_clis_gets_no_advice_about_the_cli(run, spec, url) -> None:
    spec.write_text(spec.read_text().replace("https://robot.example/callback", url))
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.OK
    assert "proven by JWT login" in ran.out
    assert "sf org login" not in ran.out + ran.err
    assert "callback_urls`" not in ran.out + ran.err


def test_an_app_that_is_switched_off_gets_no_advice_about_the_cli(run, spec) -> None:
    text = spec.read_text().replace("https://robot.example/callback", CLI)
    spec.write_text(f"{text}  enabled: false\n")
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.OK
    assert "proven: the login is refused, as asked" in ran.out
    assert "sf org login" not in ran.out


def test_the_embedded_org_remembers(run, spec) -> None:
    run("apply", str(spec), "--org", "local", "--yes")
    again = run("apply", str(spec), "--org", "local", "--yes")
    assert "Nothing to change" in again.out
    assert run("diff", str(spec), "--org", "local").code == ExitCode.OK
    assert Path(".provision/.gitignore").read_text() == "*\n"


def test_diff_exits_4_where_the_org_is_not_what_the_spec_says(run, spec) -> None:
    run("apply", str(spec), "--org", "local", "--yes")
    spec.write_text(spec.read_text().replace("15 minutes", "30 minutes"))
    ran = run("diff", str(spec), "--org", "local")
    assert ran.code == ExitCode.FOUND
    assert "policies.session_timeout [sessionTimeoutInMinutes]" in ran.out
    assert "the org has: 15 minutes\n        the spec says: 30 minutes\n" in ran.out
    assert "The spec moved since the last apply." in ran.out


def test_plan_exits_4_only_when_asked(run, spec) -> None:
    assert run("plan", str(spec), "--org", "local").code == ExitCode.OK
    assert run("plan", str(spec), "--org", "local", "--exit-code").code == ExitCode.FOUND


def test_without_a_terminal_nothing_is_asked_and_nothing_written(run, spec) -> None:
    ran = run("apply", str(spec), "--org", "local")
    assert ran.code == ExitCode.REFUSED
    assert "app: Robot (to be created)" in ran.out
    assert "--yes" in ran.err
    assert "to be created" in run("plan", str(spec), "--org", "local").out


def test_prove_alone(run, spec) -> None:
    missing = run("prove", str(spec), "--org", "local")
    assert missing.code == ExitCode.CANNOT
    assert "provision apply" in missing.err
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    ran = run("prove", str(spec), "--org", "local")
    assert ran.code == ExitCode.OK
    assert "Robot: proven by JWT login" in ran.out


def test_an_app_that_is_not_proven_does_not_keep_the_others_from_it(run, spec, tmp_path) -> None:
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    absent = tmp_path / "absent.yaml"
    absent.write_text("app: Absent\ncontact_email: ops@example.com\n")
    ran = run("prove", str(absent), str(spec), "--org", "local")
    assert ran.code == ExitCode.CANNOT
    assert "no app Absent" in ran.err
    assert "Robot: proven by JWT login" in ran.out


def test_apply_exits_7_when_applied_and_not_proven(run, spec) -> None:
    spec.write_text(spec.read_text().replace("admin_approved", "null").replace(
        "  profiles: [System Administrator]\n", ""))  # fmt: skip
    ran = run("apply", str(spec), "--org", "local", "--yes", "--proof-wait", "0")
    assert ran.code == ExitCode.NOT_PROVEN
    assert "consumer key: 3MVG9" in ran.out
    assert "hasn't approved" in ran.err
    assert "next: " in ran.err


def test_several_specs_are_planned_before_any_is_applied(run, spec, tmp_path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("app: Other\ncontact_email: a@example.com\nlabel: Other\n")
    ran = run("apply", str(other), str(spec), "--org", "local", "--yes", "--no-proof")
    assert ran.code == ExitCode.OK
    assert ran.out.index("app: Robot (to be created)") < ran.out.index("is what the spec says")
    twice = run("apply", str(spec), str(spec), "--org", "local", "--yes")
    assert twice.code == ExitCode.CANNOT
    assert "more than one spec is for Robot" in twice.err


@pytest.mark.parametrize("name", list(Format))
def test_an_app_after_one_that_failed_is_not_attempted(
    run, spec, tmp_path, monkeypatch, name: Format
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("app: Other\nlabel: Other\ncontact_email: a@example.com\n")
    with org_under_test(tmp_path / "org") as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        org.set_faults({"operation": "rest:deployRequest", "kind": "component_failure"})
        with org.noting() as noted:
            ran = run("apply", str(spec), str(other), "--yes", "--no-proof", "--format", name)
    assert ran.code == ExitCode.APPLY_FAILED
    assert writes(noted) == ["rest:deployRequest"]  # that of the first app
    assert "not attempted" in (ran.out + ran.err).casefold()
    if name is Format.JSON:
        statuses = [each["status"] for each in json.loads(ran.out)["results"]]
        assert statuses == ["apply failed", "not attempted"]
    if name is Format.JUNIT:
        types = re.findall(r'<error type="(\w+)"', ran.out)
        assert types == ["apply_failed", "not_attempted"]


def test_quiet_leaves_the_talk_out(run, spec) -> None:
    ran = run("apply", str(spec), "--org", "local", "--yes", "--quiet")
    assert ran.err == ""
    assert "consumer key" in ran.out


def test_the_api_version_is_named_and_can_be_chosen(run, spec) -> None:
    assert ", API 68, by the embedded local org" in run("plan", str(spec), "--org", "local").out
    ran = run("plan", str(spec), "--org", "local", "--api-version", "62")
    assert ", API 62," in ran.out


def test_values_from_outside_are_not_shown(run, spec, monkeypatch) -> None:
    monkeypatch.setenv("DESCRIPTION", "hush-hush-description")
    spec.write_text(spec.read_text() + "description: ${env:DESCRIPTION}\n")
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.OK
    assert "hush-hush" not in ran.out + ran.err
    assert "description: (hidden)" in ran.out


@pytest.fixture
def other_org(tmp_path, monkeypatch):
    """A local org reached as a real one is: by URL and token in the environment."""
    with org_under_test(tmp_path / "other", read_only=True) as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        yield org


READERS = [
    ("plan", ExitCode.OK),
    ("plan --validate", ExitCode.OK),
    ("plan --out plan.json", ExitCode.OK),
    ("plan --checksum", ExitCode.OK),
    ("prove", ExitCode.CANNOT),
    ("prove --format json", ExitCode.CANNOT),
    ("lint", ExitCode.FOUND),
    ("validate", ExitCode.OK),
    ("render", ExitCode.OK),
    *((f"diff --format {name}", ExitCode.FOUND) for name in Format),
    *((f"plan --format {name} --output report", ExitCode.OK) for name in Format),
]


@pytest.mark.parametrize(("command", "code"), READERS)
def test_verbs_that_must_not_write_do_not(
    run, spec, other_org, monkeypatch, command: str, code: ExitCode
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", other_org.local.session().access_token)
    verb, *options = command.split()
    assert run(verb, str(spec), *options).code == code
    assert not any(record.write for record in other_org.local.requests)


def test_the_org_of_the_readers_would_notice_a_write(run, spec, other_org, monkeypatch) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", other_org.local.session().access_token)
    assert run("apply", str(spec), "--yes").code == ExitCode.UNREACHABLE
    assert any(record.write for record in other_org.local.requests)


def test_a_refused_token_exits_3(run, spec, other_org, monkeypatch) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00D000000000001!refused")
    ran = run("diff", str(spec))
    assert ran.code == ExitCode.UNREACHABLE
    assert "refused the session (SF_ACCESS_TOKEN)" in ran.err
    assert "next: Likeliest first: (1) The session has ended. Log in again." in ran.err


def test_an_org_that_is_down_exits_3(run, spec, monkeypatch) -> None:
    monkeypatch.setenv("SF_INSTANCE_URL", "https://localhost:9")
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00D000000000001!whatever")
    ran = run("diff", str(spec))
    assert ran.code == ExitCode.UNREACHABLE
    assert "https://localhost:9/services/data cannot be reached" in ran.err
    assert "next: " in ran.err


def test_an_org_whose_certificate_is_not_trusted_exits_3(run, spec, tmp_path, monkeypatch) -> None:
    with org_under_test(tmp_path / "other") as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        ran = run("diff", str(spec))
    assert ran.code == ExitCode.UNREACHABLE
    assert "not trusted" in ran.err
    assert "REQUESTS_CA_BUNDLE" in ran.err


def test_an_app_in_the_environment_logs_in_by_itself(run, spec, tmp_path, monkeypatch) -> None:
    """The chicken's second egg: the app that was applied applies the next change."""
    with org_under_test(tmp_path / "other") as org:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        applied = run("apply", str(spec), "--yes")
        [key] = re.findall(r"consumer key: (\S+)", applied.out)
        monkeypatch.delenv("SF_ACCESS_TOKEN")
        monkeypatch.setenv("PROVISION_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("PROVISION_CLIENT_ID", key)
        monkeypatch.setenv("PROVISION_PRIVATE_KEY", str(tmp_path / "keys" / "app.key"))
        monkeypatch.setenv("PROVISION_USERNAME", "admin@localorg.example")
        ran = run("diff", str(spec))
        assert ran.code == ExitCode.OK
        assert "by JWT bearer flow" in ran.out
        monkeypatch.setenv("PROVISION_USERNAME", "user@localorg.example")
        refused = run("diff", str(spec))
        assert refused.code == ExitCode.UNREACHABLE
        assert "JWT login of user@localorg.example was refused" in refused.err
