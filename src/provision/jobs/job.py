"""Job: a verb with its options, as one value that can travel to another machine."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from provision.errors import CannotError, ExitCode, GateName, VersionUnsupported
from provision.fleet.fleet import FleetOrg
from provision.jobs.options import KeepOptions, OrgOptions, RuleOptions, SpecOptions
from provision.jobs.target import Target
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.results import Results
from provision.runs.rows import OrgRow
from provision.spec.spec import Spec

if TYPE_CHECKING:
    from provision.jobs.context import JobContext, OrgContext

__all__ = ["Job", "Outcome", "Ran"]

Outcome: TypeAlias = Results | Findings | str
"""What came of one org. It is a text where a line says all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(ABC):
    """What is done in each org. Neither sessions nor secrets are in it.

    ``command`` tells one command line from the next: what a process read for one command line is
    not used for another, since files change.
    """

    verb: ClassVar[str]
    """What the user calls it."""

    writes: ClassVar[bool] = False
    """Whether it writes to orgs, so that it cannot be ended at any point."""

    only_checks: ClassVar[bool] = False
    """Whether its result is findings, so that those of many orgs are joined as findings."""

    shows_parts: ClassVar[bool] = False
    """Whether each part of the result of one org is shown as soon as it is known."""

    target: Target
    specs: SpecOptions = SpecOptions()
    org: OrgOptions = OrgOptions()
    rules: RuleOptions = RuleOptions()
    keep: KeepOptions = KeepOptions()
    command: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def name(self) -> str:
        """What its runs are called. A run continues with a job of the same name only."""
        return self.verb

    @property
    def needs_specs(self) -> bool:
        """Whether it is about what specs say."""
        return True

    @property
    def needs_variables(self) -> bool:
        """Whether the values of the variables of specs are needed, so that they must be read."""
        return self.needs_specs

    def api_version(self, org: FleetOrg) -> int | None:
        """The API version to talk to ``org`` in; ``None`` is the newest that both sides know."""
        return self.org.api_version or org.api_version

    @property
    def may_be_left(self) -> bool:
        """Whether a user who interrupts twice may leave an org while the work goes on there."""
        return True

    @property
    def is_strict(self) -> bool:
        """Whether warnings count as findings."""
        return False

    @property
    def is_unasked(self) -> bool:
        """Whether nobody is asked before a write."""
        return False

    @property
    def lifted(self) -> frozenset[GateName]:
        """The gates that are lifted."""
        return frozenset()

    def question(self, orgs: int) -> str:  # noqa: ARG002  # only some jobs ask
        """What to ask before anything is done in so many orgs; empty if nothing is to be asked."""
        return ""

    def preview(self) -> Job | None:
        """A job that only reads, and tells in a line an org what this one would do."""
        return None

    def selected(self, orgs: Sequence[FleetOrg]) -> tuple[FleetOrg, ...]:
        """The ``orgs`` that it applies to. Raises :class:`CannotError` if there are none."""
        return tuple(orgs)

    def check_orgs(self, orgs: Sequence[str]) -> None:  # noqa: B027  # most can
        """Raise :class:`ProvisionError` if it cannot be done in all of ``orgs``."""

    def unsupported(
        self,
        error: VersionUnsupported,
        org: str,  # noqa: ARG002  # Doctor's
        specs: Sequence[Spec],  # noqa: ARG002  # Doctor's
    ) -> Outcome:
        """What comes of an org that cannot be talked to in any shared API version."""
        raise error

    def run_offline(
        self,
        specs: Sequence[Spec],  # noqa: ARG002  # only some jobs work offline
        shared: JobContext,  # noqa: ARG002  # only some jobs work offline
    ) -> Outcome:
        """Do it with ``specs`` alone. Raises :class:`CannotError` for a job that needs an org."""
        raise CannotError(f"`{self.verb}` needs an org", next_step="Name one with --org.")

    @abstractmethod
    def run(self, context: OrgContext) -> Outcome:
        """Do it in one org. Raises :class:`~provision.errors.ProvisionError`."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a job over all of its ``orgs``, and the row of each that was done."""

    result: Outcome | Report
    exit_code: ExitCode
    orgs: tuple[str, ...]
    rows: Mapping[str, OrgRow]
