"""What messages claim of an org, against what it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.evidence import APP, OfOrg
from tests.faults.state import OrgState

__all__ = ["PHRASES", "Phrase", "listed", "of_words", "shown"]


@dataclass(frozen=True)
class Phrase:
    """Words that claim something. A test looks for ``source`` in the program."""

    pattern: re.Pattern[str]
    source: str


AS_BEFORE = Phrase(
    re.compile(r"\b(?:org|app) is as (?:it was )?before", re.IGNORECASE), "The org is as before."
)
NOTHING = Phrase(
    re.compile(r"\bnothing (?:was|has been) (?:written|changed|deployed|created)", re.IGNORECASE),
    "Nothing was written.",
)
TAKEN_AWAY = Phrase(re.compile(r"Taken away again: (.+?)\.?$", re.MULTILINE), "Taken away again: ")
LEFT = Phrase(
    re.compile(r"This run added, and left: (.+?)\.?$", re.MULTILINE), "This run added, and left"
)
GONE = Phrase(
    re.compile(rf"\b{APP} is gone \(read back\)|\b{APP} is deleted(?! since|.*still shows it)"),
    " is gone (read back)",
)
AGREES = Phrase(
    re.compile(r"is what (?:the spec says|it was before \S+) \(read back\)"),
    " is what the spec says (read back)",
)
ROLLED_BACK = Phrase(AGREES.pattern, " is what it was before ")

PHRASES = (AS_BEFORE, NOTHING, TAKEN_AWAY, LEFT, GONE, AGREES, ROLLED_BACK)
"""Everything that is looked for. If the program says it otherwise, the judge must learn it."""

_PERHAPS = re.compile(r"\s*\(perhaps[^)]*\)")
# What a message must name when it is what a run changed.
_NAMES = (
    (re.compile(r"^permission set (\S+) of (\S+)$"), "permission set"),
    (re.compile(r"^permission set (\S+)$"), "permission set"),
    (re.compile(r"^grant of \S+ to (?:the profile )?(.+)$"), "grant"),
    (re.compile(r"^setting (\S+)$"), "setting"),
)


def of_words(org: OfOrg) -> Iterator[str]:
    """Every claim that is not so."""
    yield from _of_nothing_written(org)
    yield from _of_lists(org)
    yield from _of_the_app(org)
    if org.code == 5 and not org.is_same:
        yield from _not_named(org)


def listed(phrase: Phrase, said: str) -> Iterator[str]:
    """The things that a message lists."""
    for match in phrase.pattern.finditer(said):
        yield from (_PERHAPS.sub("", each).strip() for each in match.group(1).split(", "))


def shown(things: frozenset[str]) -> str:
    """Some of the things, cut short."""
    return "; ".join(sorted(thing[:90] for thing in things)[:4])


def _of_nothing_written(org: OfOrg) -> Iterator[str]:
    for phrase, words in ((AS_BEFORE, "as before"), (NOTHING, "nothing was written")):
        if phrase.pattern.search(org.said) and not org.is_same:
            yield f"'{words}', and it is not so: {shown(org.changed)}"


def _of_lists(org: OfOrg) -> Iterator[str]:
    for what in listed(TAKEN_AWAY, org.said):
        if _is_there(what, org.after):
            yield f"'taken away again', and it is there: {what}"
        if _is_there(what, org.before):
            yield f"taken away, though it was there before this run: {what}"
    for what in listed(LEFT, org.said):
        if not _is_there(what, org.after):
            yield f"'left', and it is not there: {what}"


def _of_the_app(org: OfOrg) -> Iterator[str]:
    is_there = APP in org.after.app_ids
    if GONE.pattern.search(org.said) and is_there:
        yield "'gone', and the app is there"
    if AGREES.pattern.search(org.said) and not org.is_done:
        yield f"'is what the spec says', and it is not: {shown(org.lacking)}"


def _not_named(org: OfOrg) -> Iterator[str]:
    """What a run wrote and a failure does not name."""
    errors = org.said.partition("error: ")[2] or org.said
    by_deploy = org.before.components != org.after.components
    for thing in sorted(org.changed):
        if by_deploy and thing.startswith("grant of "):
            continue  # grants come and go with an app's policy
        found = next(((noun, p.match(thing)) for p, noun in _NAMES if p.match(thing)), None)
        if found and found[1] and not all(part in errors for part in found[1].groups()):
            yield f"exit 5, and the message does not name the {found[0]}: {thing}"
        if not found and not any(word in errors for word in (APP, "app", "deploy")):
            yield f"exit 5, and the message does not tell of: {thing[:120]}"


def _is_there(what: str, state: OrgState) -> bool:
    if what.startswith("app "):
        return what.removeprefix("app ") in state.app_ids
    if what.startswith("profile "):
        return what.removeprefix("profile ") in state.profiles
    if what.startswith("grant of "):
        app, _, name = what.removeprefix("grant of ").partition(" to ")
        return bool({(app, name), (app, f"the profile {name}")} & state.grants)
    return what in state.things
