"""Text for a terminal."""

from dataclasses import replace

import pytest

from provision.errors import ExitCode
from provision.report.report import Report
from provision.report.results import Results
from provision.report.text import TextRenderer, plan_text


@pytest.fixture
def text(results) -> str:
    return TextRenderer().render(Report.of(results))


@pytest.mark.parametrize(
    "phrase",
    [
        "policies.permitted_users [permittedUsersPolicyType]  (",
        "        the org has: self_authorized\n        the spec says: admin_approved\n",
        "spec.yaml:7:20)",
        "repair: locks out: Users without one of the app's profiles",
        "        the org has: lifetime 365 days\n        the spec says: lifetime 90 days\n",
        "        the org has: 15 minutes\n        the spec says: 60 minutes\n",
        "        the org has: full\n        the spec says: api, web\n",
        "repair: irreversible: Web logins without PKCE fail. Once on, an org may not let it be",
        "The org moved since the last apply.",
        "! lockout: 3 of 12 users in use would lose the app.\n    To go through with it: --allow l",
        "! irreversible: The key cannot be changed.\n    Take it out of the spec.",
        "until 2027-01-31: known to the owner",
        "expired after 2026-01-31: until the audit",
        "advice: The org's idle limit",
        "+ permission set CI_Robot for ci@example.com",
        "0 to create, 4 to update (8 fields), 0 for access. Risks: irreversible: 1, locks out: 1,",
        "PRODUCTION",
        "error: dev cannot be reached\nnext: Is it awake?",
        "6 results in 5 orgs: 1 to be created; 1 with differences; 1 in sync; 1 not reached;",
    ],
)
def test_it_says(text, phrase) -> None:
    assert phrase in text


def test_apps_of_one_org_are_all_written_out(new_app, in_sync) -> None:
    text = TextRenderer().render(Report.of(Results("diff", (new_app, in_sync))))
    assert text.startswith("org: uat (https://uat.example")
    assert text.endswith("No differences.\n\n2 results: 1 to be created; 1 in sync.")


def test_a_harmless_change_has_no_risk(text) -> None:
    lines = text.splitlines()
    label = lines.index("        the org has: Old CLI")
    assert lines[label + 2].startswith("~ ")


def test_a_plan_lists_what_the_org_chooses_in_the_specs_words(spec_of, plan_of) -> None:
    text = plan_text(plan_of(spec_of("app: B\noauth: {scopes: [api]}\n")))
    assert "which chooses for a new app:" in text
    assert "policies.refresh_token lifetime 365 days" in " ".join(text.split())
    assert "refreshTokenValidity" not in text
    half_said = "app: B\noauth: {}\nmetadata: {ExtlClntAppOauthConfigurablePolicies: %s}\n"
    text = plan_text(plan_of(spec_of(half_said % "{refreshTokenValidityPeriod: 9}")))
    assert "refreshTokenValidityUnit days" in " ".join(text.split())


def test_what_was_applied_says_key_and_proof(applied) -> None:
    text = TextRenderer().render(Report.of(Results("apply", (applied,))))
    assert "notice: the org minted its own consumer key" in text
    assert "app: CLI is what the spec says (read back)\nconsumer key: 3MVG9x" in text
    assert text.endswith(
        "proven by JWT login as ci@example.com: token granted\n"
        "proven by client credentials login as run@example.com: token granted too"
    )


def test_accepted_differences_are_listed_though_nothing_is_to_be_done(changed) -> None:
    assert changed.plan
    plan = replace(changed.plan, components=(), gates=(), expired=(), advice=())
    result = replace(changed, exit_code=ExitCode.OK, plan=plan)
    text = TextRenderer().render(Report.of(Results("diff", (result,))))
    assert "Accepted, and left alone:" in text
    assert text.endswith("No differences.")


def test_findings_are_lines_as_compilers_write_them(findings) -> None:
    lines = TextRenderer().render_findings(findings).splitlines()
    assert lines[0] == (
        "specs/cli.yaml:7:3: CLI: error: It is 365 days. [refresh-token-at-most-90-days]"
    )
    assert lines[-1] == "3 apps checked: 1 error, 1 warning, 1 note."


def test_no_findings_say_how_much_was_checked(findings) -> None:
    none = replace(findings, findings=())
    assert TextRenderer().render_findings(none) == "3 apps checked: nothing found."
