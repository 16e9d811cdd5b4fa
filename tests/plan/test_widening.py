"""What a plan opens: whom it lets in, and what trips the weakening gate by which threshold."""

import dataclasses

import pytest

from provision.catalogue.catalogue import OAUTH_POLICIES, POLICIES, type_named
from provision.catalogue.component import UNSET, Component
from provision.catalogue.risk import Opening, RiskLevel
from provision.errors import GateName
from provision.plan.facts import ActualApp
from provision.plan.gate import Usage, gates
from provision.plan.plan import Assign, CreatePermissionSet, Plan
from provision.plan.widening import Admission, Widening, access_risk, widening
from provision.rules.threshold import Thresholds
from tests.catalogue.judged_values import BESIDE, LOOSER_AND_STRICTER
from tests.catalogue.test_judgements import FLOWS, named
from tests.plan.app import ORG, changed
from tests.plan.examples import ACTUAL

GLOBAL = "ExtlClntAppGlobalOauthSettings"
OAUTH = "ExtlClntAppOauthSettings"
POLICY = "ExtlClntAppOauthConfigurablePolicies"
PLUGINS = "ExtlClntAppConfigurablePolicies"
SANDBOX = dataclasses.replace(ORG, is_production=False)
CLOSED = {
    "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
    "commaSeparatedProfile": "System Administrator",
    "commaSeparatedPermissionSet": "Deployers",
}


def plan(key, before, after, access=(), **beside) -> Plan:
    """The plan of one field of an existing app, or of several of one record."""
    type_name, name = key
    kind = type_named(type_name)
    had = {**beside, **BESIDE.get(key, {}), name: before}
    actual = Component(kind, "A_x", {n: v for n, v in had.items() if v is not UNSET})
    item = changed(Component(kind, "A_x", {**had, name: after}), actual)
    app = ActualApp("A", {**ACTUAL.components, kind.name: actual})
    return Plan("A", SANDBOX, app, (item,), access)


def tripped(one: Plan, newcomers: int | None = 0, **thresholds) -> list[str]:
    found = gates(one, Usage(known=True), (), Thresholds(**thresholds), newcomers)
    return [gate.reason for gate in found if gate.name is GateName.WEAKENING]


@pytest.mark.parametrize("key", sorted(FLOWS), ids=named)
def test_a_new_flow_asks_by_default(key) -> None:
    looser, stricter = LOOSER_AND_STRICTER[key]
    [reason] = tripped(plan(key, stricter, looser))
    assert reason.startswith("A would get new flows (")
    assert tripped(plan(key, looser, stricter)) == []
    assert tripped(plan(key, stricter, looser), flows=1) == []
    assert tripped(plan(key, stricter, looser), flows=None) == []


ONE = "https://a.example/cb"


@pytest.mark.parametrize(
    ("before", "added", "host"),
    [
        (ONE, "https://evil.example/cb", "https://evil.example"),
        (ONE, "https://sub.a.example/cb", "https://sub.a.example"),
        (ONE, "http://a.example/cb", "http://a.example"),
        (ONE, "myapp://done", "myapp://done"),
        (ONE, "https://a.example@evil.example/", "https://evil.example"),
        (ONE, "https://localhost.evil.example/", "https://localhost.evil.example"),
        (ONE, "http://127.0.0.1.evil.example/", "http://127.0.0.1.evil.example"),
        ("http://localhost:1717/OauthRedirect", ONE, "https://a.example"),
    ],
)
def test_a_foreign_callback_host_asks_by_default(before, added, host) -> None:
    change = plan((GLOBAL, "callbackUrl"), before, f"{before}\n{added}")
    assert tripped(change) == [f"A would get new callback hosts ({host})"]
    assert tripped(change, callback_hosts=1) == []


@pytest.mark.parametrize(
    "added",
    [
        "https://a.example/other",
        "https://A.example:8443/cb",
        "http://localhost:8888/cb",
        "https://localhost/cb",
        "http://127.0.0.1:5000/",
        "http://127.9.9.9/",
        "http://[::1]:5000/",
    ],
)
def test_a_known_host_and_this_computer_are_told_and_no_more(added) -> None:
    change = plan((GLOBAL, "callbackUrl"), ONE, f"{ONE}\n{added}")
    assert change.risk.level is RiskLevel.WEAKENS
    assert added in change.risk.reason
    assert tripped(change) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Api", "Api, Full", "the scope full"),
        ("Api", "Api, Web", "the scope web"),
        ("Api", "Web, Full, Api", "the scopes full, web"),
    ],
)
def test_the_scopes_full_and_web_ask_by_default(before, after, said) -> None:
    change = plan((OAUTH, "commaSeparatedOauthScopes"), before, after)
    assert tripped(change) == [f"A would get {said}"]
    assert tripped(change, scopes=()) == []


def test_another_scope_is_told_and_no_more_unless_the_rules_say_so() -> None:
    change = plan((OAUTH, "commaSeparatedOauthScopes"), "Api", "Api, RefreshToken")
    assert RiskLevel.WEAKENS in change.risk.levels
    assert tripped(change) == []
    assert tripped(change, scopes=("offline_access",)) == ["A would get the scope refresh_token"]
    custom = plan((OAUTH, "commaSeparatedCustomScopes"), "read", "read, write")
    assert tripped(custom) == []
    assert tripped(custom, scopes=("write",)) == ["A would get the scope write"]


def ranges(*pairs):
    return tuple({"startIpAddress": a, "endIpAddress": b} for a, b in pairs)


HOME = ("10.0.0.1", "10.0.0.9")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([HOME], [("0.0.0.0", "255.255.255.255")], "0.0.0.0 to 10.0.0.0"),
        ([HOME], [("10.0.0.1", "10.0.0.10")], "10.0.0.10"),
        ([HOME], [HOME, ("2001:db8::", "2001:db8::ff")], "2001:db8:: to 2001:db8::ff"),
        ([], [HOME], "10.0.0.1 to 10.0.0.9"),
        ([HOME], [HOME, ("here", "there")], "here to there"),
    ],
)
def test_a_wider_ip_range_asks_by_default(before, after, said) -> None:
    change = plan((OAUTH, "trustedIpRanges"), ranges(*before), ranges(*after))
    [reason] = tripped(change)
    assert reason.startswith(f"A would get wider IP ranges ({said}")
    assert tripped(change, ip_ranges=None) == []


@pytest.mark.parametrize(
    "after",
    [
        [("10.0.0.2", "10.0.0.9")],
        [("10.0.0.1", "10.0.0.4"), ("10.0.0.5", "10.0.0.9")],
        [("10.0.0.5", "10.0.0.9"), ("10.0.0.1", "10.0.0.6")],
        [("::ffff:10.0.0.1", "10.0.0.9")],
    ],
)
def test_the_same_or_fewer_addresses_let_nobody_in(after) -> None:
    change = plan((OAUTH, "trustedIpRanges"), ranges(HOME), ranges(*after))
    assert RiskLevel.WEAKENS not in change.risk.levels
    assert tripped(change) == []


def test_a_range_that_cannot_be_read_hides_no_other() -> None:
    before, after = ranges(HOME, ("here", "there")), ranges(("10.0.0.5", "10.0.0.20"), ("a", "b"))
    change = plan((OAUTH, "trustedIpRanges"), before, after)
    assert tripped(change) == ["A would get wider IP ranges (10.0.0.10 to 10.0.0.20, a to b)"]
    assert change.changes[0].risk.closes
    assert "No longer trusted: 10.0.0.1 to 10.0.0.4, here to there." in change.risk.reason


@pytest.mark.parametrize("after", ["Bypass", "Bypass_2factor", "Enforce_RelaxRefresh"])
def test_relaxed_ip_restrictions_count_as_a_wider_range(after) -> None:
    change = plan((POLICY, "ipRelaxationPolicyType"), "Enforce", after)
    assert tripped(change) == ["A would get wider IP ranges (relaxed IP restrictions)"]


CONTROLS = [
    key
    for key, (looser, stricter) in LOOSER_AND_STRICTER.items()
    if not tripped(plan(key, stricter, looser), 0)
]


def test_a_loosened_control_is_told_and_asks_only_if_the_rules_say_so() -> None:
    control = (GLOBAL, "isMtlsEnabled")
    assert control in CONTROLS
    change = plan(control, True, False)
    assert change.risk.level is RiskLevel.WEAKENS
    assert tripped(change, controls=0) == ["A would get loosened controls (isMtlsEnabled)"]


@pytest.mark.parametrize(
    ("newcomers", "asks"), [(0, False), (20, False), (21, True), (214, True), (None, True)]
)
def test_more_than_twenty_newcomers_or_an_unknown_number_ask(newcomers, asks) -> None:
    change = plan((POLICY, "permittedUsersPolicyType"), "AdminApprovedPreAuthorized", UNSET)
    assert bool(tripped(change, newcomers)) is asks
    assert tripped(change, newcomers, users=None) == []
    if newcomers:
        assert tripped(change, newcomers, users=newcomers) == []


def test_the_number_of_newcomers_is_said() -> None:
    change = plan((POLICY, "permittedUsersPolicyType"), "AdminApprovedPreAuthorized", UNSET)
    assert tripped(change, 1214) == [
        "1,214 active users who may not use A now could use it, more than 20"
    ]
    assert tripped(change, 1, users=0) == ["1 active user who may not use A now could use it"]
    assert tripped(change, None) == ["more users may use A, and the org does not tell how many"]


@pytest.mark.parametrize("key", LOOSER_AND_STRICTER, ids=named)
def test_a_new_app_trips_nothing(key) -> None:
    looser, _ = LOOSER_AND_STRICTER[key]
    kind = type_named(key[0])
    item = changed(Component(kind, "A_x", {**BESIDE.get(key, {}), key[1]: looser}), None)
    new = Plan("A", SANDBOX, ActualApp("A"), (item,), (Assign("Deployers", "u@x.y"),))
    assert tripped(new) == []
    assert widening(new).is_empty


def test_new_names_are_admitted_and_those_that_the_plan_makes_are_not() -> None:
    change = plan(
        (POLICY, "commaSeparatedPermissionSet"),
        "Deployers",
        "deployers, Robots, Made",
        (CreatePermissionSet("Made", "Made"), Assign("Made", "u@x.y"), Assign("Other", "v@x.y")),
    )
    found = widening(change)
    assert found.admitted == Admission(permission_sets=("Robots",))
    assert found.assigned == ("u@x.y",)
    assert found.before == Admission(permission_sets=("Deployers",))


def test_self_authorization_admits_everybody_whom_the_lists_did_not() -> None:
    change = plan(
        (POLICY, "permittedUsersPolicyType"),
        "AdminApprovedPreAuthorized",
        "AllSelfAuthorized",
        commaSeparatedProfile="System Administrator",
    )
    found = widening(change)
    assert found.admitted.everybody
    assert found.before == Admission(profiles=("System Administrator",))


@pytest.mark.parametrize("name", ["isEnabled", "isOauthPluginEnabled"])
def test_switching_an_app_on_admits_whom_its_policy_permits(name) -> None:
    change = plan((PLUGINS, name), False, True)
    found = widening(change)
    assert found.before.is_empty
    assert found.admitted.everybody  # the policy of the example is self-authorization


def test_an_app_that_everybody_may_authorize_cannot_be_widened() -> None:
    change = plan(
        (POLICY, "commaSeparatedProfile"),
        "A",
        "A, B",
        (Assign("Deployers", "u@x.y"),),
    )
    policy = change.actual.components[POLICY]
    open_policy = Component(
        OAUTH_POLICIES, "A_x", {**policy.fields, "permittedUsersPolicyType": "AllSelfAuthorized"}
    )
    opened = dataclasses.replace(
        change, actual=ActualApp("A", {**change.actual.components, POLICY: open_policy})
    )
    assert widening(opened).is_empty
    assert access_risk(opened, opened.access[0]).level is RiskLevel.HARMLESS


def test_an_assignment_weakens_unless_its_user_may_use_the_app_already() -> None:
    assign = Assign("Robots", "u@x.y")
    change = plan(
        (POLICY, "commaSeparatedPermissionSet"), "Deployers", "Deployers, Robots", (assign,)
    )
    risk = access_risk(change, assign)
    assert [each.opening for each in risk.opened] == [Opening.PERMISSION_SET]
    assert (risk.level, risk.reason) == (RiskLevel.WEAKENS, "u@x.y may then use A")
    insider = dataclasses.replace(assign, is_insider=True)
    assert access_risk(change, insider).level is RiskLevel.HARMLESS
    assert access_risk(change, Assign("Other", "u@x.y")).level is RiskLevel.HARMLESS


HEADER_ONLY = {"ExternalClientApplication": ACTUAL.components["ExternalClientApplication"]}
FIRST = "app: A\noauth: {callback_urls: ['https://x.example/cb'], scopes: [api, full]}\n"


def test_the_first_oauth_records_of_an_existing_app_open_it_and_refuse_nobody(plan_of) -> None:
    text = f"{FIRST}policies: {{permitted_users: admin_approved, profiles: [System Administrator]}}"
    change = plan_of(text, ActualApp("A", HEADER_ONLY))
    assert tripped(change) == [
        "A would get new callback hosts (https://x.example)",
        "A would get the scope full",
    ]
    assert widening(change).admitted == Admission(profiles=("System Administrator",))
    assert {c.risk.level for c in change.changes} <= {RiskLevel.HARMLESS, RiskLevel.WEAKENS}


def test_a_record_that_may_be_there_is_judged_once_it_is_known(plan_of) -> None:
    types = (OAUTH, GLOBAL, POLICY, PLUGINS)
    change = plan_of(FIRST, ActualApp("A", HEADER_ONLY, unknown=types))
    assert tripped(change) == []
    assert {c.risk.level for c in change.changes} == {RiskLevel.HARMLESS}


def test_a_record_that_an_existing_app_lacks_is_judged_by_the_orgs_defaults(plan_of) -> None:
    assert POLICIES.name not in ACTUAL.components
    change = plan_of("app: A\nmetadata: {ExtlClntAppConfigurablePolicies: {isEnabled: false}}\n")
    [off] = change.changes
    assert off.risk.level is RiskLevel.LOCKS_OUT


@pytest.mark.parametrize(
    ("one", "other", "everybody"),
    [(True, False, True), (False, True, True), (False, False, False)],
)
def test_two_admissions_together_let_in_whom_either_does(one, other, everybody) -> None:
    joined = Admission(one, ("A",), ("X",)).joined(Admission(other, ("B",), ("Y",)))
    assert joined == Admission(everybody, ("A", "B"), ("X", "Y"))


def test_beyond_a_limit_of_one_the_limit_is_said() -> None:
    change = plan((GLOBAL, "isCodeCredFlowEnabled"), False, True)
    assert tripped(change, flows=0) == ["A would get new flows (the code and credentials flow)"]
    two = dataclasses.replace(
        change,
        components=(
            *change.components,
            *plan((GLOBAL, "isClientCredentialsFlowEnabled"), False, True).components,
        ),
    )
    [reason] = tripped(two, flows=1)
    assert reason.endswith("), more than 1")


def test_who_was_admitted_before_is_told_where_nothing_widens() -> None:
    new = Plan("A", SANDBOX, ActualApp("A"), ())
    assert widening(new) == Widening(Admission(), Admission())
    same = plan((POLICY, "commaSeparatedProfile"), "A", "A, B")
    policy = dataclasses.replace(
        same.actual.components[POLICY], fields={"permittedUsersPolicyType": "AllSelfAuthorized"}
    )
    everybody = dataclasses.replace(
        same, actual=ActualApp("A", {**same.actual.components, POLICY: policy})
    )
    assert widening(everybody) == Widening(Admission(), Admission(everybody=True))
