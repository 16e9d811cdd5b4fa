import pytest

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.errors import CannotError, VersionUnsupported
from provision.plan.facts import ActualApp
from provision.plan.names import missing, wanted
from provision.plan.plan import Action, Assign, CreatePermissionSet, CreateProfile, Plan
from provision.render.desired import render
from provision.render.template import Templates
from tests.plan.examples import ACCESS, ACTUAL, POLICY


def actions(plan: Plan) -> dict[str, str]:
    return {item.component.full_name: item.action.value for item in plan.components}


def test_nothing_changes_where_the_org_is_what_the_spec_says(plan_of) -> None:
    plan = plan_of("app: A\nlabel: A\noauth: {scopes: [api]}\npolicies: {session_timeout: 30m}\n")
    assert plan.is_empty
    assert plan.deployed == ()
    assert plan.defaults == ()


def test_only_components_with_changes_are_deployed_and_whole(plan_of) -> None:
    plan = plan_of("app: A\nlabel: A\noauth: {scopes: [api]}\npolicies: {session_timeout: 15m}\n")
    [policy] = plan.deployed
    assert policy.full_name == "A_oauth_defaultPolicy"
    assert dict(policy.fields) == {**POLICY, "sessionTimeoutInMinutes": 15}
    [change] = plan.changes
    assert (change.key, change.before, change.after) == ("policies.session_timeout", 30, 15)
    assert change.position.line == 4


def test_a_new_app_is_created_whole_and_its_defaults_are_listed(plan_of) -> None:
    plan = plan_of("app: B\noauth: {scopes: [api]}\n", ActualApp("B"))
    assert plan.creates_app
    assert actions(plan) == {"B": "create", "B_oauth": "create", "B_glbloauth": "create"}
    chosen = {default.field.name: default.value for default in plan.defaults}
    assert chosen["permittedUsersPolicyType"] == "AllSelfAuthorized"
    assert (chosen["refreshTokenValidityPeriod"], chosen["refreshTokenValidityUnit"]) == (
        365,
        "Days",
    )
    assert chosen["isPkceRequired"] is True
    assert "commaSeparatedOauthScopes" not in chosen


def test_defaults_that_mean_nothing_beside_the_spec_are_not_listed(plan_of) -> None:
    text = "app: B\noauth: {}\npolicies: {refresh_token: valid_until_revoked}\n"
    chosen = {default.field.name for default in plan_of(text, ActualApp("B")).defaults}
    assert "refreshTokenValidityPeriod" not in chosen
    assert "requiredSessionLevel" in chosen


def test_defaults_of_later_versions_are_not_listed(plan_of) -> None:
    chosen = {d.field.name for d in plan_of("app: B\noauth: {}\n", ActualApp("B"), 66).defaults}
    assert "isMtlsEnabled" not in chosen
    assert "isDeviceFlowEnabled" in chosen


def test_names_are_spelled_as_the_org_spells_them(plan_of) -> None:
    text = """
        app: A
        policies:
          permitted_users: admin_approved
          profiles: [system administrator]
          permission_sets: [DEPLOYERS]
    """
    [policy] = plan_of(text).deployed
    assert policy.fields["commaSeparatedProfile"] == "System Administrator"
    assert policy.fields["commaSeparatedPermissionSet"] == "Deployers"


def test_what_is_created_and_assigned_comes_in_the_order_it_is_done(plan_of) -> None:
    text = """
        app: A
        policies:
          permitted_users: admin_approved
          profiles: [{name: Robots, create: true, clone_of: System Administrator}]
          permission_sets:
            - {name: Deployers, assign_to: [ci@example.com]}
            - {name: CI_Robot, create: true, assign_to: [ci@example.com]}
    """
    assert plan_of(text).access == (
        CreateProfile("Robots", "System Administrator"),
        CreatePermissionSet("CI_Robot", "CI Robot"),
        Assign("CI_Robot", "ci@example.com"),
    )


@pytest.mark.parametrize(
    ("actual", "tightens"), [(ACTUAL, True), (ActualApp("A"), False)], ids=["existing", "new"]
)
def test_restricting_an_existing_app_tightens(plan_of, actual, tightens) -> None:
    text = "app: A\noauth: {}\npolicies: {permitted_users: admin_approved}\n"
    assert plan_of(text, actual).tightens is tightens


def test_loosening_does_not_tighten(plan_of) -> None:
    assert not plan_of("app: A\npolicies: {session_timeout: 15m}\n").tightens


def test_a_field_of_another_version_is_refused_with_the_version_and_the_place(plan_of) -> None:
    text = "app: A\nmetadata:\n  ExtlClntAppGlobalOauthSettings: {isMtlsEnabled: true}\n"
    with pytest.raises(VersionUnsupported, match=r"spec.yaml:3:\d+: .*API 68; this is 66"):
        plan_of(text, version=66)
    assert plan_of(text).changes[0].field.name == "isMtlsEnabled"


def test_policies_need_oauth_settings(plan_of) -> None:
    with pytest.raises(CannotError, match="has none") as raised:
        plan_of("app: B\npolicies: {session_timeout: 15m}\n", ActualApp("B"))
    assert "`oauth:`" in raised.value.next_step


def test_another_consumer_key_trips_a_gate(plan_of) -> None:
    block = "app: A\nmetadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: %s}}\n"
    assert plan_of(block % "3MVG9x").gates == ()
    [gate] = plan_of(block % "another9").gates
    assert gate.name == "irreversible"
    assert "consumerKey" in gate.reason


def test_missing_names_are_found_with_their_places(spec_of) -> None:
    spec = spec_of("""
        app: A
        oauth:
          jwt_bearer: {certificate: keys/app.crt, prove_as: nobody@example.com}
          client_credentials: {run_as: gone@example.com}
        policies:
          permitted_users: admin_approved
          profiles: [Systemadministrator, {name: X, create: true, clone_of: Nobody}]
          permission_sets: [Deployers, Nope, {name: New, create: true}]
    """)
    desired = render(spec, Templates())
    found = {(item.kind, item.name, item.inactive) for item in missing(spec, desired, ACCESS)}
    assert found == {
        ("permission set", "Nope", False),
        ("profile", "Systemadministrator", False),
        ("profile", "Nobody", False),
        ("user", "nobody@example.com", False),
        ("user", "gone@example.com", True),
    }
    assert set(wanted(spec, desired).permission_sets) == {"Deployers", "Nope", "New"}


def test_actions_say_what_happens(plan_of) -> None:
    plan = plan_of("app: A\nlabel: B\noauth: {scopes: [api]}\n")
    assert [item.action for item in plan.components] == [
        Action.UPDATE, Action.NOTHING, Action.NOTHING,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "actual", "chooses"),
    [
        ("app: B\noauth: {consumer_key: generate}\n", ActualApp("B"), True),
        ("app: B\noauth: {scopes: [api]}\n", ActualApp("B"), False),
        ("app: B\n", ActualApp("B"), False),
        ("app: A\noauth: {consumer_key: generate}\n", ACTUAL, False),
        (
            "app: A\noauth: {consumer_key: generate}\n",
            ActualApp(
                "A",
                {
                    name: component
                    for name, component in ACTUAL.components.items()
                    if name != GLOBAL_OAUTH_SETTINGS.name
                },
            ),
            True,
        ),
    ],
    ids=["new", "not asked for", "without oauth", "existing", "existing without a key"],
)
def test_a_key_is_chosen_with_what_gets_its_first_one(plan_of, text, actual, chooses) -> None:
    plan = plan_of(text, actual)
    assert plan.chooses_consumer_key is chooses
    assert "consumerKey" not in {change.field.name for change in plan.changes}


def test_a_field_with_a_key_of_its_own_is_found_in_the_metadata_block_too(plan_of) -> None:
    block = "app: A\nmetadata:\n  ExtlClntAppOauthConfigurablePolicies:\n"
    plan = plan_of(f"{block}    sessionTimeoutInMinutes: 10\n")
    [change] = plan.changes
    assert (change.key, change.position.line) == ("policies.session_timeout", 4)
    [change] = plan_of("app: A\npolicies:\n  session_timeout: 10m\n").changes
    assert (change.key, change.position.line) == ("policies.session_timeout", 3)
