"""Records of types that provision does not manage: each is found, and none of another app's."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.catalogue import dependent_types
from provision.catalogue.catalogue import CORE_TYPES, EXTERNAL_CLIENT_APPLICATION, POLICIES
from provision.catalogue.component import Component, RawXml
from provision.catalogue.dependent_types import DEPENDENT_TYPES, record_type_by_directory
from provision.localorg.domain import types
from provision.org import dependents
from provision.plan.facts import ActualApp
from tests.apps import LISTED, SCHEMES, app_called, dependent
from tests.orgs import OrgUnderTest, org_under_test

pytestmark = pytest.mark.slow

every_type = pytest.mark.parametrize("each", LISTED, ids=lambda each: each.name)
flagged = pytest.mark.parametrize(
    "each", [each for each in LISTED if each.plugin_flag], ids=lambda each: each.name
)
APP = app_called(SCHEMES["setup"])


@pytest.fixture
def org(tmp_path: Path):
    with org_under_test(tmp_path / "org") as running:
        running.deploy(*APP)
        yield running


def found(actual: ActualApp) -> set[str]:
    return {record.full_name for record in actual.dependents}


def set_flag(org: OrgUnderTest, flag: str, value: bool | RawXml) -> None:
    fields = {"externalClientApplication": "Robot", "isEnabled": True, flag: value}
    org.deploy(Component(POLICIES, SCHEMES["setup"][POLICIES.name], fields))


@pytest.mark.parametrize("wholly", [False, True])
@pytest.mark.parametrize("name", ["", "Robot_x", "Some_other_name", "Other_saml"])
@every_type
def test_a_record_of_each_type_is_found_whatever_it_is_called(org, each, name, wholly) -> None:
    org.deploy(dependent(each, name))
    actual = org.readable().find_app("Robot", wholly=wholly)
    assert [(r.type.name, r.parent) for r in actual.dependents] == [(each.name, "Robot")]
    assert actual.hidden == ()
    assert actual.dependents[0].fields["list"] == dependent(each).fields["list"]


@pytest.mark.parametrize("wholly", [False, True])
@every_type
def test_a_record_of_another_app_is_not_taken(org, each, wholly) -> None:
    org.deploy(*app_called(SCHEMES["of another app"], app="Other"))
    org.deploy(dependent(each, "Robot_taken", app="Other"))
    actual = org.readable().find_app("Robot", wholly=wholly)
    assert found(actual) == set()
    assert found(org.readable().find_app("Other", wholly=wholly)) == {"Robot_taken"}


def test_all_types_at_once(org) -> None:
    org.deploy(*(dependent(each) for each in LISTED))
    everything = {dependent(each).full_name for each in LISTED}
    assert found(org.readable().find_app("Robot")) == everything
    assert found(org.readable().find_app("Robot", wholly=True)) == everything


@flagged
def test_a_plugin_that_is_on_and_shows_no_record_is_reported(org, each) -> None:
    set_flag(org, each.plugin_flag, value=True)
    for wholly in (False, True):
        assert each.name in org.readable().find_app("Robot", wholly=wholly).hidden


@flagged
def test_a_plugin_that_is_off_may_have_a_record(org, each) -> None:
    set_flag(org, each.plugin_flag, value=False)
    if each.plugin_flag != "isSamlPluginEnabled":  # the org takes no record while that is off
        org.deploy(dependent(each))
        assert found(org.readable().find_app("Robot")) == {dependent(each).full_name}
    assert org.readable().find_app("Robot").hidden == ()


def test_an_unknown_plugin_is_reported(org) -> None:
    set_flag(
        org, "isNovelPluginEnabled", RawXml("<isNovelPluginEnabled>true</isNovelPluginEnabled>")
    )
    for wholly in (False, True):
        hidden = org.readable().find_app("Robot", wholly=wholly).hidden
        assert hidden == ("records of isNovelPluginEnabled",)


def test_an_unknown_plugin_that_is_off_is_not_reported(org) -> None:
    off = RawXml("<isNovelPluginEnabled>false</isNovelPluginEnabled>")
    set_flag(org, "isNovelPluginEnabled", off)
    assert org.readable().find_app("Robot").hidden == ()


@every_type
def test_a_whole_search_finds_a_type_that_only_the_org_knows(org, each, monkeypatch) -> None:
    """As if the type were newer than this version of provision."""
    known = tuple(item for item in DEPENDENT_TYPES if item is not each)
    monkeypatch.setattr(dependents, "DEPENDENT_TYPES", known)
    monkeypatch.setattr(dependent_types, "_BY_NAME", {item.name: item for item in known})
    dependent_types.undescribed_type.cache_clear()
    org.deploy(dependent(each))
    [record] = org.readable().find_app("Robot", wholly=True).dependents
    dependent_types.undescribed_type.cache_clear()
    assert record.file_name == dependent(each).file_name
    assert record.type.name == each.name


def test_a_whole_search_does_not_believe_an_empty_list(org) -> None:
    org.deploy(*(dependent(each) for each in LISTED))
    org.set_quirks("empty_listing=yes")
    actual = org.readable().find_app("Robot", wholly=True)
    assert {*actual.hidden} | {r.type.name for r in actual.dependents} == {t.name for t in LISTED}


@every_type
def test_a_learned_name_is_read_if_nothing_is_listed(org, each) -> None:
    org.deploy(dependent(each, "Told"))
    org.set_quirks("empty_listing=yes")
    for wholly in (False, True):
        reader = org.readable()
        reader.learned.add("Robot", each.metadata_type, "Told")
        assert found(reader.find_app("Robot", wholly=wholly)) == {"Told"}


@pytest.mark.parametrize("version", [59, 62, 63, 64, 65, 66, 67])
def test_a_whole_search_reports_types_newer_than_the_version_in_use(org, version) -> None:
    org.deploy(*(dependent(each) for each in LISTED))
    actual = org.readable(version).find_app("Robot", wholly=True)
    newer = {each.name for each in LISTED if not each.may_be_in(version)}
    assert newer
    assert {*actual.hidden} == newer
    assert {r.type.name for r in actual.dependents} == {t.name for t in LISTED} - newer


def test_one_list_serves_all_apps_of_a_run(org) -> None:
    org.deploy(*app_called(SCHEMES["of another app"], app="Other"))
    reader = org.readable()
    with org.noting() as noted:
        reader.find_app("Robot")
    assert noted.count("soap:listMetadata") == 1
    with org.noting() as noted:
        reader.find_app("Robot")
    assert noted.count("soap:listMetadata") == 0


def test_a_plan_does_not_read_the_records_of_a_thousand_other_apps(org, monkeypatch) -> None:
    monkeypatch.setattr(dependents, "_MOST_NAMES_OF_OTHERS", 0)
    saml = next(each for each in LISTED if each.plugin_flag == "isSamlPluginEnabled")
    org.deploy(*app_called(SCHEMES["of another app"], app="Other"))
    org.deploy(dependent(saml, app="Other"), dependent(saml, "robot_odd"))
    with org.noting() as noted:
        assert found(org.readable().find_app("Robot")) == {"robot_odd"}
    assert noted.count("soap:readMetadata") == len(CORE_TYPES) + 1


def test_a_type_that_the_org_refuses_to_list_does_not_hide_the_others(org, monkeypatch) -> None:
    refused = LISTED[0].metadata_type
    known = tuple(kind for kind in types.KNOWN_TYPES if kind is not refused)
    org.deploy(*(dependent(each) for each in LISTED[1:]))
    monkeypatch.setattr(types, "KNOWN_TYPES", known)
    actual = org.readable().find_app("Robot")
    assert found(actual) == {dependent(each).full_name for each in LISTED[1:]}
    assert actual.hidden == (refused.name,)


def test_every_type_has_a_directory_and_a_suffix_of_its_own() -> None:
    every = (*CORE_TYPES, *(each.metadata_type for each in DEPENDENT_TYPES))
    assert len({kind.directory for kind in every}) == len(every)
    assert len({kind.suffix for kind in every}) == len(every)
    for kind in every:
        assert record_type_by_directory(kind.directory) is kind


def test_every_flag_is_a_field_of_the_policy_as_old_as_its_types() -> None:
    for each in DEPENDENT_TYPES:
        if each.plugin_flag:
            flag = POLICIES.field(each.plugin_flag)
            assert flag is not None
            assert flag.since <= each.since
    assert EXTERNAL_CLIENT_APPLICATION not in [each.metadata_type for each in DEPENDENT_TYPES]
