"""An app's records are found whatever they are called, and none of another app's is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.errors import ExitCode, OrgRefused
from tests.apps import SCHEMES, app_called
from tests.orgs import OrgUnderTest, org_under_test

SATELLITES = {kind.name for kind in CORE_TYPES} - {EXTERNAL_CLIENT_APPLICATION.name}
EMPTY = ("empty_listing=yes",)
BLIND = ("empty_listing=yes", "record_queries=no")


@pytest.fixture
def org(tmp_path: Path):
    with org_under_test(tmp_path / "org") as running:
        yield running


def names(org: OrgUnderTest, app: str = "Robot", *, wholly: bool = False) -> dict[str, str]:
    found = org.readable().find_app(app, wholly=wholly).components.values()
    return {c.type.name: c.full_name for c in found if c.type is not EXTERNAL_CLIENT_APPLICATION}


@pytest.mark.parametrize("wholly", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_naming_scheme_is_found_in_an_org_that_lists(org, scheme, wholly) -> None:
    org.deploy(*app_called(SCHEMES[scheme]))
    assert names(org, wholly=wholly) == SCHEMES[scheme]


@pytest.mark.parametrize("scheme", ["setup", "metadata", "migrated", "tool"])
def test_known_schemes_are_found_without_a_list_or_a_query(org, scheme) -> None:
    org.deploy(*app_called(SCHEMES[scheme]))
    org.set_quirks(*BLIND)
    actual = org.readable().find_app("Robot")
    assert {c.full_name for c in actual.components.values()} > set(SCHEMES[scheme].values())
    assert actual.unknown == ()


@pytest.mark.parametrize("scheme", ["odd", "of another app"])
def test_queries_find_names_that_no_list_shows(org, scheme) -> None:
    org.deploy(*app_called(SCHEMES[scheme]))
    org.set_quirks(*EMPTY)
    actual = org.readable().find_app("Robot")
    found = {kind: component.full_name for kind, component in actual.components.items()}
    # No query tells of the global settings.
    assert found.items() >= {k: v for k, v in SCHEMES[scheme].items() if "Global" not in k}.items()
    unseen = SATELLITES - found.keys()
    assert set(actual.unknown) == unseen <= {GLOBAL_OAUTH_SETTINGS.name}


def test_a_record_that_neither_a_list_nor_a_query_shows_is_unknown(org) -> None:
    org.deploy(*app_called(SCHEMES["odd"]))
    org.set_quirks(*BLIND)
    actual = org.readable().find_app("Robot")
    assert actual.exists
    assert set(actual.unknown) == SATELLITES


def test_a_record_that_a_query_does_not_find_is_absent(org) -> None:
    header, *_ = app_called(SCHEMES["setup"])
    org.deploy(header)
    org.set_quirks(*EMPTY)
    actual = org.readable().find_app("Robot")
    assert actual.components.keys() == {EXTERNAL_CLIENT_APPLICATION.name}
    assert actual.unknown == ()


@pytest.mark.parametrize("quirks", [(), EMPTY, BLIND])
def test_only_the_parent_decides_whose_record_it_is(org, quirks) -> None:
    """Every likely name of Robot's records is taken by another app's."""
    header, *_ = app_called(SCHEMES["setup"])
    org.deploy(header)
    for number, scheme in enumerate(("setup", "migrated")):
        org.deploy(*app_called(SCHEMES[scheme], app=f"Thief{number}"))
    org.set_quirks(*quirks)
    assert names(org) == {}


def test_two_apps_that_use_each_others_names_keep_their_own_records(org) -> None:
    parent = {"externalClientApplication": "Robot"}
    org.deploy(*app_called(SCHEMES["of another app"]))
    org.deploy(*app_called(SCHEMES["setup"], app="Other"))
    assert names(org) == SCHEMES["of another app"]
    assert names(org, "Other") == SCHEMES["setup"]
    org.deploy(Component(POLICIES, "Other_plcy", {**parent, "isEnabled": False}))
    assert names(org)[POLICIES.name] == "Other_plcy"


@pytest.mark.parametrize("kind", [OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, POLICIES])
def test_a_learned_name_is_read_if_nothing_shows_it(org, kind) -> None:
    org.deploy(*app_called(SCHEMES["odd"]))
    org.set_quirks(*BLIND)
    reader = org.readable()
    reader.learned.add("robot", kind, SCHEMES["odd"][kind.name])
    assert reader.find_app("Robot").components[kind.name].full_name == SCHEMES["odd"][kind.name]


def test_a_learned_name_of_another_apps_record_is_not_used(org) -> None:
    header, *_ = app_called(SCHEMES["setup"])
    org.deploy(header)
    org.deploy(*app_called(SCHEMES["odd"], app="Other"))
    reader = org.readable()
    reader.learned.add("Robot", OAUTH_POLICIES, "Some3")
    assert OAUTH_POLICIES.name not in reader.find_app("Robot").components


@pytest.mark.parametrize("wholly", [False, True])
def test_an_app_whose_metadata_is_hidden_is_not_absent(org, wholly) -> None:
    org.deploy(*app_called(SCHEMES["setup"]))
    org.set_quirks("hidden_metadata=yes")
    with pytest.raises(OrgRefused, match="does not show its metadata") as raised:
        org.readable().find_app("Robot", wholly=wholly)
    assert raised.value.code == "METADATA_HIDDEN"
    assert raised.value.exit_code is ExitCode.UNREACHABLE
    assert "External Client App Admin" in raised.value.next_step


def test_an_app_that_no_query_finds_is_absent_even_if_metadata_is_hidden(org) -> None:
    org.set_quirks("hidden_metadata=yes")
    assert not org.readable().find_app("Robot").exists
