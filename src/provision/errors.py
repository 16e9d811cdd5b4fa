"""One tree of errors, and the exit code that each branch of it means.

An error says what happened (``message``) and what to do next (``next_step``). Only
:mod:`provision.cli` turns one into text on stderr and an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import ClassVar

from provision.findings import Finding, in_order
from provision.sensitive_text import without_secrets

__all__ = [
    "ApplyFailed",
    "CannotError",
    "ExitCode",
    "GateName",
    "GateRefused",
    "LoginRefused",
    "NotAttempted",
    "NotProven",
    "OrgError",
    "OrgRefused",
    "OrgUnreachable",
    "ProvisionError",
    "SpecError",
    "UnknownNames",
    "VersionUnsupported",
    "WriteUnknown",
]


class ExitCode(IntEnum):
    """What a run of ``provision`` ended with (README, "Exit codes")."""

    OK = 0
    BUG = 1
    CANNOT = 2
    UNREACHABLE = 3
    FOUND = 4
    APPLY_FAILED = 5
    REFUSED = 6
    NOT_PROVEN = 7

    @property
    def is_failure(self) -> bool:
        """Whether an org that ended so was not done. Differences that were found are no failure."""
        return self not in {ExitCode.OK, ExitCode.FOUND}

    @staticmethod
    def worst(codes: Iterable[ExitCode]) -> ExitCode:
        """What a run over several apps or orgs ends with; OK for none."""
        found = set(codes)
        return next((code for code in _WORST_FIRST if code in found), ExitCode.OK)


_WORST_FIRST = (
    ExitCode.BUG,
    ExitCode.APPLY_FAILED,
    ExitCode.UNREACHABLE,
    ExitCode.REFUSED,
    ExitCode.CANNOT,
    ExitCode.NOT_PROVEN,
    ExitCode.FOUND,
)


class GateName(StrEnum):
    """The gates. ``--allow NAME`` lifts one, except those that nothing lifts."""

    IRREVERSIBLE = "irreversible"
    LOCKOUT = "lockout"
    WEAKENING = "weakening"
    THRESHOLD = "threshold"
    PRODUCTION = "production"
    STALE = "stale"


class ProvisionError(Exception):
    """Something that a user can act on: what happened, and what to do next.

    Keys, tokens and passwords in URLs are removed from both texts: people write them where names
    and paths belong, and messages quote those.

    ``written`` is what the run had written to the org before, in the sentences with which the
    message begins.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    written: tuple[str, ...] = ()

    def __init__(self, message: str, *, next_step: str = "") -> None:
        self.message = without_secrets(message)
        self.next_step = without_secrets(next_step)
        super().__init__(self.message)


class CannotError(ProvisionError):
    """It cannot be done as asked. Nothing was written in that org."""

    exit_code = ExitCode.CANNOT


class NotAttempted(CannotError):
    """The run ended before this was tried, since something else failed."""


class SpecError(CannotError):
    """An input file that is not valid: every problem found, in file order."""

    def __init__(self, problems: Iterable[Finding]) -> None:
        self.problems = in_order(each.redacted() for each in problems)
        count = len(self.problems)
        super().__init__(
            "\n".join(str(problem) for problem in self.problems),
            next_step=f"Fix the {count} problems above." if count > 1 else "",
        )


class UnknownNames(CannotError):
    """Profiles, permission sets or users that the org does not have."""


class VersionUnsupported(CannotError):
    """A field or an API version that this org, or this program, does not know."""


class OrgError(ProvisionError):
    """The org could not be reached, or refused. Nothing was written in that org."""

    exit_code = ExitCode.UNREACHABLE


class OrgUnreachable(OrgError):
    """No answer came, or an answer that no org would give."""


class LoginRefused(OrgError):
    """The org, or the `sf` CLI, gave no session. ``code`` is OAuth's error code, if any."""

    def __init__(self, message: str, *, code: str = "", next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.code = code


class OrgRefused(OrgError):
    """The org answered a call with an error. ``code`` is Salesforce's error code."""

    def __init__(self, message: str, *, code: str, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.code = code


class ApplyFailed(ProvisionError):
    """A write failed. The org is as before, or the message says what was written."""

    exit_code = ExitCode.APPLY_FAILED


class WriteUnknown(ProvisionError):
    """A write was sent to the org, and nobody knows whether the org did it.

    It is not an :class:`ApplyFailed`: code that handles a failure may undo and delete, and must not
    do so here. ``what`` is the write, in words. If the run was ``interrupted`` meanwhile, it should
    end as soon as the outcome of the write is known.
    """

    exit_code = ExitCode.APPLY_FAILED

    def __init__(
        self, what: str, reason: str, *, interrupted: bool = False, next_step: str = ""
    ) -> None:
        super().__init__(
            f"{what} was sent to the org, and it is not known whether the org did it: {reason}",
            next_step=next_step
            or "When the org answers again, run `provision diff` to see what it has. Then run "
            "the same command again.",
        )
        self.what = what
        self.reason = reason
        self.interrupted = interrupted


class GateRefused(ProvisionError):
    """A gate refuses, or nobody confirmed. Nothing was written in that org."""

    exit_code = ExitCode.REFUSED


class NotProven(ProvisionError):
    """Applied and read back, but the login that should prove it did not succeed (yet)."""

    exit_code = ExitCode.NOT_PROVEN
