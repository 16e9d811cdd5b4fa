"""Report: the results of a run as entries, which have no secrets and can be kept and joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from provision.errors import ExitCode, NotAttempted, ProvisionError, SpecError
from provision.redaction import SECRETS, Redaction, register
from provision.report.entry import AppliedNote, Entry, Failure, ProofNote
from provision.report.entry_findings import printable
from provision.report.redacted_plan import redacted_plan, secret_values
from provision.report.results import AppResult, Results

if TYPE_CHECKING:
    from provision.apply.proof import Proof
    from provision.apply.run import Applied

__all__ = ["NOT_ATTEMPTED", "OrgCost", "Report", "failed_org", "failure_of", "proof_note"]

NOT_ATTEMPTED: Final = "not attempted"
"""The status of an app that the run did not reach."""


@dataclass(frozen=True, slots=True)
class OrgCost:
    """The cost of an org: seconds, and calls to the org."""

    org: str
    seconds: float
    calls: int


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a run of ``verb``, in the order of the run.

    A run over a fleet has ``costs``, one for each org whose calls were counted.
    """

    verb: str
    entries: tuple[Entry, ...]
    costs: tuple[OrgCost, ...] = ()

    @classmethod
    def of(cls, results: Results) -> Report:
        """A report of ``results``. No secret is in an entry."""
        for item in results.results:
            if item.plan:
                register(*secret_values(item.plan))
        return cls(results.verb, tuple(_entry(item, SECRETS) for item in results.results))

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run: the worst of its entries."""
        return ExitCode.worst(entry.exit_code for entry in self.entries)

    @property
    def orgs(self) -> tuple[str, ...]:
        """The orgs in their order, each once."""
        return tuple(dict.fromkeys(entry.org for entry in self.entries))

    @property
    def is_of_fleet(self) -> bool:
        """Whether it is about several orgs, and so needs an overview."""
        return len(self.orgs) > 1


def failed_org(org: str, error: ProvisionError, redaction: Redaction) -> Entry:
    """The entry of an org that failed before there was a result for any app."""
    return Entry(
        "", redaction.line(org), error.exit_code, None, failure=failure_of(error, redaction)
    )


def _entry(result: AppResult, redaction: Redaction) -> Entry:
    return Entry(
        app=redaction.line(result.spec.app),
        org=redaction.line(result.org),
        exit_code=result.exit_code,
        position=result.spec.positions.of(("app",)),
        plan=redacted_plan(result.plan, redaction) if result.plan else None,
        applied=_applied(result.applied, redaction) if result.applied else None,
        proof=proof_note(result.proof, redaction) if result.proof else None,
        failure=failure_of(result.error, redaction) if result.error else None,
    )


def _applied(applied: Applied, redaction: Redaction) -> AppliedNote:
    return AppliedNote(
        redaction.line(applied.consumer_key), tuple(map(redaction.lines, applied.notices))
    )


def proof_note(proof: Proof, redaction: Redaction) -> ProofNote:
    """A proof without what ``redaction`` hides."""
    return ProofNote(
        proof.kind.value,
        redaction.line(proof.username),
        redaction.lines(proof.detail),
        tuple(proof_note(other, redaction) for other in proof.also),
        proof.shows,
    )


def failure_of(error: ProvisionError, redaction: Redaction) -> Failure:
    """An error in words, without what ``redaction`` hides."""
    problems = error.problems if isinstance(error, SpecError) else ()
    return Failure(
        message=redaction.lines(error.message),
        next_step=redaction.lines(error.next_step),
        exit_code=error.exit_code,
        problems=tuple(printable(problem) for problem in problems),
        status=NOT_ATTEMPTED if isinstance(error, NotAttempted) else "",
    )
