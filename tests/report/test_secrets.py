"""No format shows a secret, wherever it got to."""

from __future__ import annotations

import html
import json
from dataclasses import replace

import pytest

from provision.apply.proof import Proof, ProofKind
from provision.apply.run import Applied
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component
from provision.errors import ApplyFailed, ExitCode, SpecError
from provision.findings import ADVICE, Finding, Position, Severity
from provision.plan.facts import ActualApp
from provision.plan.plan import Gate, GateName
from provision.redaction import SECRETS, register
from provision.report.findings import Findings
from provision.report.format import Format, renderer_of
from provision.report.report import Report
from provision.report.results import AppResult, Results
from provision.spec.load import load
from provision.spec.variable import Variables

CONSUMER_SECRET = "C0NSUMER5ECRET"
FROM_OUTSIDE = 'hush "<hush>" & \\hush|hush, `hush`'
LONG = "L0NG" * 60
SPEC = """\
app: Robot
label: ${env:QUOTED}
description: ${env:LONG}
oauth:
  callback_urls: ["https://robot.example/${env:PATH_PART}"]
  scopes: [api]
policies:
  permitted_users: admin_approved
  profiles: ["System Administrator"]
metadata:
  ExtlClntAppGlobalOauthSettings: {consumerSecret: "${env:SECRET}"}
"""
VALUES = {"QUOTED": FROM_OUTSIDE, "LONG": LONG, "PATH_PART": "p4thp4rt",
          "SECRET": CONSUMER_SECRET}  # fmt: skip
PLANTED = (CONSUMER_SECRET, "hush", "L0NG", "p4thp4rt")


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    loaded = load(path, Variables({}, VALUES))
    # The value of a secret field is a secret even if it did not come from outside.
    SECRETS.forget()
    register(*(loaded.sensitive - {CONSUMER_SECRET}))
    return loaded


def seen(text: str) -> set[str]:
    """The planted texts that a reader, a parser or a browser would find."""
    unescaped = text.encode().decode("unicode_escape", "replace")
    forms = (text, html.unescape(text), unescaped)
    return {planted for planted in PLANTED for form in forms if planted.lower() in form.lower()}


@pytest.mark.parametrize("name", list(Format))
def test_results(name, spec, plan_of) -> None:
    said = f"the org says {CONSUMER_SECRET} and {FROM_OUTSIDE.upper()} and {LONG}"
    plan = plan_of(spec)
    assert any(change.field.secret for change in plan.changes)
    plan = replace(
        plan,
        gates=(Gate(GateName.LOCKOUT, said), Gate(GateName.STALE, "x", said)),
        advice=(Finding(Severity.NOTE, ADVICE, said, position=Position("spec.yaml", 1, 1)),),
    )
    fields = {"consumerKey": "3MVG9", "consumerSecret": CONSUMER_SECRET}
    settings = Component(GLOBAL_OAUTH_SETTINGS, "g", fields)
    actual = ActualApp("Robot", {settings.type.name: settings})
    problem = SpecError([Position("spec.yaml", 1, 1).problem(said)])
    results = Results(
        "apply",
        (
            AppResult(spec, "a", ExitCode.FOUND, plan),
            AppResult(
                spec, "b", ExitCode.OK, plan, Applied(plan, actual, (said,)),
                Proof(ProofKind.JWT_LOGIN, FROM_OUTSIDE, said,
                      (Proof(ProofKind.CLIENT_CREDENTIALS_LOGIN, FROM_OUTSIDE, said),)),
            ),
            AppResult(
                spec, "c", ExitCode.APPLY_FAILED, plan, error=ApplyFailed(said, next_step=said)
            ),
            AppResult(spec, "d", ExitCode.CANNOT, error=problem),
        ),
    )  # fmt: skip
    text = renderer_of(name).render(Report.of(results))
    assert "hidden" in text
    assert seen(text) == set()


@pytest.mark.parametrize("name", list(Format))
def test_findings(name) -> None:
    said = f"it is {FROM_OUTSIDE}"
    finding = Finding(
        Severity.ERROR, "rule", said, said, key=f"label.{FROM_OUTSIDE}", app=said, org=said
    )
    register(FROM_OUTSIDE)
    findings = Findings("lint", (finding,), (said, "Other"), ExitCode.FOUND)
    text = renderer_of(name).render_findings(findings)
    assert "(hidden)" in html.unescape(text)
    assert seen(text) == set()


def test_a_value_that_differs_is_still_a_difference_in_json(spec, plan_of) -> None:
    text = renderer_of(Format.JSON).render(
        Report.of(Results("diff", (AppResult(spec, "a", ExitCode.FOUND, plan_of(spec)),)))
    )
    components = json.loads(text)["results"][0]["plan"]["components"]
    fields = {r["field"]: r["after"] for c in components for r in c["changes"]}
    assert fields["consumerSecret"] == "(hidden)"
    assert fields["label"] == "(hidden)"
    assert fields["callbackUrl"] == "https://robot.example/(hidden)"
