"""Records that provision did not make: what every verb says of them, and does with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.errors import ExitCode
from provision.jobs.lint import found_in_org
from provision.jobs.rules import rule_set
from provision.spec.load import load
from provision.spec.variable import Variables
from tests.apps import LISTED, SCHEMES, app_called, dependent
from tests.orgs import OrgUnderTest, org_under_test

pytestmark = pytest.mark.slow

SPEC = """\
app: Robot
oauth: {callback_urls: [https://a.example/new], scopes: [api]}
policies: {session_timeout: 15 minutes}
"""
BLIND = ("empty_listing=yes", "record_queries=no")
YES = ("--yes", "--no-proof")
WEAKENING = ("--allow", "weakening")
ODD_POLICY = {**SCHEMES["setup"], OAUTH_POLICIES.name: "Hidden_Policy"}
SETTINGS, GLOBAL, OAUTH_POLICY, APP_POLICY = SCHEMES["setup"]
every_type = pytest.mark.parametrize("each", LISTED, ids=lambda each: each.name)


@pytest.fixture
def org(run, tmp_path_factory, monkeypatch) -> Iterator[OrgUnderTest]:
    """A local org that the environment names, and `robot.yaml`."""
    Path("robot.yaml").write_text(SPEC)
    with org_under_test(tmp_path_factory.mktemp("org") / "org") as running:
        monkeypatch.setenv("SF_INSTANCE_URL", running.local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", running.local.session().access_token)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.local.ca_file))
        yield running


def runs() -> list[Path]:
    found = Path(".provision/runs").rglob("record.json")
    return [path.parent for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]


def kept() -> set[str]:
    """The files of the newest snapshot."""
    return {path.stem for path in (runs()[-1] / "snapshot").glob("*/*")}


def policy(org) -> Component:
    org.set_quirks()
    return org.readable().find_app("Robot").components[OAUTH_POLICIES.name]


@pytest.fixture
def hidden(org) -> OrgUnderTest:
    """An org that shows nothing of the app's policy, which bears an odd name."""
    org.deploy(*app_called(ODD_POLICY))
    org.set_quirks(*BLIND)
    return org


def test_a_plan_says_that_a_record_is_unknown(run, hidden) -> None:
    ran = run("plan", "robot.yaml")
    assert ran.code == ExitCode.OK
    assert "? ExtlClntAppOauthConfigurablePolicies Robot_oauthPlcy" in ran.out
    assert "unknown: the org does not show whether it is there" in ran.out
    told = json.loads(run("plan", "robot.yaml", "--format", "json").out)["results"][0]["plan"]
    assert [c["action"] for c in told["components"] if "Policies" in c["component"]["type"]] == [
        "unknown"
    ]


def test_apply_plans_shows_gates_and_keeps_the_record_that_the_org_names(run, hidden) -> None:
    ran = run("apply", "robot.yaml", *YES, *WEAKENING)
    assert ran.code == ExitCode.OK, ran.err
    assert "Hidden_Policy is there already; planning again" in ran.err
    assert "~ ExtlClntAppOauthConfigurablePolicies Hidden_Policy" in ran.out
    assert "session_timeout: 60 minutes -> 15 minutes" in ran.out
    assert len(runs()) == 1  # the run that was ended before its write keeps none
    assert "Hidden_Policy" in kept()
    assert policy(hidden).fields["startUrl"] == "https://kept.example"


@pytest.mark.parametrize("shape", ["text", "json", "markdown"])
def test_the_new_plan_has_gates_of_its_own(run, hidden, shape) -> None:
    """To create a policy is no weakening; to loosen the one that is there is."""
    before = policy(hidden)
    hidden.set_quirks(*BLIND)
    Path("robot.yaml").write_text(
        "app: Robot\noauth: {scopes: [api, web]}\npolicies: {session_timeout: 24 hours}\n"
    )
    assert run("plan", "robot.yaml").out.count("gate") == 0
    ran = run("apply", "robot.yaml", *YES, "--format", shape)
    assert ran.code == ExitCode.REFUSED, ran.out + ran.err
    assert "weakening gate" in (ran.out + ran.err)
    assert policy(hidden) == before
    assert runs() == []


def test_without_a_confirmation_of_the_new_plan_nothing_is_written(
    run, hidden, monkeypatch
) -> None:
    asked: list[str] = []

    def confirm(question: str) -> None:
        asked.append(question)
        if len(asked) > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr("provision.cli.live.confirm", confirm)
    run("apply", "robot.yaml", "--no-proof", *WEAKENING)
    assert len(asked) == 2
    assert policy(hidden).fields["sessionTimeoutInMinutes"] == 60


def test_a_checksum_approves_one_plan_and_not_the_next(run, hidden) -> None:
    ran = run("plan", "robot.yaml", "--checksum")
    assert ran.code == ExitCode.CANNOT
    assert "does not show whether Robot has ExtlClntAppOauthConfigurablePolicies" in ran.err


def test_a_plan_that_was_validated_is_saved_and_applied_to_the_letter(run, hidden) -> None:
    ran = run("plan", "robot.yaml", "--out", "plan.json")
    assert ran.code == ExitCode.CANNOT
    assert "Plan with --validate" in ran.err
    ran = run("plan", "robot.yaml", "--out", "plan.json", "--validate")
    assert ran.code == ExitCode.OK, ran.err
    assert "~ ExtlClntAppOauthConfigurablePolicies Hidden_Policy" in ran.out
    ran = run("apply", "plan.json", *YES, *WEAKENING)
    assert ran.code == ExitCode.OK, ran.err
    assert policy(hidden).fields["sessionTimeoutInMinutes"] == 15
    assert policy(hidden).fields["startUrl"] == "https://kept.example"


def test_a_saved_plan_is_stale_once_a_record_is_there(run, org) -> None:
    org.deploy(*app_called(SCHEMES["setup"])[:3])
    org.delete(Component(OAUTH_POLICIES, "Robot_oauth_defaultPolicy"))
    assert run("plan", "robot.yaml", "--out", "plan.json").code == ExitCode.OK
    org.deploy(app_called(ODD_POLICY)[3])
    org.set_quirks(*BLIND)
    ran = run("apply", "plan.json", *YES, *WEAKENING)
    assert ran.code == ExitCode.REFUSED, ran.out + ran.err
    assert "ExtlClntAppOauthConfigurablePolicies was created" in ran.err
    assert policy(org).fields["sessionTimeoutInMinutes"] == 60


def test_rollback_finds_what_was_there_under_its_name(run, hidden) -> None:
    run("apply", "robot.yaml", *YES, *WEAKENING)
    hidden.set_quirks(*BLIND)
    ran = run("rollback", runs()[0].parents[2].name, "--yes", *WEAKENING)
    assert ran.code == ExitCode.OK, ran.err
    assert "Hidden_Policy" in kept()
    assert policy(hidden).fields["sessionTimeoutInMinutes"] == 60
    assert policy(hidden).fields["startUrl"] == "https://kept.example"


def test_rollback_plans_again_for_a_record_that_nobody_knew(run, org) -> None:
    """Since the run, the policy was deleted, and made again under another name."""
    org.deploy(*app_called(SCHEMES["setup"]))
    assert run("apply", "robot.yaml", *YES, *WEAKENING).code == ExitCode.OK
    org.delete(Component(OAUTH_POLICIES, "Robot_oauthPlcy"))
    org.deploy(app_called(ODD_POLICY)[3])
    org.set_quirks(*BLIND)
    ran = run("rollback", runs()[0].parents[2].name, "--yes", *WEAKENING)
    assert ran.code == ExitCode.OK, ran.out + ran.err
    assert "Hidden_Policy is there already; planning again" in ran.err
    assert "Hidden_Policy" in kept()
    assert policy(org).full_name == "Hidden_Policy"


@every_type
def test_plan_diff_and_apply_name_each_record_and_leave_it(run, org, each) -> None:
    org.deploy(*app_called(SCHEMES["migrated"]), dependent(each, "Odd"))
    said = f"also there, not managed: {each.name} Odd"
    assert said in run("plan", "robot.yaml").out
    assert said in run("diff", "robot.yaml").out
    told = json.loads(run("diff", "robot.yaml", "--format", "json").out)["results"][0]["plan"]
    assert told["actual"]["dependents"] == [{"type": each.name, "full_name": "Odd", "fields": {}}]
    ran = run("apply", "robot.yaml", *YES, *WEAKENING, "--format", "json")
    assert ran.code == ExitCode.OK, ran.err
    told = json.loads(ran.out)["results"][0]["plan"]
    assert told["actual"]["dependents"] == [{"type": each.name, "full_name": "Odd", "fields": {}}]
    assert "Odd" in kept()
    [record] = org.readable().find_app("Robot").dependents
    assert record == dependent(each, "Odd")


@pytest.mark.parametrize("shape", ["text", "markdown", "html", "junit", "sarif", "github"])
def test_every_format_names_it(run, org, shape) -> None:
    org.deploy(*app_called(SCHEMES["setup"]), dependent(LISTED[0], "Odd"))
    ran = run("diff", "robot.yaml", "--format", shape)
    assert ran.code == ExitCode.FOUND, ran.err
    assert f"{LISTED[0].name} Odd" in ran.out


@every_type
def test_destroy_names_and_keeps_each_record_and_rollback_brings_it_back(run, org, each) -> None:
    org.deploy(*app_called(SCHEMES["migrated"]), dependent(each, "Odd"))
    ran = run("destroy", "robot.yaml", "--yes")
    assert ran.code == ExitCode.REFUSED
    assert f"- also there, not managed: {each.name} Odd" in ran.out
    assert f"irreversible gate: {each.name} Odd go with it" in ran.err
    ran = run("destroy", "robot.yaml", "--yes", "--allow", "irreversible")
    assert ran.code == ExitCode.OK, ran.err
    assert "Odd" in kept()
    ran = run("rollback", runs()[-1].parents[2].name, "--yes")
    assert ran.code == ExitCode.OK, ran.err
    assert f"+ {each.name} Odd: not managed; deployed again as it was kept" in ran.out
    assert "(read back), but for its consumer key and secret\n" in ran.out
    assert org.readable().find_app("Robot").dependents == (dependent(each, "Odd"),)


def test_rollback_says_what_it_does_not_bring_back(run, org) -> None:
    org.deploy(*app_called(SCHEMES["setup"]), dependent(LISTED[0], "Odd"))
    org.set_quirks("empty_listing=yes")
    ran = run("destroy", "robot.yaml", "--yes", "--allow", "irreversible")
    assert ran.code == ExitCode.OK, ran.err
    assert f"{LISTED[0].name} (the org does not show whether there is one)" in ran.out
    org.set_quirks()
    ran = run("rollback", runs()[-1].parents[2].name, "--yes")
    assert ran.code == ExitCode.OK, ran.err
    assert f"{LISTED[0].name}, which the org did not show" in ran.out


@pytest.mark.parametrize(
    ("said", "created"),
    [
        ("label: Robot", set()),
        ("description: null", set()),
        ("oauth: {scopes: [api]}", {SETTINGS}),
        ("oauth: {callback_urls: [https://a.example/cb]}", {SETTINGS, GLOBAL}),
        ("oauth: {}\npolicies: {}", set()),
        ("policies: {enabled: false}", {APP_POLICY}),
        ("policies: {session_timeout: null}", set()),
        ("oauth: {scopes: [api]}\npolicies: {session_timeout: 15m}", {SETTINGS, OAUTH_POLICY}),
    ],
)
def test_a_record_is_not_created_for_an_app_whose_spec_says_nothing_of_it(
    run, org, said, created
) -> None:
    org.deploy(app_called(SCHEMES["setup"])[0])
    Path("robot.yaml").write_text(f"app: Robot\n{said}\n")
    told = json.loads(run("plan", "robot.yaml", "--format", "json").out)["results"][0]["plan"]
    assert {
        item["component"]["type"] for item in told["components"] if item["action"] == "create"
    } == created


def test_of_a_new_app_all_is_created_that_the_spec_has_a_section_for(run, org) -> None:
    assert run("apply", "robot.yaml", *YES).code == ExitCode.OK
    assert len(org.readable().find_app("Robot").components) == len(SCHEMES["setup"]) + 1


def test_a_rollback_leaves_a_record_alone_that_the_run_did_not_see(run, org) -> None:
    """The spec says nothing of it, so that no deploy of the run met it either."""
    org.deploy(*app_called({**SCHEMES["setup"], APP_POLICY: "Hidden_Policy"}))
    org.set_quirks(*BLIND)
    ran = run("apply", "robot.yaml", *YES, *WEAKENING)
    assert ran.code == ExitCode.OK, ran.err
    hidden = "perhaps there, not managed (the org does not show whether there is one)"
    assert f"{hidden}: {APP_POLICY}\n" in ran.out
    assert "also there" not in ran.out
    assert f"but for {APP_POLICY}, which the org does not show" in ran.err
    org.set_quirks()
    before = org.readable().find_app("Robot").components[APP_POLICY]
    ran = run("rollback", runs()[0].parents[2].name, "--yes", *WEAKENING)
    assert ran.code == ExitCode.OK, ran.err
    assert f"Hidden_Policy ({APP_POLICY}) is left as it is" in ran.err
    assert f"(read back), but for {APP_POLICY}, which the org did not show" in ran.out
    assert org.readable().find_app("Robot").components[APP_POLICY] == before


def test_destroy_has_a_gate_for_core_records_that_the_org_does_not_show(run, hidden) -> None:
    ran = run("destroy", "robot.yaml", "--yes")
    assert ran.code == ExitCode.REFUSED
    assert f"- perhaps there: {OAUTH_POLICY} (the org does not show" in ran.out
    assert f"the org does not show whether Robot has {OAUTH_POLICY}" in ran.err
    run("destroy", "robot.yaml", "--yes", "--allow", "irreversible")
    hidden.set_quirks()
    ran = run("rollback", runs()[-1].parents[2].name, "--yes")
    assert f"{OAUTH_POLICY}, which the org did not show" in ran.out


def test_a_proof_without_a_key_that_is_shown_does_not_say_that_there_is_none(run, org) -> None:
    org.deploy(*app_called({**SCHEMES["setup"], GLOBAL: "Hidden"}))
    org.set_quirks(*BLIND)
    ran = run("prove", "robot.yaml")
    assert ran.code == ExitCode.NOT_PROVEN
    assert "the org does not show the consumer key of Robot" in ran.err


def test_nobody_is_said_to_have_moved_what_the_org_does_not_show(run, org) -> None:
    org.deploy(*app_called(SCHEMES["odd"]))
    assert run("apply", "robot.yaml", *YES, *WEAKENING).code == ExitCode.OK
    org.set_quirks(*BLIND)
    ran = run("diff", "robot.yaml")
    assert "? ExtlClntAppOauthSettings" in ran.out
    assert "moved since" not in ran.out


def test_lint_says_of_an_unknown_record_only_that(run, org) -> None:
    org.deploy(*app_called({**SCHEMES["setup"], OAUTH_POLICY: "Hidden_Policy"}))
    spec = load(Path("robot.yaml"), Variables({}, {}))
    shown = found_in_org([spec], rule_set(None), org.readable())
    assert any("policies" in each.key for each in shown)
    org.set_quirks(*BLIND)
    found = found_in_org([spec], rule_set(None), org.readable())
    assert [each.text for each in found if each.rule == "unseen-record"] == [
        f"the org does not show whether Robot has {OAUTH_POLICY}: its fields are not checked"
    ]
    assert not any("policies." in each.key for each in found)


def test_a_rotation_has_the_org_name_what_it_does_not_show(run, org, spec) -> None:
    assert run("apply", str(spec), "--yes").code == ExitCode.OK
    shown = policy(org)
    org.delete(Component(OAUTH_POLICIES, shown.full_name))
    org.deploy(Component(OAUTH_POLICIES, "Hidden_Policy", shown.fields))
    before = policy(org)
    org.set_quirks(*BLIND)
    ran = run("rotate", "certificate", str(spec), "--yes", "--allow", "lockout")
    assert ran.code == ExitCode.OK, ran.out + ran.err
    assert "Hidden_Policy is there already; planning again" in ran.err
    assert policy(org) == before
