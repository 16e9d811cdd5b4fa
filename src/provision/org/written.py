"""Written: notes of what a run writes to an org, and of what became of each write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from provision.catalogue.package import Package
from provision.errors import ApplyFailed, ExitCode, ProvisionError, WriteUnknown
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.outcome import InterruptedBefore

if TYPE_CHECKING:
    from provision.org.deployer import Deployer

__all__ = ["Outcome", "WriteNote", "Written", "failure_noted", "noted_deploy", "unnoted"]

WriteNote = Callable[[str, "Outcome"], None]
"""Is called with a write, in words, and what became of it."""

_TELLS_OF_WRITES: frozenset[ExitCode] = frozenset({ExitCode.APPLY_FAILED, ExitCode.NOT_PROVEN})


class Outcome(StrEnum):
    """What became of a write."""

    INTENDED = "intended"
    """It is about to be sent. If the run ends now, its outcome is unknown."""
    MADE = "made"
    """The org said that it did it for this run."""
    FOUND = "found"
    """The answer was lost, and the org has the record. Another run may have made it."""
    THERE_ALREADY = "there already"
    """The org refused it, since the record existed before."""
    NOT_MADE = "not made"
    """The org turned it away, or does not have the record."""
    UNKNOWN = "unknown"
    """It was sent, and nobody knows whether the org did it."""


def unnoted(what: str, outcome: Outcome) -> None:
    """Keep no note of a write."""


@contextmanager
def failure_noted(became: Callable[[Outcome], None]) -> Iterator[None]:
    """Call ``became`` with the outcome of a write if an error ends the block that sends it.

    The write stays :attr:`Outcome.INTENDED` if something else ends the block, as a bug does. The
    caller notes that the write was made: the answer does not always say so.
    """
    try:
        yield
    except WriteUnknown:
        became(Outcome.UNKNOWN)
        raise
    except (ProvisionError, InterruptedBefore):  # turned away, or rolled back
        became(Outcome.NOT_MADE)
        raise


def noted_deploy(
    deployer: Deployer,
    package: Package,
    what: str,
    note: WriteNote,
    guard: Callable[[], None] | None = None,
) -> DeployResult:
    """Deploy ``package``, call ``note`` with ``what`` it does, and return how the deploy ended.

    ``guard`` is called directly before the deploy is sent; see :meth:`Deployer.run`, which also
    says what is raised. A deploy may succeed although somebody interrupted it: the caller ends the
    run if ``deployer.interrupted``.
    """
    note(what, Outcome.INTENDED)
    with failure_noted(partial(note, what)):
        result = deployer.run(package, DeployOptions(), guard)
    note(what, Outcome.MADE if result.success else Outcome.NOT_MADE)
    return result


@dataclass(slots=True)
class Written:
    """What was written to one org, in sentences, in the order of the writes."""

    _sentences: list[str] = field(default_factory=list)
    _settled: int = 0

    def note(self, sentence: str) -> None:
        """Note what was just written, as a sentence."""
        if sentence not in self._sentences:
            self._sentences.append(sentence)

    def correct(self, sentence: str, by: str) -> None:
        """Replace a sentence that is no longer true with ``by``."""
        self._sentences = [by if each == sentence else each for each in self._sentences]

    def settle(self) -> None:
        """Note that one app is done, so that errors of the next app do not mention it."""
        self._settled = len(self._sentences)

    def __bool__(self) -> bool:
        return bool(self._sentences)

    def __str__(self) -> str:
        return "\n".join(self._sentences)

    def first(self, error: BaseException) -> BaseException:
        """``error`` with what was written at the start of its message.

        If nothing was written, it is returned unchanged. An error whose class says that something
        was written describes its own app; only what was written to apps before is added. Any other
        error becomes :class:`ApplyFailed`: after the first write, no other exit code is true.
        """
        if not self._sentences:
            return error
        if isinstance(error, ProvisionError) and error.exit_code in _TELLS_OF_WRITES:
            before = tuple(self._sentences[: self._settled])
            if before and not error.message.startswith("\n".join(before)):
                error.message = "\n".join((*before, error.message))
                error.written = before
            return error
        failed = self._failed(error)
        failed.written = tuple(self._sentences)
        return failed

    def _failed(self, error: BaseException) -> ApplyFailed:
        if isinstance(error, ProvisionError):
            return ApplyFailed(f"{self}\n{error.message}", next_step=error.next_step)
        if isinstance(error, KeyboardInterrupt):
            return ApplyFailed(
                f"{self}\ninterrupted",
                next_step="That is done, and nothing after it. Run it again, or see what the org "
                "has with `provision diff`.",
            )
        return ApplyFailed(
            f"{self}\nthis is a bug in provision: {type(error).__name__}: {error}",
            next_step="Run `provision diff` to see what the org has, and report the bug.",
        )
