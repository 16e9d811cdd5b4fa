"""The mutants that no test noticed, less those that are listed with a reason.

Run by ``make mutation`` after mutmut. Exits 1 if a survivor is not listed, or a listed one is gone.
A mutant that changes nothing but the words of a message decides nothing, so that it may survive.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

ACCEPTED: Final = Path(__file__).with_name("accepted.yaml")
_MUTMUT: Final = Path(sys.executable).with_name("mutmut")
_RESULT: Final = re.compile(r"^\s*(?P<name>\S+): (?P<status>.+)$", re.MULTILINE)
_STRING: Final = re.compile(r"""(?P<quote>["'])(?P<text>[^"'{}]*)(?P=quote)""")
_NUMBER: Final = re.compile(r"__mutmut_\d+$")


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one function: its dotted name, and the line as the change left it."""

    function: str
    line: str


@dataclass(frozen=True)
class Accepted:
    """A mutant that may survive, and why."""

    mutant: Mutant
    why: str


def accepted(path: Path = ACCEPTED) -> tuple[Accepted, ...]:
    """The listed mutants. Raises :class:`ValueError` for an entry without a reason."""
    found = []
    for entry in yaml.safe_load(path.read_text("utf-8")):
        if not str(entry.get("why", "")).strip():
            raise ValueError(f"{path.name}: {entry} has no reason")
        found.append(Accepted(Mutant(entry["function"], entry["line"].strip()), entry["why"]))
    return tuple(found)


def changed_line(diff: str) -> str:
    """The first line that the mutant adds, without its indentation; what it removed if none."""
    lines = [line for line in diff.splitlines() if not line.startswith(("+++", "---"))]
    added = [line[1:].strip() for line in lines if line.startswith("+")]
    removed = [line[1:].strip() for line in lines if line.startswith("-")]
    return added[0] if added else f"removed: {removed[0] if removed else ''}"


def only_words(diff: str) -> bool:
    """Whether the mutant differs from the code in the words of a message alone.

    A string is a message if it has a blank in it; names of fields and values have none.
    """
    lines = [line for line in diff.splitlines() if not line.startswith(("+++", "---"))]
    removed = [_STRING.sub(_without_words, line[1:]) for line in lines if line.startswith("-")]
    added = [_STRING.sub(_without_words, line[1:]) for line in lines if line.startswith("+")]
    return removed == added


def _without_words(literal: re.Match[str]) -> str:
    return '""' if re.search(r"\s|\\n", literal["text"]) else literal[0]


def undecided(results: str) -> tuple[str, ...]:
    """The names of mutants that were not noticed, or not tried, in mutmut's ``results``."""
    return tuple(
        found["name"]
        for found in _RESULT.finditer(results)
        if found["status"] not in {"killed", "timeout", "caught by type check"}
    )


def _survivors() -> Iterator[tuple[str, Mutant]]:
    for name in undecided(_output("results")):
        diff = _output("show", name)
        if not only_words(diff):
            yield name, Mutant(_NUMBER.sub("", name), changed_line(diff))


def _output(*arguments: str) -> str:
    command = [str(_MUTMUT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Say which survivors are not listed, and which listed ones are gone."""
    known = {item.mutant for item in accepted()}
    found = dict(_survivors())
    surprising = {name: mutant for name, mutant in found.items() if mutant not in known}
    for name, mutant in sorted(surprising.items()):
        sys.stdout.write(f"survived, and is not listed: {name}\n    {mutant.line}\n")
    gone = known - set(found.values())
    for mutant in sorted(gone):
        sys.stdout.write(f"listed, and does not survive: {mutant.function}\n    {mutant.line}\n")
    sys.stdout.write(f"{len(found)} survived, {len(surprising)} not listed\n")
    return 1 if surprising or gone else 0


if __name__ == "__main__":
    sys.exit(main())
