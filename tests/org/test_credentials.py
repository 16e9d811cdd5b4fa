"""Credentials over Connect REST, against the local org."""

from __future__ import annotations

import dataclasses
import json
from contextlib import suppress

import pytest
import requests

from provision.errors import (
    ApplyFailed,
    CannotError,
    GateRefused,
    LoginRefused,
    OrgUnreachable,
    ProvisionError,
    VersionUnsupported,
    WriteUnknown,
)
from provision.org.credentials import CredentialsClosed, CredentialsReader, StagedState
from provision.org.credentials_rotation import CredentialsWriter, refuse_own_app
from provision.org.credentials_setting import OpenedSetting
from provision.org.deploy import DeployUnknown
from provision.org.oauth import client_credentials_grant
from provision.org.setting_notes import SettingNotes
from provision.secret.secret import SinkError
from tests.localorg.caller import app_components
from tests.orgs import org_under_test, writes

DAY = 24 * 3600


@pytest.fixture
def org(tmp_path):
    with org_under_test(tmp_path) as org:
        org.deploy(
            *app_components(
                settings={"isClientCredentialsFlowEnabled": True},
                policy={
                    "clientCredentialsFlowUser": "ci@localorg.example",
                    "isClientCredentialsFlowEnabled": True,
                },
            )
        )
        yield org


@pytest.fixture
def opened(org):
    """The org, with its setting open for good."""
    OpenedSetting(org.writable(), lambda _: None).__enter__()
    return org


@pytest.fixture
def writer(opened) -> CredentialsWriter:
    return CredentialsWriter(opened.writable())


@pytest.fixture
def consumer(writer):
    return writer.consumer("Acme")


def is_open(org) -> bool:
    try:
        CredentialsReader(org.readable()).consumer("Acme")
    except CredentialsClosed:
        return False
    return True


def works(org, pair) -> bool:
    try:
        client_credentials_grant(org.http, org.local.https_url, pair.key, pair.secret)
    except LoginRefused:
        return False
    return True


def go_wrong(org, *faults) -> None:
    """From now on, these faults happen."""
    url = f"{org.local.url}/__localorg__/faults"
    with requests.Session() as http:
        http.trust_env = False
        http.put(url, json={"faults": faults}, timeout=10).raise_for_status()


def session_of(org, key):
    """The org, with a session that came from the app with this key."""
    writable = org.writable()
    session = dataclasses.replace(writable.session, client_id=key)
    return dataclasses.replace(writable, session=session)


# --- reading


def test_the_pair_in_use(opened, consumer) -> None:
    with opened.noting() as noted:
        pair = CredentialsReader(opened.readable()).pair(consumer)
    assert works(opened, pair)
    assert pair.secret.reveal() not in repr(pair)
    assert writes(noted) == []


def test_a_missing_app_has_no_credentials(opened) -> None:
    with pytest.raises(CannotError, match="has no app Nope") as raised:
        CredentialsReader(opened.readable()).consumer("Nope")
    assert "provision apply" in raised.value.next_step


def test_an_app_without_oauth(opened) -> None:
    [header, *_] = app_components("Bare")
    opened.deploy(header)
    with pytest.raises(CannotError, match="Bare has no OAuth consumer"):
        CredentialsReader(opened.readable()).consumer("Bare")


def test_a_setting_that_is_off_is_explained(org) -> None:
    with pytest.raises(CredentialsClosed, match="gives no consumer secrets") as raised:
        CredentialsReader(org.readable()).consumer("Acme")
    assert "--open-setting" in raised.value.next_step
    assert "ViewClientSecret" in raised.value.next_step


def test_a_user_without_permission_learns_which_ones_are_needed(opened) -> None:
    reader = CredentialsReader(opened.readable(username="user@localorg.example"))
    with pytest.raises(CredentialsClosed) as raised:
        reader.consumer("Acme")
    assert "ExternalClientAppDeveloper" in raised.value.next_step


@pytest.mark.parametrize(
    ("version", "call"),
    [
        (59, lambda reader, consumer: reader.consumer("Acme")),
        (64, lambda reader, consumer: reader.staged(consumer)),
        (64, lambda reader, consumer: reader.rotate(consumer)),
    ],
)
def test_older_versions_are_refused(opened, consumer, version, call) -> None:
    with pytest.raises(VersionUnsupported, match=f"this is {version}"):
        call(CredentialsWriter(opened.writable(version)), consumer)


@pytest.mark.parametrize("kind", ["truncated", "html_error"])
def test_an_unreadable_answer_is_not_quoted(opened, consumer, kind) -> None:
    pair = CredentialsReader(opened.readable()).pair(consumer)
    go_wrong(opened, {"operation": "connect:credentials", "kind": kind, "times": 0})
    with pytest.raises(OrgUnreachable) as raised:
        CredentialsReader(opened.readable()).pair(consumer)
    assert pair.secret.reveal()[:8] not in raised.value.message
    assert pair.key[:20] not in raised.value.message


def test_an_expired_session_is_refused(opened, consumer) -> None:
    go_wrong(opened, {"operation": "connect:credentials", "kind": "invalid_session_id"})
    with pytest.raises(LoginRefused, match="refused the session"):
        CredentialsReader(opened.readable()).pair(consumer)


# --- staging, rotating, revoking


def test_stage_rotate_revoke(opened, writer, consumer) -> None:
    old = writer.pair(consumer)
    delivered = []
    staged = writer.stage(consumer, delivered.append)
    assert delivered == [staged.pair]
    assert staged.state is StagedState.ACTIVE
    assert not works(opened, staged.pair)

    rotated = writer.rotate(consumer)

    assert (rotated.state, rotated.pair) == (StagedState.ROTATED, old)
    assert writer.key(consumer) == staged.pair.key
    assert works(opened, staged.pair)
    assert works(opened, old)

    assert writer.revoke(consumer).pair == old
    assert not works(opened, old)
    assert works(opened, staged.pair)
    assert writer.staged(consumer) is None


def test_a_second_pair_cannot_be_staged(writer, consumer) -> None:
    writer.stage(consumer, lambda _: None)
    with pytest.raises(CannotError, match="has a staged pair already"):
        writer.stage(consumer, lambda _: None)
    writer.rotate(consumer)
    with pytest.raises(CannotError, match="old pair of Acme is still in the staging slot") as said:
        writer.stage(consumer, lambda _: None)
    assert "revoke" in said.value.next_step


def test_an_expired_pair_leaves_the_slot_free(opened, writer, consumer) -> None:
    writer.stage(consumer, lambda _: None)
    opened.local.advance(31 * DAY)
    fresh = CredentialsWriter(opened.writable())
    with pytest.raises(CannotError, match="expired on"):
        fresh.rotate(consumer)
    assert fresh.stage(consumer, lambda _: None).state is StagedState.ACTIVE


def test_an_empty_slot_cannot_be_rotated_or_revoked(writer, consumer) -> None:
    with pytest.raises(CannotError, match="no new pair to rotate in: its staging slot is empty"):
        writer.rotate(consumer)
    with pytest.raises(CannotError, match="nothing to revoke"):
        writer.revoke(consumer)


def test_a_second_rotation_would_bring_the_old_pair_back(writer, consumer) -> None:
    writer.stage(consumer, lambda _: None)
    writer.rotate(consumer)
    with pytest.raises(CannotError, match="holds the old pair"):
        writer.rotate(consumer)


def test_revoking_tells_old_pairs_from_unused_ones(writer, consumer) -> None:
    writer.stage(consumer, lambda _: None)
    with pytest.raises(CannotError, match="never in use, not an old one"):
        writer.revoke(consumer)
    writer.revoke(consumer, unused=True)
    writer.stage(consumer, lambda _: None)
    writer.rotate(consumer)
    with pytest.raises(CannotError, match="holds the old pair, not a new one"):
        writer.revoke(consumer, unused=True)


@pytest.mark.parametrize("stopped_by", [SinkError("full"), KeyboardInterrupt(), OSError("bug")])
def test_a_pair_that_was_not_delivered_is_removed(writer, consumer, stopped_by) -> None:
    def deliver(_):
        raise stopped_by

    with pytest.raises(type(stopped_by)):
        writer.stage(consumer, deliver)
    assert writer.staged(consumer) is None


def test_a_pair_that_cannot_be_removed_is_reported(opened, writer, consumer) -> None:
    go_wrong(opened, {"operation": "connect:revokeStaged", "kind": "503", "times": 0})

    def deliver(_):
        raise SinkError("the disk is full")

    match = r"^A new pair of Acme remains staged.*: the disk is full$"
    with pytest.raises(ApplyFailed, match=match) as raised:
        writer.stage(consumer, deliver)
    assert "show --staged" in raised.value.next_step


def test_a_pair_that_was_found_after_a_lost_answer_stays(opened, writer, consumer) -> None:
    """Another run may have staged it: it is not this one's to throw away."""
    go_wrong(opened, {"operation": "connect:stage", "kind": "drop_after"})

    def deliver(_):
        raise SinkError("the disk is full")

    with pytest.raises(ApplyFailed, match="is staged, perhaps by another run") as raised:
        writer.stage(consumer, deliver)
    assert "show --staged" in raised.value.next_step
    assert writer.staged(consumer) is not None


@pytest.mark.parametrize(
    ("operation", "fault", "outcomes"),
    [
        ("stage", None, ["intended", "made"]),
        ("stage", "drop_after", ["intended", "made"]),
        ("stage", "drop_before", ["intended", "not made"]),
        ("stage", "unable_to_lock_row", ["intended", "not made"]),
        ("stagedList", "503", ["intended", "unknown"]),
    ],
)
def test_each_write_is_noted_before_it_is_sent(
    opened, consumer, operation, fault, outcomes
) -> None:
    noted: list[tuple[str, str]] = []
    writer = CredentialsWriter(opened.writable(), lambda what, end: noted.append((what, end)))
    faults = [{"operation": f"connect:{operation}", "kind": fault}] if fault else []
    if operation == "stagedList":
        lost = {"operation": "connect:stage", "kind": "drop_after"}
        faults = [lost, {**faults[0], "times": 0, "after": 1}]
    go_wrong(opened, *faults)
    with suppress(ProvisionError):
        writer.stage(consumer, lambda _: None)
    assert noted == [("the staging of a new pair of Acme", end) for end in outcomes]


@pytest.mark.parametrize("kind", ["invalid_session_id", "request_limit_exceeded", "html_error"])
def test_no_error_after_a_write_says_that_nothing_was_written(
    opened, writer, consumer, kind
) -> None:
    """Whatever the reads after it answer: no exit code says that nothing was written."""
    writer.stage(consumer, lambda _: None)
    unread = {"operation": "connect:stagedList", "kind": kind, "times": 0}
    go_wrong(opened, {**unread, "after": 1})
    with pytest.raises(ApplyFailed, match="the rotation of Acme is done, as the org answered"):
        writer.rotate(consumer)


@pytest.mark.parametrize("kind", ["drop_after", "truncated"])
def test_lost_answers_are_read_back(opened, writer, consumer, kind) -> None:
    go_wrong(
        opened,
        *(
            {"operation": f"connect:{operation}", "kind": kind}
            for operation in ("stage", "rotate", "revokeStaged")
        ),
    )
    staged = writer.stage(consumer, lambda _: None)
    assert writer.rotate(consumer).state is StagedState.ROTATED
    writer.revoke(consumer)
    assert works(opened, staged.pair)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("stage", lambda writer, consumer: writer.stage(consumer, lambda _: None)),
        ("rotate", lambda writer, consumer: writer.rotate(consumer)),
        ("revokeStaged", lambda writer, consumer: writer.revoke(consumer, unused=True)),
    ],
)
def test_writes_that_did_not_arrive_are_reported(opened, writer, consumer, operation, call) -> None:
    if operation != "stage":
        writer.stage(consumer, lambda _: None)
    go_wrong(opened, {"operation": f"connect:{operation}", "kind": "drop_before"})
    with pytest.raises(ApplyFailed, match=r"did not|staged no") as raised:
        call(writer, consumer)
    assert raised.value.next_step


def test_an_unknown_outcome_is_reported(opened, writer, consumer) -> None:
    go_wrong(
        opened,
        {"operation": "connect:stage", "kind": "drop_after"},
        {"operation": "connect:stagedList", "kind": "503", "times": 0, "after": 1},
    )
    with pytest.raises(WriteUnknown, match=r"staging of a new pair of Acme .* not known") as raised:
        writer.stage(consumer, lambda _: None)
    assert "show --staged" in raised.value.next_step


def test_the_app_of_the_session_is_refused(opened, writer, consumer) -> None:
    own = session_of(opened, writer.key(consumer))
    with opened.noting() as noted:
        mine = CredentialsWriter(own)
        calls = (
            lambda: mine.stage(consumer, print),
            lambda: mine.rotate(consumer),
            lambda: mine.revoke(consumer),
            lambda: refuse_own_app(own, "Acme"),
        )
        for call in calls:
            with pytest.raises(GateRefused, match="this session came from Acme itself"):
                call()
    assert writes(noted) == []
    refuse_own_app(opened.readable(), "Acme")


def test_the_app_of_the_session_is_refused_by_its_old_key_too(opened, writer, consumer) -> None:
    writer.stage(consumer, lambda _: None)
    old = writer.rotate(consumer)
    mine = CredentialsWriter(session_of(opened, old.pair.key))
    with pytest.raises(GateRefused):
        mine.revoke(consumer)


# --- the setting


def test_the_setting_is_open_only_within_the_block(org) -> None:
    said = []
    with OpenedSetting(org.writable(), said.append):
        assert is_open(org)
    assert not is_open(org)
    assert [word for line in said for word in line.split() if word.endswith("ing")] == [
        "opening", "setting", "closing", "setting"]  # fmt: skip


@pytest.mark.parametrize("quirk", ["rest_deploy=available", "rest_deploy=refused"])
def test_the_setting_is_switched_over_rest_and_soap(org, quirk) -> None:
    org.set_quirks(quirk)
    with OpenedSetting(org.writable(), lambda _: None):
        assert is_open(org)
    assert not is_open(org)


def test_the_other_settings_stay(org) -> None:
    before = settings(org)
    with OpenedSetting(org.writable(), lambda _: None):
        assert settings(org) == before | {"enableClientSecretInRestApiAccess": "true"}
    assert settings(org) == before


def settings(org) -> dict[str, str]:
    arguments = [("type", "ExternalClientAppSettings"), ("fullNames", "ExternalClientApp")]
    [result] = org.readable().soap.read("readMetadata", arguments)
    return {field.tag.rpartition("}")[2]: field.text for field in result[0]}


def test_a_setting_that_was_open_stays_open(opened) -> None:
    with opened.noting() as noted, OpenedSetting(opened.writable(), lambda _: None):
        pass
    assert writes(noted) == []
    assert is_open(opened)


@pytest.mark.parametrize("stopped_by", [CannotError("no"), KeyboardInterrupt(), ValueError("bug")])
def test_the_setting_is_closed_after_any_error(org, stopped_by) -> None:
    with pytest.raises(type(stopped_by)), OpenedSetting(org.writable(), lambda _: None):
        raise stopped_by
    assert not is_open(org)


def test_the_setting_is_closed_if_opening_is_interrupted(org) -> None:
    org.set_quirks("deploy_polls=3")
    asked = []

    class Impatient(type(org.clock)):
        def sleep(self, seconds):
            asked.append(seconds)
            if len(asked) == 1:
                raise KeyboardInterrupt
            super().sleep(seconds)

    writable = dataclasses.replace(org.writable(), clock=Impatient(org.local))
    with pytest.raises(KeyboardInterrupt), OpenedSetting(writable, lambda _: None):
        pytest.fail("interrupted before")
    assert not is_open(org)


def test_an_opening_whose_answer_is_lost_is_found_and_closed_again(org) -> None:
    go_wrong(org, {"operation": "rest:deployRequest", "kind": "drop_after"})
    org.set_quirks("deploy_polls=3")
    with OpenedSetting(org.writable(), lambda _: None):
        assert is_open(org)
    assert not is_open(org)


def test_the_setting_is_closed_if_nobody_knows_whether_it_is_open(org) -> None:
    """The org took the deploy, its answer was lost, and no list shows it: one behind it closes."""
    go_wrong(
        org,
        {"operation": "rest:deployRequest", "kind": "drop_after"},
        {"operation": "rest:toolingQuery", "kind": "request_limit_exceeded", "times": 0},
    )
    with pytest.raises(DeployUnknown), OpenedSetting(org.writable(), lambda _: None):
        pytest.fail("not opened")
    assert not is_open(org)


def test_the_setting_is_closed_by_a_second_attempt(org) -> None:
    said = []

    def impatient(line: str) -> None:
        said.append(line)
        if line.startswith("closing") and len(said) == 2:
            raise KeyboardInterrupt

    with OpenedSetting(org.writable(), impatient):
        pass
    assert not is_open(org)


def test_a_failure_to_close_also_reports_what_was_done(org) -> None:
    writable = org.writable()

    def fail() -> None:
        with OpenedSetting(writable, lambda _: None):
            writable.written.note("A new pair of Acme is staged, and was handed over.")
            go_wrong(org, {"operation": "*eploy*", "kind": "component_failure", "times": 0})

    with pytest.raises(ApplyFailed) as raised:
        fail()
    first, second, third, *_ = raised.value.message.splitlines()
    assert first.endswith("was opened.")
    assert second == "A new pair of Acme is staged, and was handed over."
    assert third.startswith("WARNING: ")


@pytest.mark.parametrize("kind", ["503", "html_error", "component_failure", "unable_to_lock_row"])
def test_closing_is_tried_again(org, kind) -> None:
    with OpenedSetting(org.writable(), lambda _: None):
        go_wrong(org, {"operation": "*eployRequest", "kind": kind, "times": 2})
    assert not is_open(org)


def test_a_run_that_was_killed_is_cleaned_up_after(org, tmp_path) -> None:
    notes = SettingNotes(tmp_path / "notes")
    url = org.writable().session.instance_url
    killed = OpenedSetting(org.writable(), lambda _: None, notes)
    killed.__enter__()
    assert notes.left(url) == []  # it still runs, and has the lock
    killed._note.release()  # as the system does for a process that is killed
    assert len(notes.left(url)) == 1
    said: list[str] = []
    writable = org.writable()
    with OpenedSetting(writable, said.append, notes):
        assert "an earlier run left local's setting" in said[0]
    assert not is_open(org)
    assert notes.left(url) == []
    assert "which an earlier run left open, is closed." in str(writable.written)


def test_without_a_note_on_disk_nothing_is_opened(org, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    notes = SettingNotes(tmp_path / "file" / "notes")
    with (
        org.noting() as noted,
        pytest.raises(CannotError, match="no note of the setting"),
        OpenedSetting(org.writable(), lambda _: None, notes),
    ):
        pytest.fail("not opened")
    assert writes(noted) == []


def test_a_failure_to_close_is_a_warning(org) -> None:
    def fail() -> None:
        with OpenedSetting(org.writable(), lambda _: None):
            go_wrong(org, {"operation": "*eploy*", "kind": "component_failure", "times": 0})
            raise CannotError("it was this")

    with pytest.raises(ApplyFailed, match="it was this\nWARNING: local's setting") as raised:
        fail()
    assert "may still be open" in raised.value.message
    assert "Close it now: Setup" in raised.value.next_step
    assert is_open(org)


def test_repeated_interruptions_end_with_a_warning(org) -> None:
    def impatient(line: str) -> None:
        if line.startswith("closing"):
            raise KeyboardInterrupt

    with pytest.raises(ApplyFailed, match="interrupted"), OpenedSetting(org.writable(), impatient):
        pass


def test_a_user_without_permission_cannot_open_the_setting(org) -> None:
    go_wrong(org, {"operation": "*eploy*", "kind": "component_failure", "problem": "no rights"})
    with (
        pytest.raises(CannotError, match=r"refused to change enable.*no rights") as raised,
        OpenedSetting(org.writable(), lambda _: None),
    ):
        pytest.fail("not opened")
    assert "Customize Application" in raised.value.next_step
    assert not is_open(org)


def test_an_api_version_without_the_setting_is_refused(org) -> None:
    with (
        pytest.raises(VersionUnsupported, match="came with API 62"),
        OpenedSetting(org.writable(61), lambda _: None),
    ):
        pytest.fail("not opened")


def test_no_request_contains_a_secret(opened, writer, consumer) -> None:
    staged = writer.stage(consumer, lambda _: None)
    writer.rotate(consumer)
    logged = json.dumps([dataclasses.asdict(record) for record in opened.local.requests])
    assert staged.pair.secret.reveal() not in logged
