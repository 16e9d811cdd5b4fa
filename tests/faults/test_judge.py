"""The judge finds what it must: a judge that cannot fail is worth nothing."""

import dataclasses
from pathlib import Path

import pytest

import provision.apply.steps as steps
import provision.org.credentials_setting as setting
import provision.org.deploy_search as deploy_search
from tests.faults.bench import Bench, Case, bench
from tests.faults.evidence import Evidence
from tests.faults.files import Folder, RunKept
from tests.faults.judge import untruths
from tests.faults.judge_words import PHRASES
from tests.faults.kinds import KINDS
from tests.faults.program import Ran
from tests.faults.results import ROOT
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.state import OrgState

_POLICY = "ExtlClntAppOauthConfigurablePolicies"
_ADMIN = "admin@localorg.example"
_FOLDER = Folder({"keys/app.key": b"1"}, {}, b"", "", {}, frozenset())
_SETTING = "enableClientSecretInRestApiAccess"


def _org(**changes: object) -> OrgState:
    """An org with a restricted app that one user may use."""
    policy = {
        "externalClientApplication": "Robot",
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
    }
    state = OrgState(
        components={(_POLICY, "Robot_plcy"): policy},
        app_ids={"Robot": "0xI1"},
        permission_sets=frozenset({"Robots"}),
        profiles=frozenset(),
        assignments=frozenset({("Robots", _ADMIN)}),
        grants=frozenset({("Robot", "Robots")}),
        settings_on=frozenset(),
        consumers={},
        staged={},
    )
    return dataclasses.replace(state, **changes)  # type: ignore[arg-type]


_ORG = _org()
_CHANGED = _org(permission_sets=frozenset({"Robots", "More"}))
_WITHOUT_APP = _org(app_ids={}, components={}, grants=frozenset())


def _found(
    code: int,
    said: str,
    *,
    before: OrgState = _ORG,
    after: OrgState = _ORG,
    final: OrgState = _CHANGED,
    files: Folder = _FOLDER,
    scenario: str = "apply-update",
) -> list[str]:
    def one(state: OrgState) -> dict[str, OrgState]:
        return {"default": state}

    ran = Ran(code, "", said)
    of = next(each for each in SCENARIOS if each.name == scenario)
    return list(untruths(Evidence(ran, one(before), one(after), one(final), _FOLDER, files, of)))


def test_what_is_so_is_not_found() -> None:
    assert _found(0, "app: Robot is what the spec says (read back)", after=_CHANGED) == []
    assert _found(3, "error: no network") == []
    assert _found(5, "error: it failed\nThe org is as before.") == []
    assert _found(130, "") == []
    assert _found(5, "error: This run added, and left: permission set More.", after=_CHANGED) == []


@pytest.mark.parametrize("code", [0, 7])
def test_done_means_done(code: int) -> None:
    assert "it is not done" in _found(code, "done")[0]


@pytest.mark.parametrize("code", [2, 3, 6, 130])
def test_nothing_written_means_nothing(code: int) -> None:
    assert "something was written" in _found(code, "error: no", after=_CHANGED)[0]


@pytest.mark.parametrize(
    "said",
    [
        "error: permission set More\nThe org is as before.",
        "error: permission set More\nNothing was written. Apply again.",
        "error: permission set More\nTaken away again: permission set More.",
        "error: permission set More\nTaken away again: permission set Robots.",
        "error: permission set More\nThis run added, and left: permission set Less.",
        "error: permission set More\nthe app Robot is gone (read back)",
        "error: something in the org is not as it should be",
    ],
)
def test_a_sentence_that_is_not_so(said: str) -> None:
    assert _found(5, said, after=_CHANGED)


def test_a_permission_set_that_perhaps_another_run_made_is_there() -> None:
    left = "error: This run added, and left: permission set {} (perhaps not by it)."
    assert _found(5, left.format("More"), after=_CHANGED) == []
    assert _found(5, left.format("Less") + " More", after=_CHANGED)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (_WITHOUT_APP, "the app is lost"),
        (_org(app_ids={"Robot": "0xI2"}), "the app is another one"),
        (_org(grants=frozenset()), "locked out"),
        (_org(permission_sets=frozenset()), "a permission set that was there before is deleted"),
    ],
)
def test_what_is_broken_is_found_whatever_was_said(after: OrgState, found: str) -> None:
    said = "error: the deploy of the app Robot: its grant to Robots, permission set Robots"
    assert any(found in each for each in _found(5, said, after=after))


def test_an_open_setting_must_be_told() -> None:
    opened = _org(settings_on=frozenset({_SETTING}))
    warned = f"error: the setting {_SETTING} was opened and may still be open"
    assert _found(5, warned, after=opened, final=_ORG) == []
    assert _found(5, f"error: {_SETTING}", after=opened, final=_ORG)
    assert _found(0, warned, after=opened, final=_ORG)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (1, "error: a bug"),
        (998, "it hung"),
        (5, ""),
        (5, "Traceback (most recent call last):\nerror: Robot"),
        (5, "error: Robot: new pair handed to file:pair.json"),
    ],
)
def test_an_end_that_is_no_answer(code: int, said: str) -> None:
    assert _found(code, said)


@pytest.mark.parametrize("code", [0, 5])
def test_a_key_that_was_there_stays(code: int) -> None:
    without = dataclasses.replace(_FOLDER, keys={})
    assert _found(code, "error: Robot", files=without, after=_CHANGED)


@pytest.mark.parametrize(
    "run",
    [
        RunKept("r", "apply", has_ended=False, is_done=False, open_ends=frozenset()),
        RunKept("r", "apply", has_ended=True, is_done=False, open_ends=frozenset({"app Robot"})),
    ],
)
def test_a_run_that_does_not_say_how_it_ended(run: RunKept) -> None:
    files = dataclasses.replace(_FOLDER, runs=frozenset({run}))
    assert _found(0, "done", after=_CHANGED, files=files)


def test_the_program_still_says_what_the_judge_listens_for() -> None:
    program = "".join(path.read_text("utf-8") for path in (ROOT / "src").glob("**/*.py"))
    assert [phrase.source for phrase in PHRASES if phrase.source not in program] == []


def test_a_program_that_takes_a_lost_answer_for_no_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench(_named("apply-restrict"), tmp_path / "place") as made:
        monkeypatch.setattr(deploy_search, "find_out", lambda *_: None)
        monkeypatch.setattr(steps.Steps, "_relied_on", lambda _: "")
        outcome = made.outcome(_case(made, "drop-after", "POST deploy"))
    assert outcome.met
    found = " ".join(outcome.untruths)
    assert "'as before', and it is not so" in found
    assert "locked out" in found


def test_a_program_that_leaves_the_setting_open_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench(_named("credentials-show"), tmp_path / "place") as made:
        monkeypatch.setattr(setting.OpenedSetting, "_close", lambda *_: None)
        outcome = made.outcome(_case(made, "drop-after", "POST deploy"))
    assert outcome.met
    assert "is open without a word of it" in " ".join(outcome.untruths)


def _named(name: str) -> Scenario:
    return next(each for each in SCENARIOS if each.name == name)


def _case(made: Bench, kind: str, at: str) -> Case:
    position = next(position for position, named in made.requests if named.name == at)
    return Case(next(each for each in KINDS if each.name == kind), position)
