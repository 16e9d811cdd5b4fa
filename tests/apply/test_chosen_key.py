"""`oauth.consumer_key: generate`, in orgs that accept a chosen key and in those that do not."""

import re

import pytest

from provision.apply.recovery import random_key
from provision.apply.steps import Steps
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
)
from provision.catalogue.component import Component
from provision.errors import ApplyFailed
from tests.apply.test_run import APP, OPEN
from tests.orgs import writes

CHOSEN = re.compile(r"[A-Za-z][A-Za-z0-9]{63}")
APP_KEY = APP.replace("    oauth:\n", "    oauth:\n      consumer_key: generate\n")
OPEN_KEY = OPEN.replace("oauth: {", "oauth: {consumer_key: generate, ")
TAKEN = {
    "operation": "rest:deployRequest",
    "kind": "component_failure",
    "component": "Robot_glbloauth",
    "problem": "The consumer key is already taken.",
}


def test_no_two_keys_are_alike_and_none_looks_like_one_of_the_orgs() -> None:
    keys = {random_key() for _ in range(500)}
    assert len(keys) == 500
    assert all(map(CHOSEN.fullmatch, keys))


def test_a_new_app_gets_a_chosen_key_and_somebody_logs_in_with_it(work) -> None:
    applied = work.apply(APP_KEY)
    assert CHOSEN.fullmatch(applied.consumer_key)
    assert applied.notices == ()
    assert work.org.readable().find_app("Robot").consumer_key == applied.consumer_key
    assert work.prove(APP_KEY).username == "admin@localorg.example"


def test_without_generate_the_org_mints_the_key(work) -> None:
    assert not work.plan(OPEN).chooses_consumer_key
    assert work.apply(OPEN).consumer_key.startswith("3MVG9")


def test_a_second_apply_writes_nothing_and_keeps_the_key(work) -> None:
    key = work.apply(OPEN_KEY).consumer_key
    with work.org.noting() as noted:
        again = work.apply(OPEN_KEY)
    assert again.plan.is_empty
    assert not again.plan.chooses_consumer_key
    assert (writes(noted), again.consumer_key, again.notices) == ([], key, ())


def test_the_key_of_an_existing_app_is_neither_drift_nor_changed(work) -> None:
    key = work.apply(OPEN).consumer_key
    assert work.plan(OPEN_KEY).is_empty
    change = OPEN_KEY.replace("robot.example", "other.example")
    assert not work.plan(change).chooses_consumer_key
    applied = work.apply(change)
    assert (applied.consumer_key, applied.notices) == (key, ())


def test_two_apps_get_different_keys(work) -> None:
    keys = [work.apply(OPEN_KEY.replace("Robot", name)).consumer_key for name in ("One", "Two")]
    assert all(map(CHOSEN.fullmatch, keys))
    assert keys[0] != keys[1]


def test_an_app_that_gets_its_oauth_settings_now_gets_a_chosen_key(work) -> None:
    fields = {"contactEmail": "ops@example.com"}
    work.org.deploy(Component(EXTERNAL_CLIENT_APPLICATION, "Robot", fields))
    plan = work.plan(OPEN_KEY)
    assert not plan.creates_app
    assert plan.chooses_consumer_key
    applied = work.apply(OPEN_KEY)
    assert CHOSEN.fullmatch(applied.consumer_key)
    assert work.plan(OPEN_KEY).is_empty


def test_the_key_is_in_no_plan(work) -> None:
    plan = work.plan(OPEN_KEY)
    assert plan == work.plan(OPEN_KEY)
    [settings] = [item for item in plan.deployed if item.type is GLOBAL_OAUTH_SETTINGS]
    assert "consumerKey" not in settings.fields


def test_a_refused_choice_falls_back_to_the_orgs_own_key_with_a_notice(work) -> None:
    work.org.set_quirks("consumer_key_on_create=refused")
    applied = work.apply(APP_KEY)
    assert applied.consumer_key.startswith("3MVG9")
    [notice] = applied.notices
    assert "refuses a chosen consumer key (You can't set consumerKey" in notice
    assert work.prove(APP_KEY).username == "admin@localorg.example"
    assert work.plan(APP_KEY).is_empty


def test_an_ignored_choice_is_a_notice_without_a_next_step(work) -> None:
    work.org.set_quirks("consumer_key_on_create=ignored")
    applied = work.apply(APP_KEY)
    assert applied.consumer_key.startswith("3MVG9")
    [notice] = applied.notices
    assert "ignored the consumer key that was chosen, and minted its own" in notice
    assert "out of the spec" not in notice
    assert work.plan(APP_KEY).is_empty


@pytest.mark.parametrize("choice", ["accepted", "refused", "ignored"])
def test_a_chosen_key_works_in_a_deploy_in_two_phases(work, choice) -> None:
    work.org.set_quirks("two_phase_deploy=required", f"consumer_key_on_create={choice}")
    key = work.apply(APP_KEY).consumer_key
    assert bool(CHOSEN.fullmatch(key)) is (choice == "accepted")
    assert work.plan(APP_KEY).is_empty


def test_another_key_is_tried_if_one_is_taken(work) -> None:
    work.org.set_faults({**TAKEN, "times": 2})
    with work.org.noting() as noted:
        applied = work.apply(OPEN_KEY)
    assert writes(noted).count("rest:deployRequest") == 3
    assert CHOSEN.fullmatch(applied.consumer_key)
    assert len(applied.notices) == 2
    assert all("already taken.); another one is tried" in notice for notice in applied.notices)


def test_an_org_that_finds_every_key_taken_mints_its_own(work) -> None:
    work.org.set_faults({**TAKEN, "times": 3})
    applied = work.apply(OPEN_KEY)
    assert applied.consumer_key.startswith("3MVG9")
    assert "it mints its own" in applied.notices[-1]


def test_an_org_that_refuses_every_deploy_does_not_have_the_app(work) -> None:
    work.org.set_faults({**TAKEN, "times": 0})
    with pytest.raises(ApplyFailed, match="already taken"):
        work.apply(OPEN_KEY)
    work.org.set_faults()
    assert not work.org.readable().find_app("Robot").exists


def test_a_validation_is_sent_without_a_key(work) -> None:
    """So that there is nothing to refuse, and nothing to send again, where keys are refused."""
    work.org.set_quirks("consumer_key_on_create=refused")
    steps = Steps(work.prepare(OPEN_KEY), work.org.writable(), work.messages.append)
    with work.org.noting() as noted:
        steps.validate()
    assert noted.count("rest:deployRequest") == 1
    assert steps.deployment.notices == []
    assert writes(noted) == []


def test_a_restriction_that_brings_the_settings_is_validated_and_gets_a_key(work) -> None:
    fields = {"contactEmail": "ops@example.com"}
    work.org.deploy(Component(EXTERNAL_CLIENT_APPLICATION, "Robot", fields))
    with work.org.noting() as noted:
        applied = work.apply(APP_KEY)
    assert applied.plan.tightens
    assert noted.index("rest:deployRequest") < noted.index("!rest:deployRequest")
    assert CHOSEN.fullmatch(applied.consumer_key)
