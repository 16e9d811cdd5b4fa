"""The interface of doctor's checks, and what a check gets to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from provision.catalogue.component import Component
from provision.findings import Finding
from provision.org.clock import Clock
from provision.org.org import ReadableOrg
from provision.spec.spec import Spec

__all__ = ["Check", "Context", "Subject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A spec, and the components that it asks for."""

    spec: Spec
    desired: Sequence[Component]


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at: an org, read-only, the specs, this machine's clock.

    ``directory`` is where the `sf` CLI would be run.
    """

    org: ReadableOrg
    subjects: Sequence[Subject]
    clock: Clock
    directory: Path


class Check(Protocol):
    """One thing that must hold before the first write.

    ``title`` is what must hold, ``fix`` how to achieve it. A check that does not need the
    session (``needs_session``) runs even if the org refuses it.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    fix: ClassVar[str]
    needs_session: ClassVar[bool]

    def run(self, context: Context) -> Iterable[Finding]:
        """What is wrong. Raises what the org raises if it does not answer the question."""
        ...
