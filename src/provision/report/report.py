"""Report: what a run came to, as entries: words without secrets, which can be kept and joined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from provision.apply.proof import Proof
from provision.apply.run import Applied
from provision.errors import ExitCode, NotAttempted, ProvisionError, SpecError
from provision.redaction import SECRETS, Redaction, register
from provision.report.entry import AppliedNote, Entry, Failure, ProofNote
from provision.report.results import AppResult, Results
from provision.report.secret_value import secret_values
from provision.report.shown_plan import shown_plan

__all__ = ["NOT_ATTEMPTED", "OrgCost", "Report", "failed_org", "proof_note"]

NOT_ATTEMPTED: Final = "not attempted"
"""The status of what a run ended before."""


@dataclass(frozen=True, slots=True)
class OrgCost:
    """What an org took: how long (seconds), and how many calls to it."""

    org: str
    seconds: float
    calls: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run of ``verb`` came to, in the order it was done.

    ``costs`` are there for a run over a fleet, one for each org that was counted.
    """

    verb: str
    entries: tuple[Entry, ...]
    costs: tuple[OrgCost, ...] = ()

    @classmethod
    def of(cls, results: Results) -> Report:
        """The results of one unit of work. No secret is in an entry."""
        for item in results.results:
            if item.plan:
                register(*secret_values(item.plan))
        return cls(results.verb, tuple(_entry(item, SECRETS) for item in results.results))

    @property
    def exit_code(self) -> ExitCode:
        """The run's own: the worst of the entries'."""
        return ExitCode.worst(entry.exit_code for entry in self.entries)

    @property
    def orgs(self) -> tuple[str, ...]:
        """The orgs, each once, in their order."""
        return tuple(dict.fromkeys(entry.org for entry in self.entries))

    @property
    def is_of_fleet(self) -> bool:
        """Whether it is about more than one org, so that an overview has to come first."""
        return len(self.orgs) > 1


def failed_org(org: str, error: ProvisionError, redaction: Redaction) -> Entry:
    """An org that came to an error before there was a result for any app."""
    return Entry("", redaction.line(org), error.exit_code, None, failure=_failure(error, redaction))


def _entry(result: AppResult, redaction: Redaction) -> Entry:
    return Entry(
        app=redaction.line(result.spec.app),
        org=redaction.line(result.org),
        exit_code=result.exit_code,
        position=result.spec.positions.of(("app",)),
        plan=shown_plan(result.plan, redaction) if result.plan else None,
        applied=_applied(result.applied, redaction) if result.applied else None,
        proof=proof_note(result.proof, redaction) if result.proof else None,
        failure=_failure(result.error, redaction) if result.error else None,
    )


def _applied(applied: Applied, redaction: Redaction) -> AppliedNote:
    return AppliedNote(
        redaction.line(applied.consumer_key), tuple(map(redaction.lines, applied.notices))
    )


def proof_note(proof: Proof, redaction: Redaction) -> ProofNote:
    """A proof in words, without what ``redaction`` hides."""
    return ProofNote(
        proof.kind.value,
        redaction.line(proof.username),
        redaction.lines(proof.detail),
        tuple(proof_note(other, redaction) for other in proof.also),
        proof.shows,
    )


def _failure(error: ProvisionError, redaction: Redaction) -> Failure:
    problems = error.problems if isinstance(error, SpecError) else ()
    return Failure(
        message=redaction.lines(error.message),
        next_step=redaction.lines(error.next_step),
        exit_code=error.exit_code,
        problems=tuple(
            replace(
                each, text=redaction.lines(each.text), next_step=redaction.lines(each.next_step)
            )
            for each in problems
        ),
        status=NOT_ATTEMPTED if isinstance(error, NotAttempted) else "",
    )
