"""Records that an app of the org lacks: what making them can do to those who use the app."""

from provision.catalogue.risk import RiskLevel
from provision.plan.facts import ActualApp
from provision.plan.plan import Assign
from provision.plan.widening import access_risk, widening
from tests.plan.examples import ACTUAL
from tests.plan.test_widening import CLOSED, GLOBAL, HEADER_ONLY, OAUTH, PLUGINS, POLICY, plan

OFF = "app: A\nmetadata: {ExtlClntAppConfigurablePolicies: {isEnabled: false}}\n"
RESTRICTED = "policies: {permitted_users: admin_approved, profiles: [System Administrator]}\n"


def without(*names: str) -> ActualApp:
    kept = {name: item for name, item in ACTUAL.components.items() if name not in names}
    return ActualApp("A", kept)


def levels(found) -> dict[str, RiskLevel]:
    return {change.field.name: change.risk.level for change in found.changes}


def test_nothing_harms_a_new_app(plan_of) -> None:
    text = f"app: A\noauth: {{callback_urls: ['https://x.example'], scopes: [full]}}\n{RESTRICTED}"
    assert set(levels(plan_of(text, ActualApp("A"))).values()) == {RiskLevel.HARMLESS}


def test_an_app_without_oauth_can_be_switched_off_for_those_who_use_it_otherwise(plan_of) -> None:
    [off] = plan_of(OFF, ActualApp("A", HEADER_ONLY)).changes
    assert off.risk.level is RiskLevel.LOCKS_OUT


def test_a_key_is_chosen_when_its_record_is_made(plan_of) -> None:
    text = "app: A\nmetadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: abcd12345678}}\n"
    assert levels(plan_of(text, without(GLOBAL))) == {"consumerKey": RiskLevel.HARMLESS}


def test_without_a_policy_everybody_may_authorize_the_app(plan_of) -> None:
    found = plan_of(f"app: A\n{RESTRICTED}", without(POLICY))
    assert levels(found) == {
        "permittedUsersPolicyType": RiskLevel.LOCKS_OUT,
        "commaSeparatedProfile": RiskLevel.HARMLESS,
    }
    assert widening(found).is_empty


def test_oauth_settings_that_may_be_there_are_no_sign_that_nobody_can_log_in(plan_of) -> None:
    app = ActualApp("A", HEADER_ONLY, unknown=(OAUTH, GLOBAL, POLICY, PLUGINS))
    text = f"app: A\noauth: {{callback_urls: ['https://x.example'], scopes: [api]}}\n{RESTRICTED}"
    assert widening(plan_of(text, app)).is_empty
    assert not widening(plan_of(text, ActualApp("A", HEADER_ONLY))).is_empty


def test_who_gets_a_permission_set_of_an_app_that_everybody_could_use_gains_nothing() -> None:
    assign = Assign("Deployers", "u@x.y")
    key = (POLICY, "permittedUsersPolicyType")
    lists = {name: CLOSED[name] for name in ("commaSeparatedPermissionSet",)}
    restricting = plan(key, "AllSelfAuthorized", CLOSED[key[1]], (assign,), **lists)
    assert access_risk(restricting, assign).level is RiskLevel.HARMLESS
