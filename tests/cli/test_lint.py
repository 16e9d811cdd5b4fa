"""`provision lint`: what it prints, and what it exits with."""

import json
from pathlib import Path

import pytest

from provision.errors import ExitCode


@pytest.fixture
def lax(spec: Path) -> Path:
    spec.write_text(
        spec.read_text()
        .replace("session_timeout: 15 minutes", "session_timeout: 2 hours")
        .replace("profiles:", "ip_relaxation: bypass_2factor\n  profiles:")
    )
    return spec


def test_a_good_spec_exits_0(run, spec):
    spec.write_text(spec.read_text() + "  refresh_token: {lifetime: 90 days}\n")
    ran = run("lint", str(spec), "--strict")
    assert (ran.code, ran.out) == (ExitCode.OK, "1 app checked: nothing found.\n")
    assert not Path(".provision").exists()


def rule_of(line: str) -> str:
    """The rule in brackets at a line's end."""
    return line.rpartition("[")[2].rstrip("]")


def test_each_finding_is_a_line_with_its_place(run, lax):
    ran = run("lint", str(lax))
    assert ran.code == ExitCode.FOUND
    *lines, summary = ran.out.splitlines()
    assert [(line.split(": ")[0], line.split(": ")[2], rule_of(line)) for line in lines] == [
        (f"{lax}:8:1", "error", "refresh-token-limit"),
        (f"{lax}:10:18", "warning", "ip-restrictions-on-devices"),
        (f"{lax}:12:20", "error", "session-timeout"),
        (f"{lax}:10:18", "warning", "jwt-ip-relaxation"),
    ]
    assert (
        "policies.session_timeout: 120 minutes; at most 15 minutes. "
        "Write session_timeout: 15 minutes, or less."
    ) in lines[2]
    assert summary == "1 app checked: 2 errors, 2 warnings."


WARNINGS_ALONE = """
extends: baseline
rules:
  session-timeout: {max: 2 hours}
  refresh-token-limit: {max: 365 days}
"""


def test_warnings_alone_exit_0_but_with_strict(run, lax):
    Path("own.yaml").write_text(WARNINGS_ALONE)
    ran = run("lint", str(lax), "--rules", "own.yaml")
    assert ran.code == ExitCode.OK
    assert "warning: policies.ip_relaxation" in ran.out
    assert run("lint", str(lax), "--rules", "own.yaml", "--strict").code == ExitCode.FOUND


def test_profiles_by_name(run, spec):
    spec.write_text(spec.read_text().replace("scopes: [api", "scopes: [api, web"))
    ran = run("lint", str(spec), "--profile", "partner", "--profile", "baseline")
    rules = {rule_of(line) for line in ran.out.splitlines()[:-1]}
    assert rules == {
        "refresh-token-limit",
        "refresh-token-idle-ttl",
        "refresh-token-rotation",
        "refresh-token-ip-allowlist",
    }


@pytest.mark.parametrize(
    "options",
    [
        ["--profile", "nope"],
        ["--rules", "nowhere.yaml"],
        ["--rules", "empty.yaml"],
        ["--rules", "off.yaml"],
        ["--rules", "good.yaml", "--profile", "baseline"],
    ],
)
def test_rules_that_cannot_be_had_exit_2(run, spec, options):
    Path("empty.yaml").write_text("thresholds: {fields: 3}\n")
    Path("off.yaml").write_text('rules: {a: {field: label, required: true, severity: "off"}}\n')
    Path("good.yaml").write_text("extends: baseline\n")
    ran = run("lint", str(spec), *options)
    assert (ran.code, ran.out) == (ExitCode.CANNOT, "")
    assert "next: " in ran.err or "nowhere.yaml:1:1" in ran.err


def test_a_spec_with_an_undefined_variable_exits_2(run, spec):
    spec.write_text(spec.read_text() + "description: for ${stage}\n")
    assert run("lint", str(spec)).code == ExitCode.CANNOT
    assert run("lint", str(spec), "--var", "stage=uat").code == ExitCode.FOUND


def test_what_came_from_outside_is_not_printed(run, spec, monkeypatch):
    monkeypatch.setenv("NOTE", "hush-hush")
    spec.write_text(spec.read_text() + "description: ${env:NOTE}\n")
    Path("own.yaml").write_text("rules: {plain: {field: description, equals: An app}}\n")
    ran = run("lint", str(spec), "--rules", "own.yaml")
    assert ran.code == ExitCode.FOUND
    assert "hush-hush" not in ran.out + ran.err
    assert "description: (hidden); must be An app" in ran.out


def test_what_the_org_has(run, spec):
    missing = run("lint", str(spec), "--org", "local")
    assert missing.code == ExitCode.CANNOT
    assert "local has no app Robot" in missing.err
    assert run("apply", str(spec), "--org", "local", "--yes").code == ExitCode.OK
    spec.write_text(spec.read_text().replace("15 minutes", "8 hours"))
    ran = run("lint", str(spec), "--org", "local")
    assert ran.code == ExitCode.FOUND
    *of_org, line, summary = ran.out.splitlines()
    assert line.startswith(
        "Robot in local: error: policies.refresh_token: 365 days; at most 90 days."
    )
    assert [rule_of(each) for each in of_org] == [
        "api-access-for-approved-apps",
        "user-agent-flow-blocked",
        "username-password-flow-blocked",
    ]
    assert of_org[1].startswith(
        "local: warning: OauthOidcSettings.blockOAuthUsrAgtFlow: false; must be true. Block it in"
    )
    assert summary == "1 app checked: 1 error, 3 warnings."


def test_a_rule_about_apps_can_hold_in_some_orgs_only(run, spec):
    assert run("apply", str(spec), "--org", "local", "--yes").code == ExitCode.OK
    rule = "rules: {open: {field: policies.permitted_users, equals: self_authorized, when: {%s}}}\n"
    limited = "field: ConnectedAppSettings.enableAdminApprovedAppsOnly, equals: %s"
    for value, code in (("true", ExitCode.OK), ("false", ExitCode.FOUND)):
        Path("own.yaml").write_text(rule % limited % value)
        ran = run("lint", str(spec), "--org", "local", "--rules", "own.yaml")
        assert ran.code == code, ran.out
    # Without an org nothing is known of its switches.
    assert run("lint", str(spec), "--rules", "own.yaml").code == ExitCode.OK


def test_findings_about_the_org_are_in_every_format(run, spec):
    assert run("apply", str(spec), "--org", "local", "--yes").code == ExitCode.OK
    for output_format in ("text", "json", "markdown", "html", "junit", "sarif", "github"):
        ran = run("lint", str(spec), "--org", "local", "--format", output_format)
        assert "user-agent-flow-blocked" in ran.out, (output_format, ran.err)


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_the_document_has_the_exit_code_of_the_process(run, lax, strict) -> None:
    Path("own.yaml").write_text(WARNINGS_ALONE)
    ran = run("lint", str(lax), "--rules", "own.yaml", "--format", "json", *strict)
    document = json.loads(ran.out)
    assert document["counts"]["error"] == 0
    assert document["counts"]["warning"] > 0
    assert document["exit_code"] == ran.code == (ExitCode.FOUND if strict else ExitCode.OK)
