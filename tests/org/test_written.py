"""Written: after the first write, every error begins with it, and exits with 5 or 7."""

from __future__ import annotations

import pytest

from provision.errors import (
    ApplyFailed,
    CannotError,
    ExitCode,
    GateRefused,
    LoginRefused,
    NotAttempted,
    NotProven,
    OrgRefused,
    OrgUnreachable,
    ProvisionError,
    SpecError,
    UnknownNames,
    VersionUnsupported,
    WriteUnknown,
)
from provision.org.written import Written

ERRORS = [
    CannotError("no"),
    NotAttempted("no"),
    SpecError([]),
    UnknownNames("no"),
    VersionUnsupported("no"),
    OrgUnreachable("no"),
    LoginRefused("no"),
    OrgRefused("no", code="X"),
    GateRefused("no"),
    ProvisionError("no"),
    ApplyFailed("no"),
    WriteUnknown("the deploy", "no"),
    NotProven("no"),
    KeyboardInterrupt(),
    ValueError("no"),
    OSError(28, "No space left on device"),
]
SAY_SO = (ApplyFailed, WriteUnknown, NotProven)


def every(error: type) -> set[type]:
    return {error}.union(*(every(each) for each in error.__subclasses__()))


def test_every_kind_of_error_is_covered() -> None:
    ours = {each for each in every(ProvisionError) if each.__module__ == "provision.errors"}
    abstract = {"OrgError"}
    assert {each.__name__ for each in ours} - abstract <= {type(e).__name__ for e in ERRORS}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_before_the_first_write_an_error_is_unchanged(error) -> None:
    assert Written().first(error) is error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_after_a_write_no_exit_code_says_that_nothing_was_written(error) -> None:
    written = Written()
    written.note("Robot is deployed to local.")
    said = written.first(error)
    assert isinstance(said, ProvisionError)
    assert said.exit_code in {ExitCode.APPLY_FAILED, ExitCode.NOT_PROVEN}
    if isinstance(error, SAY_SO):
        assert said is error  # its own words say what was written
    else:
        assert said.message.startswith("Robot is deployed to local.\n")


@pytest.mark.parametrize("kind", [ApplyFailed, NotProven])
def test_every_error_lists_earlier_writes_once(kind) -> None:
    written = Written()
    written.note("Robot is applied.")
    written.settle()
    written.note("Other is deployed to local.")
    first = written.first(kind("the deploy of Other failed"))
    assert isinstance(first, kind)
    assert first.message == "Robot is applied.\nthe deploy of Other failed"
    assert written.first(first).message == first.message


def test_a_sentence_that_is_no_longer_true_is_replaced() -> None:
    written = Written()
    for sentence in ("A was opened.", "B is done.", "A was opened."):
        written.note(sentence)
    written.correct("A was opened.", "A was opened. It is closed again.")
    assert str(written) == "A was opened. It is closed again.\nB is done."
