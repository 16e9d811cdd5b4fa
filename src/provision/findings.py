"""A finding: one message about a place or an app, in the same form for every room and format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from provision.redaction import SECRETS
from provision.sensitive_text import without_secrets

__all__ = ["ADVICE", "INPUT", "Finding", "Position", "Severity", "in_order"]

INPUT: Final = "input"
"""The rule of findings about an input file that is not valid, or is doubtful."""

ADVICE: Final = "advice"
"""The rule of findings about what no apply can repair, unless they have a rule of their own."""

_SHIPPED: Final = ("preset:", "profile:")


class Severity(StrEnum):
    """How bad a finding is, the worst first.

    An error fails, a warning may fail or may not do what it seems to do, and a note has no effect.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1.

    A file that ships with the program is called ``preset:NAME`` or ``profile:NAME``, the same
    wherever the program is installed.
    """

    file: str
    line: int
    column: int

    @property
    def is_shipped(self) -> bool:
        """Whether the file ships with the program, so that no path leads to it."""
        return self.file.startswith(_SHIPPED)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def problem(self, text: str) -> Finding:
        """An error in the input file at this place."""
        return Finding(Severity.ERROR, INPUT, text, position=self)

    def warning(self, text: str) -> Finding:
        """A doubtful value in the input file at this place."""
        return Finding(Severity.WARNING, INPUT, text, position=self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One message: how bad it is, which rule it comes from, what is wrong, and what to do next.

    ``app`` and ``org`` are empty if the finding is not about one. ``key`` is the path of the key
    in the spec, or another text that tells findings of one rule apart. ``source`` is where a
    platform fact comes from. ``accepted`` is why the spec accepts what was found, if it does.

    Keys, tokens and passwords in URLs are removed from the text: people write them where names and
    paths belong, and messages quote those.
    """

    severity: Severity
    rule: str
    text: str
    next_step: str = ""
    position: Position | None = None
    key: str = ""
    app: str = ""
    org: str = ""
    source: str = ""
    accepted: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "next_step", "key"):
            object.__setattr__(self, name, without_secrets(getattr(self, name)))

    def redacted(self) -> Finding:
        """The finding without the secrets of this process."""
        return replace(
            self,
            rule=SECRETS.exact(self.rule),
            text=SECRETS.exact(self.text),
            next_step=SECRETS.exact(self.next_step),
            key=SECRETS.exact(self.key),
            app=SECRETS.exact(self.app),
            org=SECRETS.exact(self.org),
        )

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do next, in one text."""
        if not self.next_step:
            return self.text
        end = "" if self.text.endswith((".", "!", "?")) else "."
        return f"{self.text}{end} {self.next_step}"

    @property
    def where(self) -> str:
        """The app, and its org if there is one."""
        return " in ".join(filter(None, (self.app, self.org)))

    @property
    def line(self) -> str:
        """The finding as a line of its own, with its severity."""
        rule = "" if self.rule == INPUT else f" [{self.rule}]"
        return f"{self.severity.value}: {self}{rule}"

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        return f"{place}{self.sentence}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of their files, each once; those without a place come first."""
    return tuple(sorted(dict.fromkeys(findings), key=_order))


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    at = finding.position
    place = (at.file, at.line, at.column) if at else ("", 0, 0)
    return (*place, finding.text, finding.rule)
