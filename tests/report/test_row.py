"""Rows: one for each key of the spec."""

from dataclasses import replace

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.risk import RiskLevel
from provision.plan.plan import Moved
from provision.redaction import Redaction
from provision.report.redacted_plan import redacted_plan
from provision.report.row import rows
from tests.report.conftest import CLI

POLICY = "app: CLI\noauth: {scopes: [full]}\npolicies: {refresh_token: %s}\n"


def policy_rows(plan_of, spec, moved=()):
    plan = redacted_plan(plan_of(spec, CLI), Redaction())
    [item] = [item for item in plan.components if item.component.type is OAUTH_POLICIES]
    if moved:
        changes = [replace(c, moved=m) for c, m in zip(item.changes, moved, strict=True)]
        item = replace(item, changes=tuple(changes))
    return rows(replace(plan, components=(item,)))


def test_three_fields_of_the_refresh_token_policy_are_one_row(plan_of, spec_of) -> None:
    spec = spec_of(POLICY % "{inactivity: 12 months}")
    [row] = policy_rows(plan_of, spec, (Moved.SPEC, Moved.ORG, Moved.UNKNOWN))
    assert row.key == "policies.refresh_token"
    assert (row.before, row.after) == ("lifetime 365 days", "inactivity 12 months")
    assert row.field_names == (
        "refreshTokenPolicyType, refreshTokenValidityPeriod, refreshTokenValidityUnit"
    )
    assert row.risk.level is RiskLevel.WEAKENS
    assert row.risk.reason.count("Refresh tokens") == 2  # each reason of the worst level, once
    assert row.moved is Moved.BOTH


def test_what_the_org_has_completes_the_phrase_of_a_single_field(plan_of, spec_of) -> None:
    [row] = policy_rows(plan_of, spec_of(POLICY % "{lifetime: 90 days}"))
    assert (row.before, row.after) == ("lifetime 365 days", "lifetime 90 days")
    assert [change.field.name for change in row.changes] == ["refreshTokenValidityPeriod"]


def test_a_policy_without_a_period_leaves_the_period_out(plan_of, spec_of) -> None:
    [row] = policy_rows(plan_of, spec_of(POLICY % "valid_until_revoked"))
    assert (row.before, row.after) == ("lifetime 365 days", "valid_until_revoked")
