"""Noted: a write is told of before it is sent, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from provision.catalogue.package import Package
from provision.errors import ProvisionError, WriteUnknown
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.deployer import Deployer

__all__ = ["Outcome", "WriteNote", "noted", "noted_deploy", "unnoted"]

WriteNote = Callable[[str, "Outcome"], None]
"""Told of a write, in words, and what became of it."""


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
