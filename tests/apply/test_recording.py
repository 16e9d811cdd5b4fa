"""What is kept of a run that writes: before its first write, and at its end."""

import html
import json
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from provision.apply.plan_file import save
from provision.apply.recording import intent_of
from provision.apply.run import apply_plan
from provision.apply.state_store import remembered
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component
from provision.catalogue.document import parse_component
from provision.errors import ApplyFailed, CannotError, ExitCode, NotProven
from provision.plan.facts import ActualApp
from provision.plan.fingerprint import fingerprint
from provision.plan.plan import Moved
from provision.runs.app_record import read_record
from provision.runs.run_directory import RunDirectory
from tests.apply.kept import Keeping
from tests.apply.test_run import APP, OPEN
from tests.orgs import writes

LONGER = APP.replace("15 minutes", "30 minutes")


@pytest.fixture
def kept(work, tmp_path, monkeypatch) -> Keeping:
    monkeypatch.chdir(tmp_path)
    return Keeping(work, tmp_path / "runs")


def parsed(snapshot: Path, component: Component) -> Component:
    """What another tool reads of a component in a snapshot."""
    content = (snapshot / component.file_name).read_bytes()
    return parse_component(component.type, component.full_name, content)


def run_of(kept, prepared, during) -> None:
    """A run in which ``during`` happens once the plan was applied."""
    org = kept.work.org.writable()
    with kept.recorder.recording(intent_of(prepared), org) as recording:
        apply_plan(prepared, org, kept.work.messages.append)
        during(recording)


def record(kept) -> dict:
    return json.loads((kept.newest().directory.path / "record.json").read_text())


def test_a_run_tells_what_it_was_for_and_what_came_of_it(kept, work, tmp_path) -> None:
    applied = kept.apply(work.prepare(APP))
    told = record(kept)
    assert told["verb"] == "apply"
    assert told["spec"]["path"] == str(tmp_path / "spec.yaml")
    assert re.fullmatch("[0-9a-f]{64}", told["spec"]["sha256"])
    assert told["org"]["id"] == work.org.readable().facts.org_id
    assert (told["app_existed"], told["consumer_key"]) == (False, "")
    assert told["adds"] == [
        "permission set Robots",
        "permission set Robots of admin@localorg.example",
        "permission set Robots of ci@localorg.example",
    ]
    assert (told["outcome"], told["exit_code"]) == ("done", 0)
    assert told["started"] <= told["ended"]
    kept.apply(work.prepare(LONGER))
    again = record(kept)
    assert (again["app_existed"], again["consumer_key"]) == (True, applied.consumer_key)


def test_the_snapshot_is_what_the_app_was_before_and_others_can_deploy_it(kept, work) -> None:
    kept.apply(work.prepare(APP))
    before = work.org.readable().find_app("Robot")
    kept.apply(work.prepare(LONGER))
    snapshot = kept.newest().directory.path / "snapshot"
    files = {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*.*")}
    assert files == {"package.xml", *(item.file_name for item in before.components.values())}
    read = ActualApp(
        "Robot", {item.type.name: parsed(snapshot, item) for item in before.components.values()}
    )
    settings = dict(before.components[GLOBAL_OAUTH_SETTINGS.name].fields)
    del settings["consumerKey"]
    item = before.components[GLOBAL_OAUTH_SETTINGS.name]
    keyless = Component(item.type, item.full_name, settings)
    expected = ActualApp("Robot", {**before.components, item.type.name: keyless})
    assert fingerprint(read) == fingerprint(expected)
    for bound in ("oauthLink", "orgScopedExternalApp", "consumer", "shouldRotate"):
        assert not any(bound in path.read_text() for path in snapshot.rglob("*.*"))
    work.org.deploy(*read.components.values())
    assert work.plan(APP).is_empty


def test_who_may_use_the_app_is_kept_by_name(kept, work) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare(LONGER))
    text = (kept.newest().directory.path / "access.json").read_text()
    assert json.loads(text)["granted_to"] == [
        {"kind": "profile", "name": "System Administrator"},
        {"kind": "permission set", "name": "Robots"},
    ]
    assert kept.newest().snapshot.permission_sets == ("Robots",)


def test_a_secret_is_in_none_of_the_files(kept, work) -> None:
    block = (
        "    metadata: {ExtlClntAppGlobalOauthSettings: {consumerSecret: '${file:secret.txt}'}}\n"
    )
    (kept.base.parent / "secret.txt").write_text("hush-hush-secret")
    told = "    description: ${file:secret.txt}\n"
    prepared = work.prepare(OPEN + block + told)
    kept.apply(prepared)
    kept.apply(work.prepare(OPEN + "    label: Other\n"))
    first = min(kept.base.glob("*-Robot"), key=lambda path: path.stat().st_mtime_ns)
    assert "holds a secret" in json.loads((first / "record.json").read_text())["plan_not_saved"]
    written = [path for path in first.rglob("*") if path.is_file()]
    written += (kept.base / "last-applied").rglob("*.json")
    assert len(written) >= 4
    assert not any("hush-hush" in path.read_text() for path in written)


def test_a_plan_of_nothing_keeps_no_run(kept, work) -> None:
    kept.apply(work.prepare(APP))
    runs = kept.runs
    kept.apply(work.prepare(APP))
    assert kept.runs == runs


def test_a_run_that_cannot_be_kept_writes_nothing(kept, work, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    prepared = work.prepare(APP)
    broken = Keeping(work, tmp_path / "file")
    with work.org.noting() as noted, pytest.raises(CannotError, match="cannot be kept"):
        broken.apply(prepared)
    assert writes(noted) == []


def test_a_failed_run_tells_how_it_ended(kept, work) -> None:
    block = "    metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: takenKey12345}}\n"
    work.apply(OPEN.replace("Robot", "Other") + block)
    prepared = work.prepare(OPEN + block)
    with pytest.raises(ApplyFailed):
        kept.apply(prepared)
    told = record(kept)
    assert told["exit_code"] == ExitCode.APPLY_FAILED
    assert "already taken" in told["outcome"]


@pytest.mark.parametrize("encode", [str, str.upper, partial(quote, safe=""), html.escape])
def test_a_run_that_is_not_proven_tells_so_without_what_is_hidden(kept, work, encode) -> None:
    secret = "hush/hush & 'hush'"
    (kept.base.parent / "told.txt").write_text(secret)
    prepared = work.prepare(OPEN + "    description: ${file:told.txt}\n")

    def refuse(_recording) -> None:
        raise NotProven(f"the org said {encode(secret)}")

    with pytest.raises(NotProven):
        run_of(kept, prepared, refuse)
    told = record(kept)
    assert (told["outcome"], told["exit_code"]) == ("the org said (hidden)", ExitCode.NOT_PROVEN)


def test_an_interrupted_run_tells_so(kept, work) -> None:
    prepared = work.prepare(OPEN)

    def interrupt(_recording) -> None:
        assert record(kept)["ended"] is None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_of(kept, prepared, interrupt)
    told = record(kept)
    assert told["outcome"] == "Robot is deployed to local.\ninterrupted"
    assert told["exit_code"] == ExitCode.APPLY_FAILED


def test_a_record_that_cannot_be_ended_is_a_notice_alone(kept, work) -> None:
    prepared = work.prepare(OPEN)
    run_of(kept, prepared, lambda r: r.run.path.rename(r.run.path.with_name("moved")))
    assert any("how the run ended cannot be kept" in said for said in work.messages)


def test_later_differences_tell_who_moved(kept, work) -> None:
    kept.apply(work.prepare(APP))
    state = kept.recorder.state
    last = state.read("localhost", "Robot")
    assert last.org_id == work.org.readable().facts.org_id
    assert last.run_id == kept.runs[0]

    def movers(text: str) -> set[Moved]:
        plan = remembered(work.prepare(text), work.org.readable(), state).plan
        return {change.moved for change in plan.changes}

    assert movers(LONGER) == {Moved.SPEC}
    work.apply(APP.replace("15 minutes", "45 minutes"))
    assert movers(APP) == {Moved.ORG}
    assert movers(LONGER) == {Moved.BOTH}
    kept.apply(work.prepare(APP))
    assert state.read("localhost", "Robot").salt != last.salt


def test_without_a_record_nobody_is_said_to_have_moved(kept, work) -> None:
    prepared = work.prepare(APP)
    assert remembered(prepared, work.org.readable(), kept.recorder.state) is prepared


def test_who_moved_does_not_change_a_plans_checksum(kept, work) -> None:
    kept.apply(work.prepare(APP))
    prepared, org = work.prepare(LONGER), work.org.readable()
    known = remembered(prepared, org, kept.recorder.state)
    assert known.plan != prepared.plan
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert save(known, org, now, Path()).checksum == save(prepared, org, now, Path()).checksum


def test_an_apply_of_nothing_is_remembered_too(kept, work) -> None:
    work.apply(APP)
    kept.apply(work.prepare(APP))
    assert kept.recorder.state.read("localhost", "Robot").run_id == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not the record of a run"),
        ('{"schema": "provision/run/2"}', "has the schema 'provision/run/2'"),
        ('{"schema": "provision/run/1"}', "verb: Field required"),
    ],
)
def test_a_damaged_record_is_refused(tmp_path, text, said) -> None:
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(CannotError, match=said):
        read_record(RunDirectory(tmp_path))
