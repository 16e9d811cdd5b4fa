"""The judge: what was said, against what is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.faults.files import Folder, public_key_of
from tests.faults.program import Ran
from tests.faults.scenarios import Scenario
from tests.faults.state import OrgState

__all__ = ["Evidence", "untruths"]

APP = "Robot"
SECRETS = "enableClientSecretInRestApiAccess"

_DONE = (0, 7)
_NOTHING_WRITTEN = (2, 3, 6)
_INTERRUPTED = 130

_AS_BEFORE = re.compile(r"\b(?:org|app) is as (?:it was )?before", re.IGNORECASE)
_NOTHING = re.compile(
    r"\bnothing (?:was|has been) (?:written|changed|deployed|created)", re.IGNORECASE
)
_TAKEN_AWAY = re.compile(r"Taken away again: (.+?)\.?$", re.MULTILINE)
_LEFT = re.compile(r"This run added, and left: (.+?)\.?$", re.MULTILINE)
_GONE = re.compile(rf"\b{APP} is gone \(read back\)|\b{APP} (?:was|is) deleted\b")
_STILL_THERE = re.compile(rf"\bthe org still has {APP}\b")
_AGREES = re.compile(r"is what (?:the spec says|it was before \S+) \(read back\)")
_OLD_CERTIFICATE = re.compile(r"The org has the old certificate \(read back\)")
_PAIR_DELETED = re.compile(r"new pair (?:is|was) deleted")
_OPEN = re.compile(r"(?:may (?:still )?be|is still|is|was left|stays) open")

# What a message must name when it is what a run changed.
_NAMES = (
    (re.compile(r"^permission set (\S+) of (\S+)$"), "permission set"),
    (re.compile(r"^permission set (\S+)$"), "permission set"),
    (re.compile(r"^grant of \S+ to (.+)$"), "grant"),
    (re.compile(r"^setting (\S+)$"), "setting"),
)


@dataclass(frozen=True)
class Evidence:
    """One run: what was said, and what was and is, in the orgs and on disk."""

    ran: Ran
    before: Mapping[str, OrgState]
    after: Mapping[str, OrgState]
    final: Mapping[str, OrgState]
    files_before: Folder
    files: Folder
    scenario: Scenario


def untruths(evidence: Evidence) -> Iterator[str]:
    """Everything that was said and is not so, and everything that was broken without a word."""
    yield from _of_the_program(evidence.ran)
    for org, before in evidence.before.items():
        code, said = _said_of(evidence, org)
        found = _of_an_org(code, said, before, evidence.after[org], evidence.final[org], evidence)
        yield from (f"{org}: {each}" if evidence.scenario.fleet else each for each in found)
    yield from _of_keys(evidence)
    yield from _of_secrets(evidence)


def _said_of(evidence: Evidence, org: str) -> tuple[int, str]:
    """The exit code that one org came to, and what was said of it."""
    ran = evidence.ran
    if not evidence.scenario.fleet:
        return ran.code, ran.text
    row = evidence.files.rows.get(org)
    if row is None:  # the run ended before the org's turn
        return 2, ""
    return row.code, row.text.replace("\\n", "\n")


def _of_the_program(ran: Ran) -> Iterator[str]:
    if ran.code not in {*range(8), _INTERRUPTED} or ran.code == 1:
        yield f"exit {ran.code}, which is no answer to a fault"
    if "Traceback (most recent call last)" in ran.err:
        yield "a traceback is shown"
    if ran.code not in {0, _INTERRUPTED} and not ran.text.strip():
        yield f"exit {ran.code} without a word"


def _of_an_org(
    code: int, said: str, before: OrgState, after: OrgState, final: OrgState, evidence: Evidence
) -> Iterator[str]:
    same = before.things == after.things
    changed = before.things ^ after.things
    if code in _DONE and after.shape != final.shape:
        yield f"exit {code}, and it is not done: {_list(after.shape ^ final.shape)}"
    if code in {*_NOTHING_WRITTEN, _INTERRUPTED} and not same:
        yield f"exit {code}, and something was written: {_list(changed)}"
    if code == 4 and not same and after.shape != final.shape:
        yield f"exit 4, and something else was written: {_list(changed)}"
    if _AS_BEFORE.search(said) and not same:
        yield f"'as before', and it is not: {_list(changed)}"
    if _NOTHING.search(said) and not same:
        yield f"'nothing was written', and something was: {_list(changed)}"
    for what in _listed(_TAKEN_AWAY, said):
        if _is_there(what, after):
            yield f"'taken away again', and it is there: {what}"
        if _is_there(what, before):
            yield f"taken away, though it was there before this run: {what}"
    for what in _listed(_LEFT, said):
        if not _is_there(what, after):
            yield f"'left', and it is not there: {what}"
    if _GONE.search(said) and APP in after.app_ids:
        yield "'gone', and the app is there"
    if _STILL_THERE.search(said) and APP not in after.app_ids:
        yield "'the org still has' the app, and it is gone"
    if _AGREES.search(said) and after.shape != final.shape:
        yield f"'is what the spec says', and it is not: {_list(after.shape ^ final.shape)}"
    yield from _of_access(before, after, final)
    yield from _of_the_setting(code, said, before, after, final)
    if code == 5 and not same:
        yield from _not_named(said, before, after)


def _of_access(before: OrgState, after: OrgState, final: OrgState) -> Iterator[str]:
    """Somebody who may use the app before and after a run that goes well may always use it."""
    if APP in before.app_ids and APP in final.app_ids and APP not in after.app_ids:
        yield "the app is lost"
        return
    if APP in before.app_ids and APP in after.app_ids:
        if before.app_ids[APP] != after.app_ids[APP]:
            yield "the app is another one"
    out = (before.users_of(APP) & final.users_of(APP)) - after.users_of(APP)
    if out:
        yield f"locked out: {', '.join(sorted(out))}"


def _of_the_setting(
    code: int, said: str, before: OrgState, after: OrgState, final: OrgState
) -> Iterator[str]:
    opened = after.settings_on - before.settings_on - final.settings_on
    for name in sorted(opened):
        told = any(name in line and _OPEN.search(line) for line in said.splitlines())
        if code != 5 or not told:
            yield f"exit {code}, and the setting {name} is open without a word of it"


def _not_named(said: str, before: OrgState, after: OrgState) -> Iterator[str]:
    """What a run wrote and a failure does not name."""
    errors = said.partition("error: ")[2] or said
    by_deploy = before.components != after.components  # grants come and go with an app's policy
    for thing in sorted(before.things ^ after.things):
        if by_deploy and thing.startswith("grant of "):
            continue
        for pattern, noun in _NAMES:
            match = pattern.match(thing)
            if match and not all(part in errors for part in match.groups()):
                yield f"exit 5, and the message does not name the {noun}: {thing}"
                break
            if match:
                break
        else:
            if APP not in errors and "app" not in errors and "deploy" not in errors:
                yield f"exit 5, and the message does not tell of: {thing[:120]}"


def _of_keys(evidence: Evidence) -> Iterator[str]:
    """The private key of the certificate that an org has is on disk; so are both of a rotation."""
    ran, files = evidence.ran, evidence.files
    for after in evidence.after.values():
        certificate = after.certificate(APP)
        if not certificate:
            continue
        key = public_key_of(certificate)
        if key not in files.keys.values():
            yield "the private key of the certificate that the org has is deleted"
        if ran.code in _DONE and files.named and files.named != key:
            yield f"exit {ran.code}, and the spec names another certificate than the org has"
        if _OLD_CERTIFICATE.search(ran.text) and key not in evidence.files_before.keys.values():
            yield "'the org has the old certificate', and it has another"
    if _PAIR_DELETED.search(ran.text) and set(files.keys) - set(evidence.files_before.keys):
        yield "'the new pair is deleted', and it is there"
    if set(evidence.files_before.keys) - set(files.keys):
        yield "a private key that was there before is deleted"


def _of_secrets(evidence: Evidence) -> Iterator[str]:
    """A sink that was said to have got a pair has it."""
    if " handed to " in evidence.ran.text and not evidence.files.secrets:
        yield "'handed to' a sink, and it is empty"


def _listed(pattern: re.Pattern[str], said: str) -> Iterator[str]:
    for match in pattern.finditer(said):
        yield from (each.strip() for each in match.group(1).split(", "))


def _is_there(what: str, state: OrgState) -> bool:
    if what.startswith("app "):
        return what.removeprefix("app ") in state.app_ids
    if what.startswith("grant of "):
        app, _, name = what.removeprefix("grant of ").partition(" to ")
        return bool({(app, name), (app, f"the profile {name}")} & state.grants)
    return what in state.things


def _list(things: frozenset[str]) -> str:
    return "; ".join(sorted(thing[:90] for thing in things)[:4])
