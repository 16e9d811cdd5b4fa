"""How many round trips come one after the other while an app is read."""

import dataclasses

from provision.catalogue.catalogue import CORE_TYPES, OAUTH_SETTINGS
from provision.org.pool import Pool
from provision.plan.facts import ActualApp
from tests.apply.test_requests import foreign_app
from tests.apply.test_run import APP
from tests.waves import in_waves


def test_an_app_and_the_names_of_its_spec_are_read_in_two_round_trips(work, monkeypatch) -> None:
    work.apply(APP)
    # Header, OAuth settings, names, who holds what; then the other three components, and the list
    # of records that provision does not manage.
    with in_waves(monkeypatch, 4, 4):
        assert work.plan(APP).is_empty


def test_an_absent_app_is_seen_in_two_round_trips(work, monkeypatch) -> None:
    with in_waves(monkeypatch, 4, 1):
        assert work.plan(APP).creates_app


def test_another_naming_scheme_costs_one_more_round_trip(work, monkeypatch) -> None:
    work.org.deploy(*foreign_app("App1", "Odd1_"))
    with in_waves(monkeypatch, 2, 3, 4):  # header and a guess; the lists; the components
        assert len(work.org.readable().find_app("App1").components) == len(CORE_TYPES)


def test_what_is_written_is_read_back_in_one_round_trip(work, monkeypatch) -> None:
    written = work.apply(APP).actual
    with in_waves(monkeypatch, len(CORE_TYPES)):
        assert work.org.readable().read_back(written, {}) == written


def test_settings_with_an_unexpected_name_are_found_when_read_back(work) -> None:
    work.org.deploy(*foreign_app("App1", "Odd1_"))
    org = work.org.readable()
    whole = org.find_app("App1")
    known = {kind: found for kind, found in whole.components.items() if kind != OAUTH_SETTINGS.name}
    assert org.read_back(ActualApp("App1", known), {}) == whole


def test_reads_one_at_a_time_find_the_same_with_as_many_calls(work) -> None:
    work.apply(APP)
    org = work.org.readable()
    with work.org.noting() as at_once:
        found = org.find_app("Robot")
    with work.org.noting() as one_by_one:
        again = dataclasses.replace(org, pool=Pool(1)).find_app("Robot")
    assert again == found
    assert sorted(one_by_one) == sorted(at_once)
