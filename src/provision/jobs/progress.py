"""Progress: whoever follows a job in one org, whoever is asked, and what else a caller adds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from provision.errors import ProvisionError
from provision.findings import Finding
from provision.jobs.handover import AppHandover, NoHandover

if TYPE_CHECKING:
    from provision.apply.destroy import Removal
    from provision.apply.proof import Proof
    from provision.apply.run import Applied
    from provision.plan.plan import Plan
    from provision.secret.sink import Sink

__all__ = ["AppProof", "Approval", "Hooks", "Progress", "Shown", "Silence", "Unasked", "Unattended"]


@dataclass(frozen=True, slots=True)
class AppProof:
    """The proof of one of several apps."""

    app: str
    proof: Proof


Shown: TypeAlias = "Plan | Applied | Proof | AppProof | Removal | Finding | str"
"""A part of a job's result, as soon as it is known. A text is a result that has no other form."""


class Progress(Protocol):
    """Follows what a job does in one org, while it does it."""

    def talk(self, text: str) -> None:
        """What happens now, or a notice."""
        ...

    def show(self, part: Shown) -> None:
        """A part of the result."""
        ...

    def replanned(self, notice: str, plan: Plan) -> None:
        """The org has a record that no read had shown: what that is, and the new plan."""
        ...

    def failed(self, error: ProvisionError) -> None:
        """An app failed, and the job ends or goes to the next app."""
        ...

    def written(self) -> None:
        """The org was written to. From now on, "nothing was written" is not true any more."""
        ...


class Approval(Protocol):
    """Decides whether what was shown is done."""

    @property
    def is_asked(self) -> bool:
        """Whether somebody looks at plans and decides. A plan that changes is then a new one."""
        ...

    def ask(self, question: str) -> None:
        """Raise :class:`GateRefused` unless the answer is yes."""
        ...


class Silence:
    """Nobody follows: what came of the org is in the result."""

    def talk(self, text: str) -> None:
        """Ignore it."""

    def show(self, part: Shown) -> None:
        """Ignore it."""

    def replanned(self, notice: str, plan: Plan) -> None:
        """Ignore it."""

    def failed(self, error: ProvisionError) -> None:
        """Ignore it."""

    def written(self) -> None:
        """Ignore it."""


class Unasked:
    """Nobody is asked, and everything that the gates let through is done."""

    is_asked = False

    def ask(self, question: str) -> None:
        """Say yes."""


class Unattended:
    """Somebody was asked before, and nobody can be asked any more."""

    is_asked = True

    def ask(self, question: str) -> None:
        """Say yes to what was asked before the job came to this org."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a caller adds to a job, in its own process. A ``sink`` takes the place of the job's."""

    progress: Progress = field(default_factory=Silence)
    approval: Approval = field(default_factory=Unasked)
    handover: AppHandover = field(default_factory=NoHandover)
    sink: Sink | None = None
