"""Combination: a rule about several fields of an app, as data, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from provision.catalogue.field import MetadataType
from provision.spec.combination.judged_app import JudgedApp
from provision.spec.position import KeyPath, dotted

__all__ = ["Combination", "Found", "FoundSeverity", "Mismatch", "Reads"]


class FoundSeverity(StrEnum):
    """How bad a combination is.

    An error is a contradiction that no org can make sense of, a warning is something that fails or
    does not do what it seems to do, and a note is something stored that has no effect.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a combination finds in one app: a sentence about ``field`` of ``type``.

    ``severity`` is there where it is not the combination's.
    """

    type: MetadataType
    field: str
    text: str
    severity: FoundSeverity | None = None


Reads: TypeAlias = tuple[tuple[MetadataType, str], ...]
"""Fields of metadata types."""

Judge: TypeAlias = Callable[[JudgedApp], Iterable[Mismatch]]


@dataclass(frozen=True, slots=True)
class Combination:
    """Fields that do not go together.

    ``reads`` are all fields that ``judge`` looks at. ``title`` says in a few words what must not
    be, ``next_step`` what to do, ``source`` where the platform fact comes from.
    """

    id: str
    severity: FoundSeverity
    title: str
    reads: Reads
    judge: Judge
    next_step: str
    source: str

    def find(self, app: JudgedApp) -> Iterable[Found]:
        """What is wrong with ``app``; nothing while a field that is read is not known.

        An error is for what the spec itself says: where a part of it comes from the org or is a
        default, it is a warning.
        """
        if not all(app.is_known(*read) for read in self.reads):
            return
        for mismatch in self.judge(app):
            severity = mismatch.severity or self.severity
            if severity is FoundSeverity.ERROR and not app.is_said(mismatch.type, mismatch.field):
                severity = FoundSeverity.WARNING
            path = app.path(mismatch.type, mismatch.field)
            yield Found(self, severity, f"{dotted(path)}: {mismatch.text}", path)


@dataclass(frozen=True, slots=True)
class Found:
    """A combination that an app has. ``path`` is the spec's way to the field that it is told of."""

    combination: Combination
    severity: FoundSeverity
    text: str
    path: KeyPath

    @property
    def refuses(self) -> bool:
        """Whether a spec with it is refused."""
        return self.severity is FoundSeverity.ERROR

    @property
    def sentence(self) -> str:
        """What is wrong and what to do next, in one text."""
        return f"{self.text}. {self.combination.next_step}"
