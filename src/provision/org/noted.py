"""Noted: a write that no plan is behind, told of before it is sent, and of what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from provision.errors import ProvisionError, WriteUnknown
from provision.metadata.package import Package
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.deployer import Deployer

__all__ = ["MADE", "NOT_MADE", "WriteNote", "noted", "noted_deploy", "unnoted"]

WriteNote = Callable[[str, str], None]
"""Told of a write, in words, and what became of it: one of the words below."""

INTENDED: Final = "intended"
MADE: Final = "made"
NOT_MADE: Final = "not made"
UNKNOWN: Final = "unknown"


def unnoted(what: str, outcome: str) -> None:
    """For writes of which nothing is kept."""


@contextmanager
def noted(what: str, note: WriteNote) -> Iterator[None]:
    """Tell ``note`` of a write that the block sends, and of an error that ends it.

    Whoever knows that it was made says so: an answer alone does not always tell.
    """
    note(what, INTENDED)
    try:
        yield
    except WriteUnknown:
        note(what, UNKNOWN)
        raise
    except (ProvisionError, KeyboardInterrupt):  # turned away, or rolled back
        note(what, NOT_MADE)
        raise


def noted_deploy(deployer: Deployer, package: Package, what: str, note: WriteNote) -> DeployResult:
    """How the deploy of ``package`` ended. ``what`` it does, in words, goes to ``note``.

    Raises what the deployer raises. A deploy that succeeds although somebody interrupted it is a
    result like others: the caller ends the run if ``deployer.interrupted``.
    """
    with noted(what, note):
        result = deployer.run(package, DeployOptions())
    note(what, MADE if result.success else NOT_MADE)
    return result
