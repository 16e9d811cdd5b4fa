"""Combination: several fields of an app that do not go together, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from provision.catalogue.field import MetadataType
from provision.findings import Finding, Severity
from provision.spec.combination.judged_app import JudgedApp
from provision.spec.position import dotted

__all__ = ["Combination", "Mismatch", "Reads"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a combination finds in one app: a sentence about ``field`` of ``type``.

    ``severity`` is there where it is not the combination's.
    """

    type: MetadataType
    field: str
    text: str
    severity: Severity | None = None


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
    severity: Severity
    title: str
    reads: Reads
    judge: Judge
    next_step: str
    source: str

    def find(self, app: JudgedApp) -> Iterator[Finding]:
        """What is wrong with ``app``; nothing if a field that is read is not known.

        An error is for what the spec itself says: where a part of it comes from the org or is a
        default, it is a warning.
        """
        if not all(app.is_known(*read) for read in self.reads):
            return
        for mismatch in self.judge(app):
            severity = mismatch.severity or self.severity
            if severity is Severity.ERROR and not app.is_written(mismatch.type, mismatch.field):
                severity = Severity.WARNING
            path = app.path(mismatch.type, mismatch.field)
            yield Finding(
                severity,
                self.id,
                f"{dotted(path)}: {mismatch.text}",
                self.next_step,
                app.position(path),
                key=dotted(path),
                source=self.source,
            )
