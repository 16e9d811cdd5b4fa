"""Plans from the text of a spec, without an org."""

import pytest

from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.plan import Plan
from provision.plan.planner import make_plan
from provision.render.desired import named_as_in_org, render
from provision.render.template import Templates
from tests.plan.examples import ACCESS, ACTUAL, TODAY


@pytest.fixture
def plan_of(spec_of):
    def build(text: str, actual: ActualApp = ACTUAL, version: int = 68) -> Plan:
        spec = spec_of(text)
        org = OrgFacts(
            "org",
            "https://org.example",
            "admin@example.com",
            version,
            "a test",
            is_production=False,
        )
        desired = named_as_in_org(render(spec, Templates()), actual.components)
        return make_plan(spec, desired, actual, ACCESS, org, TODAY)

    return build
