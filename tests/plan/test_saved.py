import dataclasses
import json
import os
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.apply.prepare import bare_spec
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
)
from provision.catalogue.component import Component
from provision.errors import CannotError
from provision.plan import saved as saved_plan
from provision.plan.facts import ActualApp
from provision.plan.fingerprint import canonical_json, sha256
from provision.plan.last_applied import last_applied, with_moved
from provision.plan.plan import Acceptance, AcceptedDifference, Plan
from provision.plan.saved import SavedPlan, SpecFile, plan_schema, saved_plan_of
from provision.plan.saving import saved
from provision.spec.position import Position
from tests.plan.app import NOW, ORG, TODAY, changed, plans

SCHEMA = Path(saved_plan.__file__).with_name("schemas") / "plan-2.json"
SPEC_FILE = SpecFile("spec.yaml", "a" * 64)
FOLDER = Path.cwd()

header = Component(EXTERNAL_CLIENT_APPLICATION, "App", {"label": "Old"})
policy = Component(OAUTH_POLICIES, "App_policy", {"sessionTimeoutInMinutes": 30})
ACTUAL = ActualApp("App", {item.type.name: item for item in (header, policy)})


def plan_of(*desired: Component, actual: ActualApp = ACTUAL, **others) -> Plan:
    items = tuple(changed(item, actual.components.get(item.type.name)) for item in desired)
    return Plan("App", ORG, actual, items, **others)


SIMPLE = plan_of(
    Component(OAUTH_POLICIES, "App_policy", {"sessionTimeoutInMinutes": 15}),
    Component(EXTERNAL_CLIENT_APPLICATION, "App", {"label": "New"}),
)


@pytest.fixture
def save(spec_of):
    spec = spec_of("app: App\n")
    return lambda plan, now=NOW, spec=spec: saved(plan, spec, SPEC_FILE, FOLDER, now)


def save_bare(plan: Plan) -> SavedPlan:
    """For tests that hypothesis runs often: fixtures are made but once."""
    return saved(plan, bare_spec("App", Path("spec.yaml")), SPEC_FILE, FOLDER, NOW)


def resigned(content: dict) -> str:
    """A document whose checksum fits what somebody made of it."""
    rest = {k: v for k, v in content.items() if k not in {"checksum", "created_at"}}
    return json.dumps({**content, "checksum": sha256(canonical_json(rest))})


def in_plan(content: dict, **parts) -> dict:
    """A document whose plan has other parts."""
    return content | {"plan": content["plan"] | parts}


@settings(max_examples=40, deadline=None)
@given(plans())
def test_a_saved_plan_comes_back_as_it_was(plan) -> None:
    kept = save_bare(plan)
    text = kept.to_json()
    again = saved_plan_of(text, "plan.json")
    assert again == kept
    assert again.to_json() == text
    assert again.plan_for(plan.actual, plan.org) == plan
    assert list(again.stale(plan.actual, plan.org)) == []


@settings(max_examples=30, deadline=None)
@given(plans())
def test_every_saved_plan_fits_the_published_schema(plan) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [
        error.message for error in validator.iter_errors(json.loads(save_bare(plan).to_json()))
    ] == []


def test_the_published_schema_is_that_of_the_reader() -> None:
    """To write it anew: json.dump(plan_schema(), indent=2) and a line feed."""
    jsonschema.Draft202012Validator.check_schema(plan_schema())
    text = json.dumps(plan_schema(), indent=2) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == text


BYTES = save_bare(SIMPLE).to_json().encode()


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing(at, mask) -> None:
    flipped = BYTES[:at] + bytes([BYTES[at] ^ mask]) + BYTES[at + 1 :]
    try:
        read = saved_plan_of(flipped.decode(), "plan.json")
    except (CannotError, UnicodeDecodeError):
        return
    assert read == save_bare(SIMPLE)


@given(st.integers(0, len(BYTES) - 1))
def test_a_truncated_plan_is_refused(length) -> None:
    # Without the final line feed it is still whole.
    if length < len(BYTES) - 1:
        with pytest.raises(CannotError, match=r"plan\.json"):
            saved_plan_of(BYTES[:length].decode(), "plan.json")


def test_equal_plans_have_equal_checksums_whenever_they_are_made(save) -> None:
    later = NOW.replace(year=2027)
    assert save(SIMPLE).checksum == save(SIMPLE, later).checksum
    assert json.loads(save(SIMPLE, later).to_json())["created_at"] == "2027-11-24T06:30:00Z"


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(SIMPLE, org=dataclasses.replace(ORG, org_id="00D000000000002")),
        dataclasses.replace(SIMPLE, components=SIMPLE.components[:1]),
        plan_of(Component(OAUTH_POLICIES, "App_policy", {"sessionTimeoutInMinutes": 16})),
        dataclasses.replace(SIMPLE, tightens=True),
        dataclasses.replace(SIMPLE, chooses_consumer_key=True),
        dataclasses.replace(SIMPLE, actual=ActualApp("App", {})),
    ],
)
def test_another_plan_has_another_checksum(save, other) -> None:
    assert save(other).checksum != save(SIMPLE).checksum


@pytest.mark.parametrize(
    "written", ["specs/a.yaml", "./specs/a.yaml", "../{folder}/specs/a.yaml", "{whole}"]
)
def test_the_checksum_does_not_depend_on_how_the_path_of_the_spec_is_written(
    spec_of, tmp_path, monkeypatch, written
) -> None:
    folder = tmp_path / "work"
    (folder / "specs").mkdir(parents=True)
    monkeypatch.chdir(folder)
    [item] = plan_of(Component(EXTERNAL_CLIENT_APPLICATION, "App", {"label": "New"})).components
    whole = folder / "specs" / "a.yaml"

    def checksum(path: str) -> str:
        spec = dataclasses.replace(spec_of("app: App\n"), path=Path(path))
        at = Position(path, 3, 5)
        changes = tuple(dataclasses.replace(change, position=at) for change in item.changes)
        accepted = tuple(AcceptedDifference(c, Acceptance("known", TODAY)) for c in changes)
        components = (dataclasses.replace(item, changes=changes),)
        plan = dataclasses.replace(SIMPLE, components=components, accepted=accepted)
        kept = saved(plan, spec, SPEC_FILE, folder, NOW)
        assert str(tmp_path) not in kept.to_json()
        assert kept.plan.changes[0].position == Position("specs/a.yaml", 3, 5)
        return kept.checksum

    assert checksum(written.format(folder="work", whole=whole)) == checksum("specs/a.yaml")


def test_the_port_of_the_embedded_local_org_is_of_one_run_alone(save) -> None:
    def at(url: str) -> str:
        org = dataclasses.replace(ORG, instance_url=url)
        return save(dataclasses.replace(SIMPLE, org=org)).checksum

    assert at("https://localhost:40001") == at("https://localhost:40002")
    assert at("https://a.example:1") != at("https://a.example:2")


def test_what_is_said_of_a_plan_is_not_part_of_it(save) -> None:
    told = last_applied(SIMPLE, ACTUAL, ORG, sensitive=frozenset(), run_id="", salt=b"s", now=NOW)
    refreshed = dataclasses.replace(told, org_id="00D000000000002")
    for last in (dataclasses.replace(told, fields={}), refreshed):
        assert with_moved(SIMPLE, last) != SIMPLE
        assert save(with_moved(SIMPLE, last)) == save(SIMPLE)


def test_numbers_of_users_are_not_part_of_a_plan(save) -> None:
    [item, *others] = SIMPLE.components
    counted = [
        dataclasses.replace(c, risk=dataclasses.replace(c.risk, numbers=f"{n} users hold tokens."))
        for n, c in enumerate(item.changes)
    ]
    later = dataclasses.replace(item, changes=tuple(counted))
    plan = dataclasses.replace(SIMPLE, components=(later, *others))
    assert save(plan).checksum == save(SIMPLE).checksum
    assert save(plan) == saved_plan_of(save(plan).to_json(), "plan.json")


def test_another_session_of_another_user_makes_the_same_plan(save) -> None:
    org = dataclasses.replace(
        ORG, username="else@example.com", reached_by="JWT", is_production=True
    )
    assert save(dataclasses.replace(SIMPLE, org=org)).checksum == save(SIMPLE).checksum


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda c: c | {"extra": 1}, "extra: there is no such key"),
        (lambda c: in_plan(c, app=7), "plan.app: Input should be a valid string"),
        (lambda c: in_plan(c, app="no app"), "plan.app: "),
        (lambda c: {k: v for k, v in c.items() if k != "plan"}, "plan: Field required"),
        (lambda c: in_plan(c, tightens="no"), "plan.tightens: the value is of another type"),
        (lambda c: in_plan(c, tightens="perhaps"), "plan.tightens: Input should be a valid"),
        (
            lambda c: in_plan(c, gates=[{"name": "stale", "reason": "x"}]),
            "plan.gates.0.next_step: it is missing",
        ),
        (lambda c: in_plan(c, org=c["plan"]["org"] | {"org_id": "x"}), "plan.org.org_id: "),
        (lambda c: c | {"created_at": "2026-13-24T06:30:00Z"}, "created_at: "),
        (lambda c: c | {"fingerprint": {"A": "b"}}, "fingerprint.A: "),
    ],
)
def test_what_does_not_fit_is_named(save, damage, said) -> None:
    text = resigned(damage(json.loads(save(SIMPLE).to_json())))
    with pytest.raises(CannotError) as raised:
        saved_plan_of(text, "plan.json")
    assert f"plan.json: {said}" in raised.value.message
    assert "provision plan" in raised.value.next_step


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"type": "Nonsense"}, "there is no metadata type Nonsense"),
        ({"type": "ExtlClntAppSamlConfigurablePolicies"}, "provision does not manage"),
        ({"fields": {"sessionTimeoutInMinutes": "15"}}, "it takes a whole number"),
        ({"fields": {"isClientCredentialsFlowEnabled": 1}}, "it takes true or false"),
        ({"fields": {"isNewIn69": "yes"}}, "not a field of this type"),
        ({"fields": {"isNewIn69": {"xml": "x", "more": 1}}}, "fields: isNewIn69: it must be"),
        ({"fields": {"trustedIpRanges": {"records": [{"a": [1]}]}}}, "a record has"),
    ],
)
def test_what_cannot_be_deployed_is_named(save, part, said) -> None:
    content = json.loads(save(SIMPLE).to_json())
    content["plan"]["components"][0]["component"] |= part
    with pytest.raises(CannotError, match=said):
        saved_plan_of(resigned(content), "plan.json")


@pytest.mark.parametrize("part", ["action", "risk"])
def test_an_unknown_word_is_refused(save, part) -> None:
    content = json.loads(save(SIMPLE).to_json())
    [item] = content["plan"]["components"][:1]
    if part == "action":
        item["action"] = "destroy"
    else:
        item["changes"][0]["risk"]["level"] = "dreadful"
    with pytest.raises(
        CannotError, match=r"plan\.components\.0\..*(Input should be|must be one of)"
    ):
        saved_plan_of(resigned(content), "plan.json")


@pytest.mark.parametrize(
    "part",
    [
        {"advice": [{"severity": "note", "rule": "advice", "text": "t", "next_step": "",
                     "position": None, "key": "", "app": "", "org": "", "source": "",
                     "accepted": ""}]},
        {"actual": {"app": "App", "components": {}, "unknown": [], "dependents": [], "hidden": [],
                    "packages": []}},
        {"applied_at": "2026-11-24T06:30:00Z"},
    ],
)  # fmt: skip
def test_what_no_saved_plan_has_is_refused(save, part) -> None:
    content = json.loads(save(SIMPLE).to_json())
    content["plan"] |= part
    [name] = part
    with pytest.raises(CannotError, match=f"plan.{name}: it has a part that no saved plan has"):
        saved_plan_of(resigned(content), "plan.json")


def test_what_the_org_generates_cannot_be_smuggled_in(save) -> None:
    content = json.loads(save(SIMPLE).to_json())
    content["plan"]["components"][1]["component"]["fields"]["orgScopedExternalApp"] = "00D1:App"
    with pytest.raises(CannotError, match="the org generates it"):
        saved_plan_of(resigned(content), "plan.json")


def test_every_problem_is_told_at_once(save) -> None:
    content = in_plan(json.loads(save(SIMPLE).to_json()), app=7, tightens=7)
    with pytest.raises(CannotError) as raised:
        saved_plan_of(resigned(content), "plan.json")
    assert len(raised.value.message.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a saved plan"),
        ("[]", "it is not a JSON object"),
        ('{"schema": "provision/plan/1", "app": "A", "app": "B"}', "'app' is there twice"),
        ("[" * 100000, "is not a saved plan"),
        ('{"schema": "provision/plan/1"}', "version 1, and this provision reads version 2"),
        ('{"schema": "provision/run/1"}', "its schema is 'provision/run/1'"),
        ("{}", "its schema is None"),
        ('{"schema": ["provision/plan/1"]}', "is not a saved plan"),
    ],
)
def test_what_is_no_plan_of_ours_is_refused(text, said) -> None:
    with pytest.raises(CannotError) as raised:
        saved_plan_of(text, "plan.json")
    assert said in raised.value.message
    assert raised.value.next_step


def test_an_edited_plan_is_refused(save) -> None:
    text = save(SIMPLE).to_json().replace('"New"', '"Newer"')
    with pytest.raises(CannotError, match="was changed after it was made"):
        saved_plan_of(text, "plan.json")


def test_a_secret_is_never_saved(save) -> None:
    secret = Component(GLOBAL_OAUTH_SETTINGS, "App_glbl", {"consumerSecret": "hush"})
    with pytest.raises(
        CannotError, match=r"ExtlClntAppGlobalOauthSettings\.consumerSecret"
    ) as raised:
        save(plan_of(secret))
    assert "hush" not in raised.value.message
    assert "provision apply SPEC" in raised.value.next_step


@pytest.mark.parametrize(
    ("sensitive", "value"),
    [("hush-hush", "it is hush-hush here"), ("two\r\nlines", "two\nlines"), ("abc", "abc")],
)
def test_what_came_from_outside_is_never_saved(spec_of, save, sensitive, value) -> None:
    spec = dataclasses.replace(spec_of("app: App\n"), sensitive=frozenset({sensitive}))
    told = Component(EXTERNAL_CLIENT_APPLICATION, "App", {"description": value})
    with pytest.raises(CannotError, match="from outside") as raised:
        save(plan_of(told), spec=spec)
    assert value not in raised.value.message
    assert "--var" in raised.value.next_step


def test_short_texts_from_outside_count_as_whole_values_alone(spec_of, save) -> None:
    spec = dataclasses.replace(spec_of("app: App\n"), sensitive=frozenset({"a", ""}))
    assert save(SIMPLE, spec=spec).checksum == save(SIMPLE).checksum


def test_a_plan_for_an_org_that_nobody_knows_is_not_saved(save) -> None:
    with pytest.raises(CannotError, match="the id of uat is not known"):
        save(dataclasses.replace(SIMPLE, org=dataclasses.replace(ORG, org_id="")))


def test_keys_are_named_by_path_and_not_held(spec_of, tmp_path) -> None:
    spec = spec_of("""
        app: App
        oauth:
          jwt_bearer:
            certificate: keys/app.crt
            private_key: keys/app.key
            prove_as: ci@example.com
    """)
    text = saved(SIMPLE, spec, None, tmp_path, NOW).to_json()
    assert json.loads(text)["jwt_bearer"] == {
        "certificate": "keys/app.crt",
        "private_key": "keys/app.key",
        "prove_as": "ci@example.com",
    }
    elsewhere = saved(SIMPLE, spec, None, FOLDER, NOW)
    assert elsewhere.jwt_bearer.private_key == Path(os.path.relpath(tmp_path / "keys/app.key"))


@pytest.mark.parametrize(
    ("actual", "org", "said"),
    [
        (ACTUAL, dataclasses.replace(ORG, org_id="00D000000000002"), ["org 00D000000000001"]),
        (ACTUAL, dataclasses.replace(ORG, org_id=""), ["one without a known id"]),
        (ACTUAL, dataclasses.replace(ORG, api_version=66), ["made with API 68, and this is 66"]),
        (ActualApp("Other", ACTUAL.components), ORG, ["made for the app App"]),
        (
            ActualApp("App", {header.type.name: Component(header.type, "App", {"label": "Else"})}),
            ORG,
            ["ExternalClientApplication was changed", "ConfigurablePolicies is gone"],
        ),
        (ACTUAL, dataclasses.replace(ORG, name="u", instance_url="https://new.example"), []),
    ],
)  # fmt: skip
def test_what_moved_makes_a_plan_stale(save, actual, org, said) -> None:
    found = list(save(SIMPLE).stale(actual, org))
    assert len(found) == len(said)
    for reason, sign in zip(found, said, strict=True):
        assert sign in reason
