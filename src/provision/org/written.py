"""Written: what a run writes to an org, and what became of each write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from provision.catalogue.package import Package
from provision.errors import ApplyFailed, ExitCode, ProvisionError, WriteUnknown
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.deployer import Deployer

__all__ = ["Outcome", "WriteNote", "Written", "noted", "noted_deploy", "unnoted"]

WriteNote = Callable[[str, "Outcome"], None]
"""Told of a write, in words, and what became of it."""

_SAYS_SO: frozenset[ExitCode] = frozenset({ExitCode.APPLY_FAILED, ExitCode.NOT_PROVEN})


class Outcome(StrEnum):
    """What became of a write."""

    INTENDED = "intended"
    """About to be sent. One that is still so when the run ends is as good as unknown."""
    MADE = "made"
    """The org said that it did it, for this run."""
    FOUND = "found"
    """The answer was lost, and what was to be made is there. Another run may have made it."""
    THERE_ALREADY = "there already"
    """The org refused it, since somebody had made it before."""
    NOT_MADE = "not made"
    """The org turned it away, or does not have it."""
    UNKNOWN = "unknown"
    """It was sent, and nobody knows whether the org did it."""


def unnoted(what: str, outcome: Outcome) -> None:
    """For writes of which nothing is kept."""


@contextmanager
def noted(what: str, note: WriteNote) -> Iterator[None]:
    """Tell ``note`` of a write that the block sends, and of an error that ends it.

    Whoever knows that it was made says so: an answer alone does not always tell.
    """
    note(what, Outcome.INTENDED)
    try:
        yield
    except WriteUnknown:
        note(what, Outcome.UNKNOWN)
        raise
    except (ProvisionError, KeyboardInterrupt):  # turned away, or rolled back
        note(what, Outcome.NOT_MADE)
        raise


def noted_deploy(deployer: Deployer, package: Package, what: str, note: WriteNote) -> DeployResult:
    """How the deploy of ``package`` ended. ``what`` it does, in words, goes to ``note``.

    Raises what the deployer raises. A deploy that succeeds although somebody interrupted it is a
    result like others: the caller ends the run if ``deployer.interrupted``.
    """
    with noted(what, note):
        result = deployer.run(package, DeployOptions())
    note(what, Outcome.MADE if result.success else Outcome.NOT_MADE)
    return result


@dataclass(slots=True)
class Written:
    """What was written to one org, in sentences, in the order of the writes."""

    _said: list[str] = field(default_factory=list)
    _settled: int = 0

    def note(self, sentence: str) -> None:
        """Note what was just written, as a sentence."""
        if sentence not in self._said:
            self._said.append(sentence)

    def correct(self, sentence: str, by: str) -> None:
        """Note ``by`` in place of a sentence that is true no more."""
        self._said = [by if said == sentence else said for said in self._said]

    def settle(self) -> None:
        """Note that one app is done: what comes next is another, whose errors do not tell of it."""
        self._settled = len(self._said)

    def __bool__(self) -> bool:
        return bool(self._said)

    def __str__(self) -> str:
        return "\n".join(self._said)

    def first(self, error: BaseException) -> BaseException:
        """``error`` as one that begins with what was written.

        It is returned as it is where nothing was written. An error whose class says that something
        was tells of its own app, and gets what was settled before that. Any other one becomes
        :class:`ApplyFailed`: after the first write, no other exit code is true.
        """
        if not self._said:
            return error
        if isinstance(error, ProvisionError):
            if error.exit_code in _SAYS_SO:
                before = "\n".join(self._said[: self._settled])
                if before and not error.message.startswith(before):
                    error.message = f"{before}\n{error.message}"
                return error
            return ApplyFailed(f"{self}\n{error.message}", next_step=error.next_step)
        if isinstance(error, KeyboardInterrupt):
            return ApplyFailed(
                f"{self}\ninterrupted",
                next_step="That is done, and what would have come after it is not. Run it again, "
                "or see what the org has with `provision diff`.",
            )
        return ApplyFailed(
            f"{self}\nthis is a bug in provision: {type(error).__name__}: {error}",
            next_step="Run `provision diff` to see what the org has, and report the bug.",
        )
