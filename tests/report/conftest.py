"""Results with everything in them, made through the real pipeline where that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from provision.apply.proof import Proof, ProofKind
from provision.apply.run import Applied
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import Component
from provision.errors import ApplyFailed, ExitCode, GateName, OrgUnreachable, SpecError
from provision.findings import ADVICE, Finding, Position, Severity
from provision.plan.facts import Access, ActualApp, OrgFacts, PermissionSet, Profile, User
from provision.plan.plan import (
    Acceptance,
    AcceptedDifference,
    Gate,
    Moved,
    Plan,
)
from provision.plan.planner import make_plan
from provision.render.desired import named_as_in_org, render
from provision.render.template import Templates
from provision.report.findings import Findings
from provision.report.results import AppResult, Results
from provision.spec.spec import Spec

PlanOf = Callable[..., Plan]

TODAY = date(2026, 11, 23)
NEW_APP = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
  permission_sets: [{name: CI_Robot, create: true, assign_to: [ci@example.com]}]
  session_timeout: 15 minutes
"""
CHANGES = """\
app: CLI
label: CLI
oauth:
  scopes: [api, web]
  pkce_required: true
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
  permission_sets: [Deployers]
  refresh_token: {lifetime: 90 days}
  session_timeout: 60 minutes
"""
ACCESS = Access.of(
    permission_sets=[PermissionSet("0PS1", "Deployers")],
    profiles=[Profile("00e1", "System Administrator", "0PS2")],
    users=[User("0051", "ci@example.com")],
)
CLI = ActualApp(
    "CLI",
    {
        component.type.name: component
        for component in (
            Component(EXTERNAL_CLIENT_APPLICATION, "CLI", {"label": "Old CLI"}),
            Component(OAUTH_SETTINGS, "CLI_oauth", {"commaSeparatedOauthScopes": "Full"}),
            Component(
                GLOBAL_OAUTH_SETTINGS, "CLI_glbl",
                {"consumerKey": "3MVG9x", "isPkceRequired": False},
            ),
            Component(
                OAUTH_POLICIES, "CLI_plcy",
                {
                    "externalClientApplication": "CLI",
                    "permittedUsersPolicyType": "AllSelfAuthorized",
                    "refreshTokenPolicyType": "SpecificLifetime",
                    "refreshTokenValidityPeriod": 365,
                    "refreshTokenValidityUnit": "Days",
                    "sessionTimeoutInMinutes": 15,
                },
            ),
        )
    },
)  # fmt: skip


@pytest.fixture
def plan_of() -> PlanOf:
    """A plan for one org, from a spec and what the org has."""

    def build(spec: Spec, actual: ActualApp | None = None, org: str = "uat") -> Plan:
        actual = actual or ActualApp(spec.app)
        facts = OrgFacts(
            org, f"https://{org}.example", "admin@example.com", 68, "the sf CLI",
            "00D000000000001", is_production=org == "prod",
        )  # fmt: skip
        desired = named_as_in_org(render(spec, Templates()), actual.components)
        return make_plan(spec, desired, actual, ACCESS, facts, TODAY)

    return build


@pytest.fixture
def new_app(spec_of, plan_of: PlanOf) -> AppResult:
    """An app that the org does not have."""
    spec = spec_of(NEW_APP)
    return AppResult(spec, "uat", ExitCode.FOUND, plan_of(spec))


@pytest.fixture
def changed(spec_of, plan_of: PlanOf) -> AppResult:
    """An app with changes of every sort, gates, acceptances and advice."""
    spec = spec_of(CHANGES)
    plan = plan_of(spec, CLI, "prod")
    [first, *_] = plan.changes
    moved = tuple(
        replace(item, changes=tuple(replace(c, moved=Moved.ORG) for c in item.changes))
        if item.component.type is OAUTH_POLICIES
        else item
        for item in plan.components
    )
    plan = replace(
        plan,
        components=moved,
        gates=(
            Gate(GateName.LOCKOUT, "3 of 12 users in use would lose the app."),
            Gate(GateName.IRREVERSIBLE, "The key cannot be changed.", "Take it out of the spec."),
        ),
        accepted=(
            AcceptedDifference(first, Acceptance("known to the owner", date(2027, 1, 31))),
        ),
        expired=(AcceptedDifference(first, Acceptance("until the audit", date(2026, 1, 31))),),
        advice=(
            Finding(
                Severity.NOTE,
                ADVICE,
                "The org's idle limit ends refresh tokens after 30 days.",
                position=first.position,
            ),
        ),
    )  # fmt: skip
    return AppResult(spec, "prod", ExitCode.REFUSED, plan)


@pytest.fixture
def in_sync(spec_of, plan_of: PlanOf) -> AppResult:
    """An app that is what the spec says."""
    spec = spec_of("app: CLI\nlabel: Old CLI\n")
    return AppResult(spec, "uat", ExitCode.OK, plan_of(spec, CLI))


@pytest.fixture
def applied(changed: AppResult) -> AppResult:
    """An app that was applied, with a notice, and proven."""
    assert changed.plan
    plan = replace(changed.plan, gates=())
    return replace(
        changed,
        exit_code=ExitCode.OK,
        plan=plan,
        applied=Applied(plan, CLI, ("the org minted its own consumer key",)),
        proof=Proof(
            ProofKind.JWT_LOGIN,
            "ci@example.com",
            "token granted",
            (Proof(ProofKind.CLIENT_CREDENTIALS_LOGIN, "run@example.com", "token granted too"),),
        ),
    )


@pytest.fixture
def failed(new_app: AppResult) -> tuple[AppResult, ...]:
    """Apps that came to an error: of the org, of the spec, of the apply."""
    unreachable = OrgUnreachable("dev cannot be reached", next_step="Is it awake?")
    of_spec = SpecError(
        [
            Position("robot.yaml", 3, 5).problem("no such key"),
            Position("b.yaml", 1, 1).problem("x"),
        ]
    )
    of_apply = ApplyFailed("It failed.\nThe org is as before.", next_step="Mend it, apply again.")
    return (
        AppResult(new_app.spec, "dev", ExitCode.UNREACHABLE, error=unreachable),
        AppResult(new_app.spec, "int", ExitCode.CANNOT, error=of_spec),
        replace(new_app, org="qa", exit_code=ExitCode.APPLY_FAILED, error=of_apply),
    )


@pytest.fixture
def results(new_app, changed, in_sync, failed) -> Results:
    """A diff over several apps and orgs that found everything there is to find."""
    return Results("diff", (new_app, changed, in_sync, *failed))


@pytest.fixture
def findings() -> Findings:
    """What a lint of three apps found."""
    at = Position("specs/cli.yaml", 7, 3)
    return Findings(
        "lint",
        (
            Finding(Severity.ERROR, "refresh-token-at-most-90-days", "It is 365 days.",
                    position=at, key="policies.refresh_token", app="CLI"),
            Finding(Severity.WARNING, "admin-approved", "Every user may authorize it.",
                    position=at, key="policies.permitted_users", app="CLI", org="prod"),
            Finding(Severity.NOTE, "has-description", "It has no description.",
                    key="description", app="Robot"),
        ),
        ("CLI", "Robot", "Third"),
        ExitCode.FOUND,
    )  # fmt: skip
