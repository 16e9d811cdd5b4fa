"""GitHub workflow commands."""

from dataclasses import replace

from provision.report.github import GithubRenderer
from provision.report.report import Report
from provision.report.results import Results
from provision.spec.position import Position


def test_the_worst_comes_first_and_risk_decides(results, monkeypatch) -> None:
    monkeypatch.chdir(results.results[0].spec.path.parent)
    lines = GithubRenderer().render(Report.of(results)).splitlines()
    commands = [line.split(" ")[0] for line in lines]
    assert commands == sorted(commands, key=["::error", "::warning", "::notice"].index)
    assert (
        "::error file=spec.yaml,line=7,col=20,title=CLI in prod%3A policies.permitted_users::"
        "policies.permitted_users: the org has self_authorized, the spec says admin_approved "
        "[permittedUsersPolicyType]"
        "%0Alocks out: Users without one of the app's profiles or permission sets lose it; their "
        "sessions end.%0AThe org moved since the last apply."
    ) in lines
    assert any(line.startswith("::notice") and "it is to be created" in line for line in lines)
    assert any("b.yaml,line=1,col=1" in line for line in lines)


def test_accepted_differences_are_left_in_peace(changed) -> None:
    text = GithubRenderer().render(Report.of(Results("diff", (changed,))))
    assert text.count("label: the org has Old CLI, the spec says CLI") == 1


def test_an_org_in_sync_has_nothing_to_say(in_sync) -> None:
    assert GithubRenderer().render(Report.of(Results("diff", (in_sync,)))) == ""


def test_no_text_ends_a_command_or_a_property(findings) -> None:
    found = replace(
        findings.findings[0],
        rule="a,b:c",
        text="100%\r\n::error::gotcha",
        position=Position("a,b:c\n.yaml", 1, 2),
    )
    text = GithubRenderer().render_findings(replace(findings, findings=(found,)))
    assert text == (
        "::error file=a%2Cb%3Ac%0A.yaml,line=1,col=2,title=CLI%3A a%2Cb%3Ac"
        "::100%25%0A::error::gotcha"
    )
