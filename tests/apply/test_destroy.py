"""Destroy: what goes, what stays, and the check that the app is gone."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provision.apply.destroy import check_removals, destroy_app, prepare_removal
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.errors import ApplyFailed, ExitCode, GateName, GateRefused
from provision.org.written import Outcome
from tests.apply.test_run import APP, OPEN
from tests.orgs import writes


def removal(work, text=APP):
    return prepare_removal(work.spec_of(text), work.org.readable())


def destroy(work, text=APP) -> None:
    destroy_app(removal(work, text), work.org.writable(), work.messages.append)


def test_the_removal_shows_what_goes_and_what_stays(work) -> None:
    key = work.apply(APP).consumer_key
    work.prove(APP)
    with work.org.noting() as noted:
        shown = removal(work)
    assert writes(noted) == []
    assert shown.profiles == ("System Administrator",)
    assert shown.permission_sets == ("Robots",)
    assert shown.consumer_key == key
    assert shown.tokens == shown.users == 1
    assert shown.stays == ("permission set Robots",)


def test_one_deploy_deletes_the_app_and_everything_of_its_own(work) -> None:
    work.apply(APP)
    work.apply(OPEN.replace("Robot", "Other"))
    with work.org.noting() as noted:
        destroy(work)
    assert writes(noted) == ["rest:deployRequest"]
    assert noted[-2:] == ["soap:readMetadata", "rest:query"]
    org = work.org.readable()
    assert not org.find_app("Robot").exists
    assert org.find_app("Other").exists
    assert all("Robot" not in name for name in org.metadata.names([GLOBAL_OAUTH_SETTINGS])
               [GLOBAL_OAUTH_SETTINGS.name])  # fmt: skip
    assert "Robots" in org.access.permission_set_names()


def test_an_app_that_is_created_again_has_a_new_key(work) -> None:
    key = work.apply(APP).consumer_key
    destroy(work)
    assert work.apply(APP).consumer_key not in {"", key}


def test_only_its_own_flag_lifts_the_gate(work) -> None:
    work.apply(APP)
    shown = [removal(work)]
    for allowed in (frozenset(), frozenset(GateName) - {GateName.IRREVERSIBLE}):
        with pytest.raises(GateRefused, match="goes for good") as raised:
            check_removals(shown, allowed)
        assert raised.value.exit_code is ExitCode.REFUSED
        assert "--allow irreversible" in raised.value.next_step
    check_removals(shown, frozenset({GateName.IRREVERSIBLE}))


def test_a_session_of_the_app_itself_trips_the_lockout_gate(work) -> None:
    key = work.apply(APP).consumer_key
    org = work.org.readable()
    session = dataclasses.replace(org.session, client_id=key)
    shown = prepare_removal(work.spec_of(APP), dataclasses.replace(org, session=session))
    with pytest.raises(GateRefused, match="this session came from Robot itself"):
        check_removals([shown], frozenset({GateName.IRREVERSIBLE}))


def test_an_absent_app_has_nothing_to_destroy(work) -> None:
    with work.org.noting() as noted:
        shown = removal(work)
    assert shown.is_empty
    assert shown.gates == ()
    assert "rest:deployRequest" not in noted


def test_a_spec_that_names_it_in_another_case_means_the_same_app(work) -> None:
    work.apply(APP)
    destroy(work, APP.replace("app: Robot", "app: robot"))
    assert not work.org.readable().find_app("Robot").exists


def test_a_refused_delete_leaves_the_app_and_says_why(work) -> None:
    work.apply(APP)
    shown = removal(work)
    org = work.org.writable()
    work.org.set_quirks("deploy_polls=1000")
    with pytest.raises(ApplyFailed, match="did not delete Robot within 30 seconds") as raised:
        destroy_app(shown, dataclasses.replace(org, deploy_wait=30), work.messages.append)
    assert "--deploy-wait" in raised.value.message
    assert "Canceled" in raised.value.message
    assert "refused" not in raised.value.message
    assert "The app is as before." in raised.value.message
    assert work.org.readable().find_app("Robot").exists


def test_an_app_that_changed_while_destroy_waited_is_not_deleted(work) -> None:
    """Another run's deploy is waited for, and changes the app: the check comes after the wait."""
    work.apply(APP)
    shown, org = removal(work), work.org.writable()

    @contextmanager
    def another_deploy() -> Iterator[None]:
        work.apply(APP.replace("15 minutes", "10 minutes"))
        yield

    org.deployer.lock = another_deploy()
    notes = []
    with work.org.noting() as noted, pytest.raises(GateRefused, match="stale gate"):
        destroy_app(shown, org, work.messages.append, lambda *note: notes.append(note))
    assert writes(noted) == ["rest:deployRequest"]  # the other run's
    assert [outcome for _, outcome in notes] == [Outcome.INTENDED, Outcome.NOT_MADE]
    assert work.org.readable().find_app("Robot").exists
