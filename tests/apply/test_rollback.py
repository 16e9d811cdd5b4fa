"""Rolling back: the app is again what it was before a run, or it is said what cannot be."""

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.apply.rollback import (
    check_restored,
    check_run_org,
    prepare_rollback,
    read_run,
    rollback_notices,
)
from provision.apply.run import apply_plan
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import UNSET, Component, RawXml
from provision.catalogue.package import Package
from provision.errors import ApplyFailed, CannotError, GateRefused, UnknownNames
from provision.org.deploy import DeployOptions
from provision.plan.fingerprint import fingerprint
from provision.plan.names import Wanted
from tests.apply.kept import Keeping
from tests.apply.test_chosen_key import APP_KEY
from tests.apply.test_run import APP, OPEN, granted
from tests.orgs import writes

OTHER = """
    app: Robot
    label: Another robot
    contact_email: else@example.com
    description: Not there before
    oauth:
      callback_urls: [https://other.example/callback, https://more.example/callback]
      scopes: [web, api, refresh_token]
      jwt_bearer: null
    policies:
      permitted_users: admin_approved
      profiles: [Standard User]
      permission_sets: []
      refresh_token: valid_until_revoked
      session_timeout: 2 hours
      ip_relaxation: bypass
"""


@pytest.fixture
def kept(work, tmp_path, monkeypatch) -> Keeping:
    monkeypatch.chdir(tmp_path)
    return Keeping(work, tmp_path / "runs")


def actual(kept):
    return kept.work.org.readable().find_app("Robot")


def prepared(kept, run):
    org = kept.work.org.readable()
    check_run_org(run, org)
    return prepare_rollback(run, org.find_app("Robot"), org, kept.work.today)


def roll_back(kept, run):
    applied = kept.apply(prepared(kept, run), "rollback")
    check_restored(applied)
    return applied


def test_everything_is_as_before_and_the_key_stays(kept, work) -> None:
    key = kept.apply(work.prepare(APP)).consumer_key
    before, users = actual(kept), granted(work)
    kept.apply(work.prepare(OTHER))
    assert fingerprint(actual(kept)) != fingerprint(before)
    applied = roll_back(kept, kept.newest())
    assert fingerprint(actual(kept)) == fingerprint(before)
    assert granted(work) == users
    assert applied.consumer_key == key
    assert work.plan(APP).is_empty
    assert work.prove(APP).username == "admin@localorg.example"


def test_the_plan_says_where_in_the_snapshot_each_value_stands(kept, work) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare(OTHER))
    run = kept.newest()
    plan = prepared(kept, run).plan
    changes = {change.key: change for change in plan.changes}
    timeout = changes["policies.session_timeout"]
    assert (timeout.before, timeout.after) == (120, 15)
    lines = (run.directory.path / timeout.position.file).read_text().splitlines()
    line = lines[timeout.position.line - 1]
    assert line.strip() == "<sessionTimeoutInMinutes>15</sessionTimeoutInMinutes>"
    assert changes["description"].after is UNSET
    assert changes["policies.permission_sets"].after == "Robots"


def test_a_rollback_can_be_rolled_back(kept, work) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare(OTHER))
    after = actual(kept)
    roll_back(kept, kept.newest())
    undoing = kept.newest()
    assert undoing.record.verb == "rollback"
    assert undoing.record.spec is None
    roll_back(kept, undoing)
    assert fingerprint(actual(kept)) == fingerprint(after)


def test_where_nothing_changed_there_is_nothing_to_do(kept, work) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare(OTHER))
    run = kept.newest()
    roll_back(kept, run)
    with work.org.noting() as noted:
        assert prepared(kept, run).plan.is_empty
    assert writes(noted) == []


def test_restricting_again_grants_first(kept, work) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare("app: Robot\npolicies: {permitted_users: self_authorized, "
                            "profiles: [], permission_sets: []}\n"))  # fmt: skip
    assert granted(work) == set()
    with work.org.noting() as noted:
        applied = roll_back(kept, kept.newest())
    assert applied.plan.tightens
    assert writes(noted)[-1] == "rest:deployRequest"
    assert granted(work) == {"System Administrator", "Robots"}


def test_fields_that_the_catalogue_does_not_know_come_back_and_go(kept, work) -> None:
    kept.apply(work.prepare(OPEN))
    set_unknown(work, isNewIn69=RawXml("<isNewIn69>yes</isNewIn69>"))
    kept.apply(work.prepare(OPEN + "    label: Other\n"))
    run = kept.newest()
    set_unknown(work, isNewIn70=RawXml("<isNewIn70>1</isNewIn70><isNewIn70>2</isNewIn70>"))
    plan = prepared(kept, run).plan
    assert {c.field.name for c in plan.changes} == {"label", "isNewIn69", "isNewIn70"}
    roll_back(kept, run)
    fields = actual(kept).components[OAUTH_SETTINGS.name].fields
    assert fields["isNewIn69"] == RawXml("<isNewIn69>yes</isNewIn69>")
    assert "isNewIn70" not in fields


def test_an_unknown_field_that_the_org_does_not_take_is_named(kept, work) -> None:
    kept.apply(work.prepare(OPEN))
    set_unknown(work, isNewIn69=RawXml("<isNewIn69>yes</isNewIn69>"))
    kept.apply(work.prepare(OPEN + "    label: Other\n"))
    run = kept.newest()
    set_unknown(work)
    applied = kept.apply(prepared(kept, run), "rollback")
    settings = applied.actual.components[OAUTH_SETTINGS.name]
    other = {**settings.fields, "isNewIn69": RawXml("<isNewIn69>no</isNewIn69>")}
    changed = Component(settings.type, settings.full_name, other)
    components = {**applied.actual.components, settings.type.name: changed}
    read = dataclasses.replace(applied.actual, components=components)
    with pytest.raises(ApplyFailed, match=r"ExtlClntAppOauthSettings\.isNewIn69"):
        check_restored(dataclasses.replace(applied, actual=read))


def test_a_record_comes_back_whole(kept, work) -> None:
    block = "metadata: {ExtlClntAppGlobalOauthSettings: {idTokenConfig: {%s}}}"
    short = "idTokenValidityInMinutes: 5"
    longer = "idTokenAudience: else, idTokenValidityInMinutes: 9"
    kept.apply(work.prepare(f"{OPEN}    {block % short}\n"))
    before = fingerprint(actual(kept))
    kept.apply(work.prepare(f"app: Robot\n{block % longer}\n"))
    roll_back(kept, kept.newest())
    assert fingerprint(actual(kept)) == before


def set_unknown(work, **fields) -> None:
    settings = work.org.readable().find_app("Robot").components[OAUTH_SETTINGS.name]
    sent = {k: v for k, v in settings.fields.items() if settings.type.field(k) and k != "oauthLink"}
    work.org.deploy(Component(settings.type, settings.full_name, {**sent, **fields}))


@pytest.mark.parametrize("text", [APP, APP_KEY], ids=["minted key", "chosen key"])
def test_an_app_that_was_deleted_since_is_created_anew_and_that_is_said(kept, work, text) -> None:
    key = kept.apply(work.prepare(text)).consumer_key
    before = actual(kept)
    kept.apply(work.prepare(OTHER))
    run = kept.newest()
    delete(work)
    notices = list(rollback_notices(run, actual(kept)))
    assert "another consumer key and secret, and every token is gone" in notices[0]
    assert key in notices[0]
    applied = roll_back(kept, run)
    assert applied.consumer_key != key
    assert applied.consumer_key.startswith("3MVG9")
    assert granted(work) == {"System Administrator", "Robots"}
    settings = GLOBAL_OAUTH_SETTINGS.name
    then, now = fingerprint(before), fingerprint(actual(kept))
    assert {name for name in then if then[name] != now[name]} <= {settings, OAUTH_POLICIES.name}
    assert work.plan(text).is_empty


def delete(work) -> None:
    org = work.org.writable()
    doomed = ((EXTERNAL_CLIENT_APPLICATION.name, "Robot"),)
    assert org.deployer.run(Package(68, deletions=doomed), DeployOptions()).success


def test_a_record_that_was_not_there_before_gets_its_defaults_and_that_is_said(kept, work) -> None:
    kept.apply(work.prepare("app: Robot\ncontact_email: a@example.com\n"))
    kept.apply(work.prepare(OPEN + "    policies: {session_timeout: 15 minutes}\n"))
    run = kept.newest()
    notices = " ".join(rollback_notices(run, actual(kept)))
    assert "Robot_oauth (ExtlClntAppOauthSettings) was not there before" in notices
    roll_back(kept, run)
    fields = actual(kept).components[OAUTH_POLICIES.name].fields
    assert fields.get("sessionTimeoutInMinutes") is None
    assert not actual(kept).components[GLOBAL_OAUTH_SETTINGS.name].text("callbackUrl")


def test_another_org_is_refused(kept, work) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare(OTHER))
    path = kept.newest().directory.path / "record.json"
    told = json.loads(path.read_text())
    told["org"]["id"] = "00D000000000009"
    path.write_text(json.dumps(told))
    with pytest.raises(GateRefused, match="was in the org 00D000000000009"):
        prepared(kept, kept.newest())


def test_names_that_are_gone_stop_everything(kept, work) -> None:
    assigned = ", assign_to: [admin@localorg.example, ci@localorg.example]"
    kept.apply(work.prepare(APP.replace(assigned, "")))
    kept.apply(work.prepare(OTHER))
    writer = work.org.writable().access_writer
    found = writer.find(Wanted(("Robots",)))
    writer.remove("PermissionSet", found.permission_set("Robots").id)
    with pytest.raises(UnknownNames, match="permission set Robots"):
        prepared(kept, kept.newest())


def test_what_the_run_added_beside_the_app_is_named(kept, work) -> None:
    kept.apply(work.prepare(OPEN))
    kept.apply(work.prepare(APP))
    run = kept.newest()
    assert "permission set Robots of ci@localorg.example" in " ".join(
        rollback_notices(run, actual(kept))
    )
    roll_back(kept, run)
    assert granted(work) == set()
    assert "Robots" in work.org.readable().access.permission_set_names()


def damage_nothing(path) -> None:
    (path / "snapshot" / "nonsense").mkdir()
    (path / "snapshot" / "nonsense" / "A.eca").write_text("<Flow/>")


def damage_xml(path) -> None:
    next(path.glob("snapshot/*/*.eca")).write_text("<ExternalClientApplication>")


def damage_parent(path) -> None:
    file = next(path.glob("snapshot/*/*.ecaOauth"))
    file.write_text(file.read_text().replace(">Robot<", ">Other<"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_nothing, "of no type of an app"),
        (damage_xml, "not well-formed XML"),
        (damage_parent, "not of the app Robot"),
        (lambda path: (path / "access.json").write_text("{"), "is damaged"),
        (lambda path: (path / "access.json").write_text("{}"), "schema: Field required"),
        (lambda path: (path / "access.json").unlink(), "cannot be read"),
    ],
)
def test_a_damaged_run_is_refused(kept, work, damage, said) -> None:
    kept.apply(work.prepare(APP))
    kept.apply(work.prepare(OTHER))
    directory = kept.newest().directory
    damage(directory.path)
    with pytest.raises(CannotError, match=said):
        read_run(directory)


RANGES = (
    "{{startIpAddress: 10.0.0.1, endIpAddress: 10.0.0.2}}, "
    "{{startIpAddress: 10.0.1.1, endIpAddress: 10.0.1.2}}"
)
STEPS = [
    "label: {}",
    "description: x{}",
    "oauth: {{scopes: [api, web], pkce_required: true}}",
    "oauth: {{callback_urls: [https://{}.example/, https://b.example/]}}",
    "oauth: {{jwt_bearer: {{certificate: keys/app.crt}}}}",
    "oauth: {{jwt_bearer: null}}",
    "policies: {{session_timeout: 15 minutes, ip_relaxation: bypass}}",
    "policies: {{refresh_token: {{lifetime: 9 days}}}}",
    "policies: {{refresh_token: null}}",
    "policies: {{permitted_users: admin_approved, profiles: [Standard User]}}",
    "policies: {{permitted_users: self_authorized, profiles: [], session_timeout: null}}",
    "metadata: {{ExtlClntAppOauthSettings: {{trustedIpRanges: [" + RANGES + "]}}}}",
]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
def test_whatever_was_changed_comes_back(kept, work, steps) -> None:
    """The steps are applied one after the other, and rolled back from the last to the first."""
    kept.work.apply(OPEN)
    seen = []
    for number, step in enumerate(steps):
        plan = work.prepare(f"app: Robot\n{step.format(f'a{number}')}\n")
        if not plan.plan.is_empty:
            before = fingerprint(actual(kept))
            apply_any(kept, plan)
            seen.append((before, kept.newest()))
    for before, run in reversed(seen):
        apply_any(kept, prepared(kept, run), "rollback")
        assert fingerprint(actual(kept)) == before


def apply_any(kept, plan, verb="apply") -> None:
    """Apply whatever its gates say."""
    lifted = dataclasses.replace(plan, plan=dataclasses.replace(plan.plan, gates=()))
    if lifted.plan.is_empty:
        apply_plan(lifted, kept.work.org.writable(), kept.work.messages.append)
    else:
        kept.apply(lifted, verb)
