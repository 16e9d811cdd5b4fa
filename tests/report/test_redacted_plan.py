"""What a report has of a plan: nothing hidden, nothing that changes by itself in its digest."""

from dataclasses import replace

import pytest

from provision.findings import ADVICE, Finding, Severity
from provision.plan.drift import Drift
from provision.plan.plan import Action, Assign, Plan
from provision.redaction import Redaction
from provision.report.redacted_plan import digest_of, redacted_plan


@pytest.fixture
def plan(changed) -> Plan:
    """A redacted plan with changes, gates, acceptances and advice."""
    return redacted_plan(changed.plan, Redaction())


def with_change(plan: Plan, **parts) -> Plan:
    """The plan whose first change has other parts."""
    [item, *others] = plan.components
    first, *rest = item.changes
    changed = replace(item, changes=(replace(first, **parts), *rest))
    return replace(plan, components=(changed, *others))


def test_only_what_changes_is_in_it(changed, plan) -> None:
    assert all(item.action is not Action.NOTHING for item in plan.components)
    assert [len(item.changes) for item in plan.components] == [
        len(item.changes) for item in changed.plan.components if item.action is not Action.NOTHING
    ]
    assert not any(item.component.fields or item.desired.fields for item in plan.components)
    assert plan.is_empty == changed.plan.is_empty
    assert plan.creates_app == changed.plan.creates_app


def test_of_the_org_it_has_the_names_of_records_and_the_refresh_token_policy(plan) -> None:
    fields = {name: set(item.fields) for name, item in plan.actual.components.items()}
    assert fields.pop("ExtlClntAppOauthConfigurablePolicies") == {
        "refreshTokenPolicyType", "refreshTokenValidityPeriod", "refreshTokenValidityUnit",
    }  # fmt: skip
    assert set(map(len, fields.values())) == {0}


def test_hidden_texts_are_hidden_in_every_part(changed) -> None:
    advice = Finding(Severity.NOTE, ADVICE, "hush-hush", "say hush-hush", key="hush-hush")
    plan = with_change(changed.plan, full_name="hush-hush", key="a.hush-hush")
    redacted = redacted_plan(
        replace(plan, app="hush-hush", advice=(advice,), org=replace(plan.org, name="hush-hush")),
        Redaction({"hush-hush"}),
    )
    assert "hush" not in repr((redacted.app, redacted.org, redacted.advice, redacted.changes))


def test_what_changes_while_people_decide_is_not_in_the_digest(plan) -> None:
    [change, *_] = plan.changes
    moved = replace(change.position, file="elsewhere/spec.yaml", line=99)
    numbered = replace(change.risk, numbers="12 users hold tokens of the app.")
    for other in (
        with_change(plan, position=moved),
        with_change(plan, risk=numbered),
        replace(plan, drift=Drift()),
    ):
        assert other != plan
        assert digest_of(other) == digest_of(plan)


def test_everything_else_is_in_the_digest(plan) -> None:
    others = (
        with_change(plan, after="another value"),
        with_change(plan, risk=replace(plan.changes[0].risk, reason="Another reason.")),
        replace(plan, gates=plan.gates[:1]),
        replace(plan, access=(Assign("Robots", "ci@example.com"),)),
        replace(plan, tightens=not plan.tightens),
        replace(plan, org=replace(plan.org, name="another")),
    )
    assert len({digest_of(each) for each in (plan, *others)}) == len(others) + 1
