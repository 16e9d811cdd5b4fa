"""What is deployed instead when an org refuses a deploy for a known reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from provision.apply.recovery import (
    Attempt,
    adopting_named_record,
    first_phase,
    with_another_key,
    with_random_key,
    without_known_names,
    without_refused_key,
)
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.catalogue.field import MetadataType
from provision.org.deploy import DeployMessage, DeployResult

POLICY = "Robot_oauthPlcy"


def policy(**fields: str | int) -> Component:
    return Component(OAUTH_POLICIES, POLICY, {"externalClientApplication": "Robot", **fields})


def failed(kind: MetadataType, full_name: str, problem: str) -> DeployResult:
    message = DeployMessage(
        component_type=kind.name,
        full_name=full_name,
        file_name="",
        success=False,
        problem=problem,
        line=0,
        column=0,
    )
    return DeployResult(
        id="0Af1",
        status="Failed",
        done=True,
        success=False,
        error_message="",
        messages=(message,),
    )


def refusing(plan, sent: Component, in_the_org: Component) -> Attempt:
    result = failed(OAUTH_POLICIES, POLICY, "profile names are already taken")

    def read(metadata_type: MetadataType, names: Sequence[str]) -> list[Component]:
        return [in_the_org] if metadata_type is OAUTH_POLICIES and POLICY in names else []

    return Attempt(plan, (sent,), result, read)


def test_a_list_with_nothing_new_is_left_out_and_not_sent_empty(work) -> None:
    """An empty element would clear the list in an org that replaces lists."""
    plan = work.plan("app: Robot\ncontact_email: a@example.com\noauth: {scopes: [api]}\n")
    sent = policy(
        commaSeparatedProfile="Standard User", commaSeparatedPermissionSet="Robots,New,Newer"
    )
    known = policy(commaSeparatedProfile="standard user", commaSeparatedPermissionSet="Robots")
    retry = without_known_names(refusing(plan, sent, known))
    assert retry is not None
    [reduced] = retry.components
    assert "commaSeparatedProfile" not in reduced.fields
    assert reduced.fields["commaSeparatedPermissionSet"] == "New,Newer"
    assert retry.notice == (
        "the org adds to lists of names, and refuses those that it has; only new ones were sent"
    )


APP = "app: Robot\ncontact_email: a@example.com\noauth: {scopes: [api]}\n"
ALL = (EXTERNAL_CLIENT_APPLICATION, OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, POLICIES)
SENT = tuple(Component(kind, f"Robot_{kind.suffix}", {}) for kind in ALL)
NO_PARENT = "In field: externalClientApplication - no ExternalClientApplication named Robot found"
SECOND = "duplicate value found: Field duplicates value on 'Robot_policy'."


def nothing_there(kind: MetadataType, names: Sequence[str]) -> list[Component]:
    return []


def phase(plan, sent, problem: str, read=nothing_there) -> list[MetadataType]:
    result = failed(OAUTH_POLICIES, POLICY, problem)
    return [item.type for item in first_phase(plan, sent, result, read)]


def test_the_app_is_deployed_first_if_its_components_need_it(work) -> None:
    assert phase(work.plan(APP), SENT, NO_PARENT) == [EXTERNAL_CLIENT_APPLICATION]


@pytest.mark.parametrize(
    "sent", [SENT[1:], SENT[:1]], ids=["the app is there", "the app alone was refused"]
)
def test_there_is_no_first_phase_if_no_part_can_go_first(work, sent) -> None:
    assert phase(work.plan(APP), sent, NO_PARENT) == []
    assert phase(work.plan(APP), sent, SECOND) == []


def test_another_refusal_does_not_lead_to_two_phases(work) -> None:
    assert phase(work.plan(APP), SENT, "Required field is missing: contactEmail") == []


@pytest.mark.parametrize("sent", [SENT, SENT[:2] + SENT[3:4]])
def test_policies_that_the_org_creates_itself_come_in_the_second_phase(work, sent) -> None:
    first = [item.type for item in sent if item.type not in (OAUTH_POLICIES, POLICIES)]
    assert phase(work.plan(APP), sent, SECOND) == first


def test_without_policies_there_is_no_second_phase(work) -> None:
    assert phase(work.plan(APP), SENT[:3], SECOND) == []


@pytest.mark.parametrize("kind", [OAUTH_POLICIES, POLICIES])
def test_a_policy_that_can_be_read_existed_and_does_not_lead_to_two_phases(work, kind) -> None:
    def read(asked: MetadataType, names: Sequence[str]) -> list[Component]:
        parent = {"externalClientApplication": "robot"}
        there = Component(kind, "Robot_policy", parent)
        return [there] if asked is kind and list(names) == ["Robot_policy"] else []

    assert phase(work.plan(APP), SENT, SECOND, read) == []


def test_a_policy_of_another_app_is_ignored(work) -> None:
    def read(kind: MetadataType, names: Sequence[str]) -> list[Component]:
        return [Component(kind, "Robot_policy", {"externalClientApplication": "Other"})]

    assert phase(work.plan(APP), SENT, SECOND, read) != []


def keyed(plan, problem: str, *, tries: int = 1, kind=GLOBAL_OAUTH_SETTINGS) -> Attempt:
    fields = {
        "consumerKey": "Chosen1",
        "consumerSecret": "Hush1",
        "callbackUrl": "https://a.example",
    }
    sent = (SENT[0], Component(GLOBAL_OAUTH_SETTINGS, "Robot_glbloauth", fields))
    return Attempt(plan, sent, failed(kind, "Robot_glbloauth", problem), nothing_there, tries=tries)


def test_neither_key_nor_secret_is_sent_if_the_org_mints_the_key(work) -> None:
    retry = without_refused_key(keyed(work.plan(APP), "You cannot set the consumer key"))
    assert retry is not None
    assert dict(retry.components[1].fields) == {"callbackUrl": "https://a.example"}
    assert retry.components[0] == SENT[0]


def test_a_key_from_the_spec_that_is_taken_is_not_replaced(work) -> None:
    attempt = keyed(work.plan(APP), "The consumer key is already taken")
    assert without_refused_key(attempt) is None
    assert with_another_key(attempt) is None  # the spec asks for this one


def test_a_refusal_of_another_component_does_not_drop_the_key(work) -> None:
    attempt = keyed(work.plan(APP), "You cannot set the consumer key", kind=OAUTH_SETTINGS)
    assert without_refused_key(attempt) is None


def test_after_three_keys_the_org_mints_its_own(work) -> None:
    plan = work.plan(APP.replace("scopes: [api]", "scopes: [api], consumer_key: generate"))
    problem = "The consumer key is already in use"
    again = with_another_key(keyed(plan, problem, tries=2))
    assert again is not None
    assert again.components[1].fields["consumerKey"] != "Chosen1"
    last = with_another_key(keyed(plan, problem, tries=3))
    assert last is not None
    assert "consumerKey" not in last.components[1].fields


def test_an_adopted_policy_replaces_only_the_one_that_was_sent(work) -> None:
    plan = work.plan(APP + "policies: {session_timeout: 15 minutes}\n")
    there = policy(startUrl="https://kept.example")
    sent = (Component(OAUTH_SETTINGS, "Robot_oauth", {}), policy(sessionTimeoutInMinutes=15))
    problem = f"duplicate value found: Field duplicates value on '{POLICY}'."
    attempt = Attempt(
        plan,
        sent,
        failed(OAUTH_POLICIES, POLICY, problem),
        lambda kind, names: [there] if list(names) == [POLICY] else [],
        created_app=True,
    )
    retry = adopting_named_record(attempt)
    assert retry is not None
    assert retry.components[0] == sent[0]
    assert retry.components[1].fields["startUrl"] == "https://kept.example"
    assert retry.components[1].fields["sessionTimeoutInMinutes"] == 15
    assert retry.notice == f"the app's {OAUTH_POLICIES.name} is {POLICY}; adopted"


def adopting(plan, *failures: tuple[MetadataType, str, str]) -> Attempt:
    """A deploy of a policy that the org refuses with all these messages at once."""
    messages = [failed(*failure).messages[0] for failure in failures]
    result = dataclasses.replace(failed(*failures[0]), messages=tuple(messages))
    there = policy(startUrl="https://kept.example")
    sent = (Component(OAUTH_SETTINGS, "Robot_oauth", {}), policy(sessionTimeoutInMinutes=15))
    return Attempt(plan, sent, result, lambda _kind, _names: [there], created_app=True)


RESTRICTED = APP + "policies: {session_timeout: 15 minutes}\n"
DUPLICATE = f"duplicate value found: Field duplicates value on {POLICY}"


def test_a_message_about_something_else_hides_no_record(work) -> None:
    attempt = adopting(
        work.plan(RESTRICTED),
        (OAUTH_SETTINGS, "Robot_oauth", "Required field is missing"),
        (OAUTH_POLICIES, POLICY, DUPLICATE),
    )
    assert adopting_named_record(attempt) is not None


@pytest.mark.parametrize(
    ("kind", "full_name"),
    [(OAUTH_POLICIES, "Robot_other"), (OAUTH_SETTINGS, POLICY)],
    ids=["another name", "another type"],
)
def test_a_message_about_what_was_not_sent_names_no_record(work, kind, full_name) -> None:
    attempt = adopting(work.plan(RESTRICTED), (kind, full_name, DUPLICATE))
    assert adopting_named_record(attempt) is None


def test_a_record_of_a_type_that_the_plan_does_not_have_is_not_adopted(work) -> None:
    plan = dataclasses.replace(work.plan(RESTRICTED), components=())
    attempt = adopting(plan, (OAUTH_POLICIES, POLICY, DUPLICATE))
    assert adopting_named_record(attempt) is None


def test_a_random_key_goes_to_the_record_that_has_one_and_to_no_other() -> None:
    header = Component(EXTERNAL_CLIENT_APPLICATION, "Robot", {"label": "Robot"})
    settings, other = Component(GLOBAL_OAUTH_SETTINGS, "Robot_g", {}), policy()
    first, keyed, last = with_random_key((header, settings, other))
    assert (first, last) == (header, other)
    assert keyed.fields["consumerKey"]


def test_a_name_that_ends_in_a_letter_keeps_it(work) -> None:
    named = Component(OAUTH_POLICIES, "RobotX", {"externalClientApplication": "Robot"})
    problem = "duplicate value found: Field duplicates value on 'RobotX'."
    attempt = Attempt(
        work.plan(RESTRICTED),
        (policy(),),
        failed(OAUTH_POLICIES, POLICY, problem),
        lambda _kind, names: [named] if list(names) == ["RobotX"] else [],
        created_app=True,
    )
    retry = adopting_named_record(attempt)
    assert retry is not None
    assert retry.components[0].full_name == "RobotX"
