"""A deploy is refused and names a record that no read had shown: the app is planned again."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from provision.apply.freshness import RecordLearned
from provision.apply.prepare import prepare
from provision.apply.recovery import Attempt, adopting_named_record, learned_records
from provision.apply.run import apply_plan
from provision.apply.steps import Steps
from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.catalogue.field import MetadataType
from provision.errors import ApplyFailed, ExitCode, GateRefused
from provision.org.deploy import DeployMessage, DeployResult
from provision.plan.plan import Action
from provision.render.template import Templates
from tests.apply.test_run import APP, OPEN, assignees, granted
from tests.apps import SCHEMES, app_called
from tests.network import meddling
from tests.orgs import writes

KINDS = (OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, POLICIES)
BLIND = ("empty_listing=yes", "record_queries=no")
SPEC = """
    app: Robot
    oauth: {callback_urls: [https://a.example/new], scopes: [api]}
    policies: {session_timeout: 15 minutes, enabled: false}
"""


def only(metadata_type) -> dict[str, str]:
    """Setup's names, but an odd one for one record."""
    odd = SCHEMES["odd"][metadata_type.name]
    return {**SCHEMES["setup"], metadata_type.name: odd}


def state(work) -> dict[str, Component]:
    work.org.set_quirks()
    return dict(work.org.readable().find_app("Robot").components)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_record_that_a_deploy_names_is_left_unchanged(work, kind) -> None:
    work.org.deploy(*app_called(only(kind)))
    before = state(work)
    work.org.set_quirks(*BLIND)
    org = work.org.writable()
    prepared = work.prepare(SPEC)
    [unknown] = [item for item in prepared.plan.components if item.action is Action.UNKNOWN]
    assert unknown.desired.type is kind
    with pytest.raises(RecordLearned) as raised:
        apply_plan(prepared, org, work.messages.append)
    assert [r.full_name for r in raised.value.records] == [SCHEMES["odd"][kind.name]]
    assert raised.value.exit_code is ExitCode.REFUSED
    found = org.find_app("Robot")  # the org was told where to look
    assert found.components[kind.name] == before[kind.name]
    assert state(work) == before


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_validation_learns_records_too(work, kind) -> None:
    work.org.deploy(*app_called(only(kind)))
    work.org.set_quirks(*BLIND)
    org = work.org.writable()
    with pytest.raises(RecordLearned, match=SCHEMES["odd"][kind.name]):
        Steps(work.prepare(SPEC), org, work.messages.append).validate()


def test_all_records_are_learned_at_once_and_the_next_plan_updates_them(work) -> None:
    work.org.deploy(*app_called(SCHEMES["odd"]))
    before = state(work)
    work.org.set_quirks(*BLIND)
    org = work.org.writable()
    with pytest.raises(RecordLearned) as raised:
        apply_plan(work.prepare(SPEC), org, work.messages.append)
    assert {r.type.name: r.full_name for r in raised.value.records} == SCHEMES["odd"]
    spec = work.spec_of(SPEC)
    anew = prepare(spec, Templates(), org, work.today)
    assert {item.action for item in anew.plan.components} == {Action.UPDATE, Action.NOTHING}
    apply_plan(anew, org, work.messages.append)
    after = state(work)
    assert {kind: item.full_name for kind, item in after.items()} == {
        kind: item.full_name for kind, item in before.items()
    }
    kept = after[OAUTH_POLICIES.name].fields
    assert (kept["startUrl"], kept["sessionTimeoutInMinutes"]) == ("https://kept.example", 15)


def test_what_was_added_before_that_deploy_is_removed_again(work) -> None:
    """Permission sets and assignments come before the deploy that restricts an app."""
    work.org.deploy(*app_called(only(OAUTH_POLICIES)))
    before = state(work)
    work.org.set_quirks(*BLIND)
    with pytest.raises(RecordLearned):
        apply_plan(work.prepare(APP), work.org.writable(), work.messages.append)
    assert state(work) == before
    assert assignees(work) == set()
    assert granted(work) == set()


WIDER = """
    app: Robot
    oauth: {callback_urls: [https://a.example/new], scopes: [api, web]}
    policies:
      permitted_users: admin_approved
      profiles: [System Administrator]
      permission_sets: [{name: Robots, create: true, assign_to: [ci@localorg.example]}]
"""
"""Nothing is validated before: the permission set is made, and then the deploy is refused."""


def approved(kind: MetadataType) -> list[Component]:
    policy = {
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "commaSeparatedProfile": "System Administrator",
    }
    return [
        Component(item.type, item.full_name, {**item.fields, **policy})
        if item.type is OAUTH_POLICIES
        else item
        for item in app_called(only(kind))
    ]


def test_what_was_made_before_the_refused_deploy_is_removed_again(work) -> None:
    work.org.deploy(*approved(GLOBAL_OAUTH_SETTINGS))
    before = state(work)
    work.org.set_quirks(*BLIND)
    with work.org.noting() as noted, pytest.raises(RecordLearned):
        apply_plan(work.prepare(WIDER), work.org.writable(), work.messages.append)
    assert "rest:create:PermissionSet" in writes(noted)
    assert state(work) == before
    assert assignees(work) == set()


def test_what_cannot_be_removed_again_is_named_and_nothing_is_planned_again(work) -> None:
    work.org.deploy(*approved(GLOBAL_OAUTH_SETTINGS))
    work.org.set_quirks(*BLIND)
    work.org.set_faults({"operation": "rest:delete", "kind": "unable_to_lock_row", "times": 0})
    with pytest.raises(ApplyFailed) as raised:
        apply_plan(work.prepare(WIDER), work.org.writable(), work.messages.append)
    assert raised.value.message.startswith("Remains in the org: ")
    assert "permission set Robots of ci@localorg.example (UNABLE_TO_LOCK" in raised.value.message
    odd = SCHEMES["odd"][GLOBAL_OAUTH_SETTINGS.name]
    assert f"stale gate: Robot has {GLOBAL_OAUTH_SETTINGS.name} {odd} in" in raised.value.message
    assert raised.value.next_step.startswith("Run `provision apply` with the spec and this org")


def test_what_others_may_rely_on_is_not_removed_to_plan_again(work) -> None:
    work.org.deploy(*approved(GLOBAL_OAUTH_SETTINGS))
    work.org.set_quirks(*BLIND)
    prepared = work.prepare(WIDER)

    def changed_meanwhile(request):
        """Somebody gives the restricted app to the permission set that this run made."""
        policy = next(c for c in approved(GLOBAL_OAUTH_SETTINGS) if c.type is OAUTH_POLICIES)
        fields = {**policy.fields, "startUrl": "https://colleague.example"}
        work.org.deploy(Component(policy.type, policy.full_name, fields))
        return request.deliver()

    mine = work.org.writable()
    mine.deployer.lock = nullcontext()  # another process does not wait for this one's deploy
    with (
        meddling("POST", "/metadata/deployRequest", changed_meanwhile),
        pytest.raises(ApplyFailed) as raised,
    ):
        apply_plan(prepared, mine, work.messages.append)
    assert raised.value.message.startswith("This run added, and left: permission set Robots")
    assert "It is not taken away: somebody restricted the app since" in raised.value.message
    assert "stale gate: Robot has " in raised.value.message
    assert assignees(work) == {"ci@localorg.example"}


def test_a_record_that_somebody_makes_after_the_plan_is_not_overwritten(work) -> None:
    header, settings, *_ = app_called(SCHEMES["setup"])
    work.org.deploy(header)
    prepared = work.prepare(OPEN)
    planned = {item.component.full_name: item.action for item in prepared.plan.components}
    assert planned[settings.full_name] is Action.CREATE  # the very name that the plan chose
    work.org.deploy(settings)
    with work.org.noting() as noted, pytest.raises(GateRefused, match="was created"):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert writes(noted) == []


def refusing(plan, sent: Component, named: Component, *, created: bool = False) -> Attempt:
    """A deploy of ``sent`` that the org refuses, naming ``named`` as in its way."""
    message = DeployMessage(
        component_type=sent.type.name,
        full_name=sent.full_name,
        file_name="",
        success=False,
        problem=f"ExtlClntAppOauthSettingsId duplicates value on {named.full_name}",
        line=0,
        column=0,
    )
    result = DeployResult("0Af1", "Failed", True, False, "", (message,))
    return Attempt(
        plan,
        (sent,),
        result,
        lambda kind, names: [named] if kind is named.type and named.full_name in names else [],
        created_app=created,
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_record_of_another_app_is_not_mistaken_for_the_apps(work, kind) -> None:
    """An org may name a record that only has a similar name."""
    plan = work.plan(OPEN)
    sent = Component(kind, "Robot_x", {"externalClientApplication": "Robot"})
    others = Component(kind, "Robot_y", {"externalClientApplication": "Other"})
    assert learned_records(refusing(plan, sent, others)) == ()
    own = Component(kind, "Other_y", {"externalClientApplication": "robot"})
    assert learned_records(refusing(plan, sent, own)) == (own,)


def test_the_orgs_own_policy_of_a_new_app_is_adopted(work) -> None:
    plan = work.plan(APP)
    sent = Component(OAUTH_POLICIES, "Robot_x", {"externalClientApplication": "Robot"})
    fields = {"externalClientApplication": "Robot", "startUrl": "https://kept.example"}
    own = Component(OAUTH_POLICIES, "Robot_y", fields)
    attempt = refusing(plan, sent, own, created=True)
    assert learned_records(attempt) == ()
    retry = adopting_named_record(attempt)
    assert retry is not None
    [adopted] = retry.components
    assert adopted.full_name == "Robot_y"
    assert adopted.fields["startUrl"] == "https://kept.example"
    assert adopted.fields["sessionTimeoutInMinutes"] == 15
    assert "Robot_y; adopted" in retry.notice


@pytest.mark.parametrize("created", [False, True])
def test_nothing_of_another_app_is_adopted_either(work, created) -> None:
    sent = Component(OAUTH_POLICIES, "Robot_x", {"externalClientApplication": "Robot"})
    others = Component(OAUTH_POLICIES, "Robot_y", {"externalClientApplication": "Other"})
    attempt = refusing(work.plan(APP), sent, others, created=created)
    assert adopting_named_record(attempt) is None


def test_a_refusal_that_names_no_readable_record_is_final(work) -> None:
    work.org.deploy(*app_called(SCHEMES["setup"]))
    work.org.set_faults(
        {
            "operation": "rest:deployRequest",
            "kind": "component_failure",
            "problem": "duplicate value found: X duplicates value on Nobody",
        }
    )
    with pytest.raises(ApplyFailed, match="duplicates value on Nobody"):
        work.apply(SPEC)
