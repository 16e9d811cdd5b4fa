"""What sources disagree on: apply works with either setting of each switch."""

import pytest

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import Component
from provision.errors import ApplyFailed
from tests.apply.test_run import APP, OPEN, granted
from tests.orgs import writes

KEY = "    metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: chosenKey12345}}\n"


def test_a_chosen_consumer_key_is_used_if_the_org_accepts_it(work) -> None:
    applied = work.apply(OPEN + KEY)
    assert applied.consumer_key == "chosenKey12345"
    assert applied.notices == ()
    assert work.plan(OPEN + KEY).is_empty


@pytest.mark.parametrize("choice", ["refused", "ignored"])
def test_the_org_mints_its_own_key_if_it_does_not_accept_a_chosen_one(work, choice) -> None:
    work.org.set_quirks(f"consumer_key_on_create={choice}")
    applied = work.apply(OPEN + KEY)
    assert applied.consumer_key.startswith("3MVG9")
    assert any("its own" in notice for notice in applied.notices)


@pytest.mark.parametrize("semantics", ["replace", "add", "add_refusing_known"])
def test_lists_converge_whether_the_org_replaces_them_or_adds(work, semantics) -> None:
    work.org.set_quirks(f"permission_lists={semantics}")
    work.apply(APP)
    longer = APP.replace("[System Administrator]", "[System Administrator, Standard User]")
    work.apply(longer)
    assert granted(work) == {"System Administrator", "Standard User", "Robots"}
    assert work.plan(longer).is_empty
    other = APP.replace("[System Administrator]", "[Standard User]")
    work.apply(other)
    assert granted(work) == {"Standard User", "Robots"}
    assert work.plan(other).is_empty


@pytest.mark.parametrize("semantics", ["replace", "add", "add_refusing_known"])
def test_an_existing_app_can_be_restricted_under_all_list_semantics(work, semantics) -> None:
    work.org.set_quirks(f"permission_lists={semantics}")
    work.apply(OPEN)
    work.apply(APP)
    assert granted(work) == {"System Administrator", "Robots"}
    assert work.plan(APP).is_empty


def test_another_field_can_change_if_known_names_are_refused(work) -> None:
    work.org.set_quirks("permission_lists=add_refusing_known")
    work.apply(APP)
    applied = work.apply(APP.replace("15 minutes", "20 minutes"))
    assert applied.actual.components[OAUTH_POLICIES.name].fields["sessionTimeoutInMinutes"] == 20
    assert granted(work) == {"System Administrator", "Robots"}


def test_a_certificate_that_the_org_keeps_fails_the_apply(work) -> None:
    work.org.set_quirks("omitted_certificate=kept")
    work.apply(APP)
    with pytest.raises(ApplyFailed, match=r"did not take:\n.*certificate"):
        work.apply("app: Robot\noauth: {jwt_bearer: null}\n")


def test_pkce_that_the_org_forces_fails_the_apply(work) -> None:
    work.org.set_quirks("pkce_sticky=sticky")
    with pytest.raises(ApplyFailed, match="isPkceRequired: wanted False, the org has True"):
        work.apply(OPEN.replace("oauth: {", "oauth: {pkce_required: false, "))


def test_pkce_can_be_switched_off_if_the_org_allows_it(work) -> None:
    work.org.set_quirks("pkce_sticky=honoured")
    text = OPEN.replace("oauth: {", "oauth: {pkce_required: false, ")
    work.apply(text)
    assert work.plan(text).is_empty


def test_an_org_that_needs_the_app_first_gets_two_deploys(work) -> None:
    work.org.set_quirks("two_phase_deploy=required")
    with work.org.noting() as noted:
        applied = work.apply(APP)
    assert writes(noted).count("rest:deployRequest") == 3  # refused, the app, the rest
    assert any("two deploys" in notice for notice in applied.notices)
    assert work.plan(APP).is_empty


def test_an_org_without_deploys_over_rest_gets_them_over_soap(work) -> None:
    work.org.set_quirks("rest_deploy=refused")
    with work.org.noting() as noted:
        work.apply(OPEN)
        work.apply(APP)
    assert "!soap:deploy" in noted
    assert work.plan(APP).is_empty


def test_a_failure_over_soap_keeps_the_components_message(work) -> None:
    work.org.set_quirks("rest_deploy=refused")
    work.apply(OPEN.replace("Robot", "Other") + KEY)
    with pytest.raises(ApplyFailed, match=r"Settings Robot_glbloauth: .*taken"):
        work.apply(OPEN + KEY)


@pytest.mark.parametrize("names", ["metadata", "setup"])
def test_policies_that_the_org_made_are_found_under_either_naming(work, names) -> None:
    work.org.set_quirks(f"policy_names={names}")
    work.apply(OPEN)
    text = OPEN + "    policies: {session_timeout: 15 minutes, enabled: true}\n"
    plan = work.plan(text)
    assert [item.action.value for item in plan.components if item.changes] == ["update"]
    work.apply(text)
    assert work.plan(text).is_empty


def test_a_policy_that_no_listing_shows_is_found_by_query_and_keeps_its_fields(work) -> None:
    parent = {"externalClientApplication": "Robot"}
    work.org.deploy(
        Component(EXTERNAL_CLIENT_APPLICATION, "Robot", {"contactEmail": "a@example.com"}),
        Component(OAUTH_SETTINGS, "Robot_oauth", {**parent, "commaSeparatedOauthScopes": "Api"}),
        Component(GLOBAL_OAUTH_SETTINGS, "Robot_glbloauth", {**parent}),
        Component(
            OAUTH_POLICIES,
            "Hidden_Name",
            {**parent, "startUrl": "https://kept.example", "sessionTimeoutInMinutes": 60},
        ),
    )
    work.org.set_quirks("empty_listing=yes")
    text = "app: Robot\noauth: {scopes: [api]}\npolicies: {session_timeout: 15 minutes}\n"
    assert work.apply(text).notices == ()
    work.org.set_quirks()
    policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    assert policy.full_name == "Hidden_Name"
    assert policy.fields["sessionTimeoutInMinutes"] == 15
    assert policy.fields["startUrl"] == "https://kept.example"


def test_a_slow_deploy_is_waited_for(work) -> None:
    work.org.set_quirks("deploy_polls=4")
    work.apply(OPEN)
    assert len(work.org.clock.slept) >= 4


def test_an_empty_listing_does_not_show_that_an_app_is_absent(work) -> None:
    work.apply(OPEN)
    work.org.set_quirks("empty_listing=yes")
    assert work.plan(OPEN).is_empty
