"""The judge: what was said, against what is."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.evidence import DONE, INTERRUPTED, NOTHING_WRITTEN, Evidence, OfOrg
from tests.faults.judge_access import of_access, of_the_setting
from tests.faults.judge_files import of_keys, of_runs, of_secrets
from tests.faults.judge_words import of_words, shown

__all__ = ["untruths"]

_EXIT_CODES = {*range(8), INTERRUPTED}
_BUG = 1


def untruths(evidence: Evidence) -> Iterator[str]:
    """Everything that was said and is not so, and everything that was broken without a word."""
    yield from _of_the_program(evidence)
    for name, org in evidence.orgs():
        prefix = f"{name}: " if evidence.scenario.fleet else ""
        for found in (of_code(org), of_words(org), of_access(org), of_the_setting(org)):
            yield from (f"{prefix}{each}" for each in found)
    yield from of_keys(evidence)
    yield from of_secrets(evidence)
    yield from of_runs(evidence)


def of_code(org: OfOrg) -> Iterator[str]:
    """What the exit code means, against what the org has."""
    if org.code in DONE and not org.is_done:
        yield f"exit {org.code}, and it is not done: {shown(org.lacking)}"
    if org.code in {*NOTHING_WRITTEN, INTERRUPTED} and not org.is_same:
        yield f"exit {org.code}, and something was written: {shown(org.changed)}"
    if org.code == 4 and not org.is_same and not org.is_done:
        yield f"exit 4, and something else was written: {shown(org.changed)}"


def _of_the_program(evidence: Evidence) -> Iterator[str]:
    ran = evidence.ran
    if ran.code not in _EXIT_CODES or ran.code == _BUG:
        yield f"exit {ran.code}, which is no answer to a fault"
    if "Traceback (most recent call last)" in ran.err:
        yield "a traceback is shown"
    if ran.code not in {0, INTERRUPTED} and not ran.text.strip():
        yield f"exit {ran.code} without a word"
