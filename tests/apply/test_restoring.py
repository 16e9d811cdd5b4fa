"""Records of types that provision does not manage: deleted, kept, and restored."""

from __future__ import annotations

import dataclasses

import pytest

from provision.apply.destroy import check_removals, destroy_app, prepare_removal
from provision.apply.recording import Intent
from provision.apply.restoring import restoration_of, restore
from provision.apply.rollback import learn_names, prepare_rollback, rollback_exceptions
from provision.apply.run import apply_plan
from provision.catalogue import dependent_types
from provision.catalogue.catalogue import POLICIES
from provision.catalogue.component import Component, RawXml
from provision.catalogue.dependent_types import DEPENDENT_TYPES, undescribed_type
from provision.errors import ApplyFailed, CannotError, GateName, GateRefused
from provision.org import dependents
from provision.plan.facts import ActualApp
from provision.runs.snapshot import snapshot_of
from tests.apply.kept import Keeping
from tests.apps import LISTED, SCHEMES, app_called, dependent
from tests.orgs import writes

SPEC = "app: Robot\ncontact_email: a@example.com\n"
IRREVERSIBLE = frozenset({GateName.IRREVERSIBLE})
every_type = pytest.mark.parametrize("each", LISTED, ids=lambda each: each.name)


@pytest.fixture
def kept(work, tmp_path, monkeypatch) -> Keeping:
    monkeypatch.chdir(tmp_path)
    work.org.deploy(*app_called(SCHEMES["migrated"]))
    return Keeping(work, tmp_path / "runs")


def removal(kept):
    return prepare_removal(kept.work.spec_of(SPEC), kept.work.org.readable())


def destroy(kept) -> None:
    org, shown = kept.work.org.writable(), removal(kept)
    with kept.recorder.recording(Intent("destroy", shown.spec, shown.actual), org):
        destroy_app(shown, org, kept.work.messages.append)


def roll_back(kept, run) -> list[str]:
    """What the app then is not as it was, in words."""
    org = kept.work.org.writable()
    learn_names(run, org)
    before = org.find_app("Robot", wholly=True)
    prepared = prepare_rollback(run, before, org, kept.work.today)
    restoration = restoration_of(run.snapshot.dependents, before)
    applied = apply_plan(prepared, org, kept.work.messages.append)
    restore(restoration, org)
    return list(rollback_exceptions(run, before, applied.actual, restoration))


def records(kept) -> dict[str, Component]:
    actual = kept.work.org.readable().find_app("Robot", wholly=True)
    return {record.type.name: record for record in actual.dependents}


@every_type
def test_each_type_comes_back_as_it_was(kept, each) -> None:
    kept.work.org.deploy(dependent(each, "Odd_Name"))
    before = records(kept)
    destroy(kept)
    assert not kept.work.org.readable().find_app("Robot").exists
    assert roll_back(kept, kept.newest()) == ["its consumer key and secret"]
    assert records(kept) == before


def test_all_types_come_back_together_and_a_second_rollback_has_nothing_to_do(kept) -> None:
    kept.work.org.deploy(*(dependent(each) for each in LISTED))
    before = records(kept)
    destroy(kept)
    run = kept.newest()
    roll_back(kept, run)
    assert records(kept) == before
    with kept.work.org.noting() as noted:
        assert roll_back(kept, run) == []
    assert writes(noted) == []


def test_a_record_of_a_type_that_only_the_org_knows_comes_back(kept, monkeypatch) -> None:
    canvas = next(each for each in LISTED if each.name == "ExtlClntAppCanvasSettings")
    kept.work.org.deploy(dependent(canvas))
    known = tuple(each for each in DEPENDENT_TYPES if each is not canvas)
    monkeypatch.setattr(dependents, "DEPENDENT_TYPES", known)
    monkeypatch.setattr(dependent_types, "_BY_NAME", {each.name: each for each in known})
    monkeypatch.delitem(dependent_types._BY_DIRECTORY, canvas.directory)
    dependent_types.undescribed_type.cache_clear()
    before = records(kept)
    assert before.keys() == {canvas.name}
    destroy(kept)
    roll_back(kept, kept.newest())
    assert records(kept) == before
    dependent_types.undescribed_type.cache_clear()


@every_type
def test_what_was_changed_since_is_changed_back_and_what_was_added_is_left(kept, each) -> None:
    other = LISTED[LISTED.index(each) - 1]
    kept.work.org.deploy(dependent(each, text="before"))
    before = records(kept)
    kept.apply(kept.work.prepare(SPEC.replace("a@", "b@")))
    kept.work.org.deploy(dependent(each, text="after"), dependent(other, "Added"))
    run = kept.newest()
    restoration = restoration_of(
        run.snapshot.dependents, kept.work.org.readable().find_app("Robot", wholly=True)
    )
    assert [line[0] for line in restoration.lines()] == ["~", " "]
    remains = roll_back(kept, run)
    assert remains == [f"{other.name} Added, which is not in the snapshot"]
    assert records(kept)[each.name] == before[each.name]


@every_type
def test_a_record_that_no_listing_shows_is_compared_before_it_is_overwritten(kept, each) -> None:
    """Without a listing, the name in the snapshot tells that the record is there."""
    kept.work.org.deploy(dependent(each, "Odd_Name", text="before"))
    kept.apply(kept.work.prepare(SPEC.replace("a@", "b@")))
    run = kept.newest()
    kept.work.org.deploy(dependent(each, "Odd_Name", text="after"))
    kept.work.org.set_quirks("empty_listing=yes")
    org = kept.work.org.readable()
    learn_names(run, org)
    restoration = restoration_of(run.snapshot.dependents, org.find_app("Robot", wholly=True))
    assert [record.full_name for record in restoration.changed] == ["Odd_Name"]
    assert restoration.missing == ()


def test_the_error_names_records_that_the_org_refuses(kept) -> None:
    kept.work.org.deploy(dependent(LISTED[0]), dependent(LISTED[-1]))
    destroy(kept)
    kept.work.org.set_faults(
        {
            "operation": "rest:deployRequest",
            "kind": "component_failure",
            "problem": "No luck",
            "after": 1,
        }
    )
    with pytest.raises(ApplyFailed, match="No luck") as raised:
        roll_back(kept, kept.newest())
    assert "Robot is back, and the org refused its other records" in raised.value.message
    assert LISTED[0].name in raised.value.message
    assert LISTED[-1].name in raised.value.message


@every_type
def test_destroy_names_each_record_and_says_that_it_is_kept(kept, each) -> None:
    kept.work.org.deploy(dependent(each, "Odd_Name"))
    shown = removal(kept)
    with pytest.raises(GateRefused, match=f"{each.name} Odd_Name go with it. They are kept"):
        check_removals([shown], frozenset())


def test_unseen_records_trip_a_gate_and_rollback_says_that_they_did_not_come_back(kept) -> None:
    kept.work.org.deploy(dependent(LISTED[0], "Odd_Name"))
    kept.work.org.set_quirks("empty_listing=yes")
    shown = removal(kept)
    assert LISTED[0].name in shown.actual.hidden
    with pytest.raises(GateRefused, match="the org does not show whether Robot has") as raised:
        check_removals([shown], frozenset(GateName) - IRREVERSIBLE)
    assert "no rollback brings it back" in raised.value.message
    destroy(kept)
    kept.work.org.set_quirks()
    remains = roll_back(kept, kept.newest())
    assert f"{LISTED[0].name}, which the org did not show" in remains


@pytest.mark.parametrize("version", [62, 66])
def test_an_older_api_version_is_a_gate_since_it_shows_less(kept, version) -> None:
    kept.work.org.deploy(dependent(LISTED[0]))
    shown = prepare_removal(kept.work.spec_of(SPEC), kept.work.org.readable(version))
    with pytest.raises(GateRefused, match=f"API {version} shows neither types nor fields"):
        check_removals([shown], frozenset())


def test_an_unknown_plugin_trips_a_gate(kept) -> None:
    flag = RawXml("<isNovelPluginEnabled>true</isNovelPluginEnabled>")
    fields = {"externalClientApplication": "Robot", "isEnabled": True, "isNovelPluginEnabled": flag}
    kept.work.org.deploy(Component(POLICIES, SCHEMES["migrated"][POLICIES.name], fields))
    with pytest.raises(GateRefused, match="records of isNovelPluginEnabled"):
        check_removals([removal(kept)], frozenset())


@pytest.mark.parametrize(
    ("what", "change"),
    [("created", "was created"), ("changed", "was changed"), ("deleted", "is gone")],
)
@every_type
def test_a_record_that_changed_since_it_was_shown_stops_the_destroy(
    kept, each, what, change
) -> None:
    """It would be in no snapshot."""
    if what != "created":
        kept.work.org.deploy(dependent(each))
    shown = removal(kept)
    if what == "deleted":
        kept.work.org.delete(dependent(each))
    else:
        kept.work.org.deploy(dependent(each, text="later"))
    with (
        kept.work.org.noting() as noted,
        pytest.raises(GateRefused, match=f"{each.name} .*{change}"),
    ):
        destroy_app(shown, kept.work.org.writable(), kept.work.messages.append)
    assert writes(noted) == []


@pytest.mark.parametrize(
    "name", ["../../owned", "/owned", "a/b", "..", "", ".hidden", "a\\b", "a\nb"]
)
@every_type
def test_a_name_from_an_org_cannot_leave_the_runs_folder(each, name) -> None:
    record = dataclasses.replace(dependent(each), full_name=name)
    header = app_called(SCHEMES["setup"])[0]
    actual = ActualApp("Robot", {header.type.name: header}, dependents=(record,))
    with pytest.raises(CannotError, match="cannot be a file's name"):
        snapshot_of(actual, ()).files(68)


def test_nor_does_the_directory_of_a_type_that_an_org_describes() -> None:
    odd = undescribed_type("ExtlClntAppOdd", "../../owned", "eca").metadata_type
    record = Component(odd, "Odd", {"externalClientApplication": "Robot"})
    with pytest.raises(CannotError, match="cannot be a file's name"):
        snapshot_of(ActualApp("Robot", {}, dependents=(record,)), ()).files(68)
