"""Saved plans, applied to the letter or refused."""

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as s

from provision.apply.plan_file import check_checksum, read_saved, save, write_saved
from provision.apply.prover import Prover
from provision.apply.run import apply_plan
from provision.apply.saved_preparation import prepare_saved
from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION, OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.errors import CannotError, ExitCode, GateRefused
from provision.plan.fingerprint import canonical_json, sha256
from provision.plan.names import Wanted
from tests.apply.test_chosen_key import APP_KEY, CHOSEN
from tests.apply.test_run import APP, OPEN, assignees, granted
from tests.orgs import writes

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@dataclasses.dataclass
class Saving:
    """Planning at one time, applying at another."""

    work: object
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "plan.json"

    def plan(self, text: str, **connection):
        prepared = self.work.prepare(text, **connection)
        kept = save(prepared, self.work.org.readable(**connection), NOW, self.folder)
        write_saved(self.path, kept)
        return kept

    def prepare(self, **connection):
        return prepare_saved(read_saved(self.path), self.path, self.work.org.readable(**connection))

    def apply(self, **connection):
        org = self.work.org.writable(**connection)
        return apply_plan(self.prepare(**connection), org, self.work.messages.append)


@pytest.fixture
def saving(work, tmp_path, monkeypatch) -> Saving:
    monkeypatch.chdir(tmp_path)
    return Saving(work, tmp_path)


def change_policy(work, **fields) -> None:
    policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    work.org.deploy(Component(policy.type, policy.full_name, {**policy.fields, **fields}))


def test_it_does_what_the_spec_would_and_proves_it(saving, work) -> None:
    kept = saving.plan(APP)
    (saving.folder / "spec.yaml").unlink()
    applied = saving.apply()
    assert granted(work) == {"System Administrator", "Robots"}
    assert assignees(work) == {"admin@localorg.example", "ci@localorg.example"}
    assert work.plan(APP).is_empty
    assert applied.plan.components == kept.plan.components
    prover = Prover(work.org.readable(), work.org.clock, 0, work.messages.append)
    proof = prover.prove(saving_spec(saving), applied.actual)
    assert proof.username == "admin@localorg.example"


def saving_spec(saving):
    """What of the spec outlives its file: how to prove it."""
    saving.plan("app: Robot\nlabel: Other\noauth: {jwt_bearer: {certificate: keys/app.crt, "
                "private_key: keys/app.key}}\n")  # fmt: skip
    return saving.prepare().spec


def test_a_restriction_is_made_in_the_order_that_locks_nobody_out(saving, work) -> None:
    work.apply(OPEN)
    saving.plan(APP)
    with work.org.noting() as noted:
        saving.apply()
    assert writes(noted)[-1] == "rest:deployRequest"
    assert "rest:create:SetupEntityAccess" in writes(noted)


def test_without_the_key_file_the_proof_is_the_probe(saving) -> None:
    saving.plan(APP)
    (saving.folder / "keys" / "app.key").unlink()
    assert saving.prepare().spec.private_key is None


def test_an_encrypted_key_wants_its_passphrase_before_anything_is_written(saving) -> None:
    saving.plan(APP)
    encrypt(saving.folder / "keys" / "app.key", b"open sesame")
    org = saving.work.org.readable()
    with pytest.raises(CannotError, match="no passphrase"):
        saving.prepare()
    prepared = prepare_saved(read_saved(saving.path), saving.path, org, "open sesame")
    assert prepared.spec.private_key is not None


def encrypt(path: Path, passphrase: bytes) -> None:
    key = s.load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(
        key.private_bytes(
            s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(passphrase)
        )
    )


def test_lists_in_another_order_do_not_make_it_stale(saving, work) -> None:
    work.apply(APP.replace("[System Administrator]", "[System Administrator, Standard User]"))
    saving.plan(APP)
    for _ in range(3):  # the org shuffles its lists each time
        assert saving.prepare().plan.changes
    saving.apply()
    assert granted(work) == {"System Administrator", "Robots"}


def test_what_moved_is_named_and_nothing_is_written(saving, work) -> None:
    work.apply(APP)
    saving.plan(APP.replace("15 minutes", "30 minutes"))
    change_policy(work, sessionTimeoutInMinutes=480)
    header = work.org.readable().find_app("Robot").components[EXTERNAL_CLIENT_APPLICATION.name]
    work.org.deploy(Component(header.type, "Robot", {**header.fields, "label": "Moved"}))
    with work.org.noting() as noted, pytest.raises(GateRefused) as raised:
        saving.apply()
    assert raised.value.exit_code is ExitCode.REFUSED
    assert "stale" in raised.value.message
    assert "ExternalClientApplication was changed" in raised.value.message
    assert "ExtlClntAppOauthConfigurablePolicies was changed" in raised.value.message
    assert "ExtlClntAppOauthSettings" not in raised.value.message
    assert writes(noted) == []


def test_a_plan_to_create_is_stale_where_the_app_was_created(saving, work) -> None:
    saving.plan(APP)
    work.apply(OPEN)
    with pytest.raises(GateRefused, match="ExternalClientApplication was created"):
        saving.apply()


def test_it_is_for_no_other_org(saving) -> None:
    saving.plan(APP)
    content = json.loads(saving.path.read_text())
    content["plan"]["org"]["org_id"] = "00D000000000009"
    resign(saving.path, content)
    with pytest.raises(GateRefused, match="made for the org 00D000000000009"):
        saving.prepare()


def test_it_is_for_no_other_api_version(saving) -> None:
    saving.plan(APP)
    with pytest.raises(GateRefused, match="made with API 68, and this is 66"):
        saving.prepare(version=66)


@pytest.mark.parametrize(
    ("spec", "meanwhile", "said"),
    [
        (APP, "create_permission_set", "the permission set Robots was created"),
        (APP, "deactivate", "the user ci@localorg.example is inactive"),
        ("robots", "assign", "the user ci@localorg.example got the permission set Robots"),
        ("robots", "delete", "the permission set Robots is gone"),
    ],
)
def test_access_that_moved_makes_it_stale(saving, work, spec, meanwhile, said) -> None:
    writer = work.org.writable().access_writer
    if spec == "robots":
        writer.create_permission_set("Robots", "Robots")
        spec = APP.replace("{name: Robots, create: true, assign_to: [admin@localorg.example, ",
                           "{name: Robots, assign_to: [")  # fmt: skip
    saving.plan(spec)
    happen(work, meanwhile, writer)
    with work.org.noting() as noted, pytest.raises(GateRefused, match=said):
        saving.apply()
    assert writes(noted) == []


def happen(work, meanwhile: str, writer) -> None:
    """What somebody else does between plan and apply."""
    found = writer.find(Wanted(("Robots",), (), ("ci@localorg.example",)))
    match meanwhile:
        case "create_permission_set":
            writer.create_permission_set("Robots", "Robots")
        case "assign":
            writer.assign(found.permission_set("Robots"), found.user("ci@localorg.example"))
        case "delete":
            writer.remove("PermissionSet", found.permission_set("Robots").id)
        case "deactivate":
            deactivate(work, "ci@localorg.example")


def deactivate(work, username: str) -> None:
    [row] = work.org.readable().rest.query(f"SELECT Id FROM User WHERE Username = '{username}'")
    url = work.org.local.https_url
    token = work.org.local.session().access_token
    answer = work.org.http.patch(
        f"{url}/services/data/v68.0/sobjects/User/{row['Id']}",
        json={"IsActive": False},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 204, answer.text


def resign(path: Path, content: dict) -> None:
    """Write a document with the checksum that fits what somebody made of it."""
    rest = {k: v for k, v in content.items() if k not in {"checksum", "created_at"}}
    path.write_text(json.dumps({**content, "checksum": sha256(canonical_json(rest))}))


@pytest.mark.parametrize(
    "edit",
    [
        lambda item: item["component"]["fields"].update(startUrl="https://evil.example"),
        lambda item: item["component"]["fields"].pop("ipRelaxationPolicyType"),
        lambda item: item["desired"]["fields"].update(sessionTimeoutInMinutes=480),
        lambda item: item["changes"].clear(),
        lambda item: item["changes"][0].update(before=20),
        lambda item: item["changes"][0].update(component="ExtlClntAppOauthSettings"),
        lambda item: item["component"].update(full_name="Other"),
    ],
)
def test_what_is_shown_is_what_is_sent(saving, work, edit) -> None:
    work.apply(APP)
    saving.plan(APP.replace("15 minutes", "30 minutes"))
    content = json.loads(saving.path.read_text())
    [item] = [
        i for i in content["plan"]["components"] if i["desired"]["type"] == OAUTH_POLICIES.name
    ]
    edit(item)
    resign(saving.path, content)
    with work.org.noting() as noted, pytest.raises(CannotError, match="it was edited"):
        saving.apply()
    assert writes(noted) == []


def test_approval_by_checksum(saving, work) -> None:
    approved = saving.plan(APP).checksum
    check_checksum(saving.plan(APP), f" {approved.upper()}\n")
    work.apply(OPEN)
    with pytest.raises(GateRefused, match="was approved") as raised:
        check_checksum(saving.plan(APP), approved)
    assert raised.value.message.startswith("stale gate")


def test_the_file_is_replaced_whole_and_read_back_equal(saving) -> None:
    first = saving.plan(APP)
    second = saving.plan(OPEN)
    assert read_saved(saving.path) == second != first
    assert [path.name for path in saving.folder.glob("*plan*")] == ["plan.json"]
    assert saving.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"x" * (16 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_plan_is_refused(tmp_path, content) -> None:
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotError, match=r"plan\.json") as raised:
        read_saved(path)
    assert "--out" in raised.value.next_step


def test_a_plan_that_cannot_be_written_is_refused(saving) -> None:
    kept = saving.plan(OPEN)
    with pytest.raises(CannotError, match="cannot be written"):
        write_saved(saving.folder / "spec.yaml" / "plan.json", kept)


def test_a_key_is_chosen_when_the_plan_is_applied(saving, work) -> None:
    kept = saving.plan(APP_KEY)
    assert saving.plan(APP_KEY).checksum == kept.checksum
    assert saving.plan(APP).checksum != kept.checksum
    saving.plan(APP_KEY)
    applied = saving.apply()
    assert CHOSEN.fullmatch(applied.consumer_key)
    assert applied.consumer_key not in saving.path.read_text()
    assert work.plan(APP_KEY).is_empty


def test_a_key_cannot_be_chosen_for_an_app_that_has_one(saving, work) -> None:
    work.apply(APP)
    saving.plan(APP.replace("15 minutes", "30 minutes"))
    content = json.loads(saving.path.read_text())
    content["plan"]["chooses_consumer_key"] = True
    resign(saving.path, content)
    with pytest.raises(CannotError, match="creates nothing that takes one"):
        saving.apply()
