"""stdout and stderr on which a write never fails, so that it never ends a run.

If stderr is a full disk or a closed pipe, progress messages are lost and nothing else. If stdout is
one, the result is lost: that is noted here, and :mod:`provision.cli.main` makes an exit code of it
at the end.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

from provision.errors import ApplyFailed, CannotError, ExitCode, ProvisionError
from provision.redaction import SECRETS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from provision.cli.output import Output

__all__ = [
    "has_result",
    "is_written",
    "lose_result",
    "lost_result",
    "note_files",
    "note_output",
    "note_result",
    "note_written",
    "noted_output",
    "raising_stdout",
    "telling",
]

_STANDARD: Final = (0, 1, 2)

_lost: list[str] = []  # why the result, or a part of it, reached nobody; one reason each
_written: list[bool] = []  # not empty once an org was written to
_made: list[bool] = []  # not empty once files were made that a second run would not make again
_outputs: list[Output] = []  # that of the verb that runs, once its options are read
_results: list[bool] = []  # not empty once a result was written as a document
_original: list[TextIO] = []  # stdout as it was, while another one stands for it


def lose_result(reason: str) -> None:
    """Note that the result, or a part of it, could not be written: where, and why."""
    if reason not in _lost:
        _lost.append(reason)


def note_written() -> None:
    """Note that this process wrote to an org: a lost result no longer means "nothing was done"."""
    _written.append(True)


def note_files() -> None:
    """Note that this process made files that it never overwrites: to run it again does not help."""
    _made.append(True)


def note_output(output: Output) -> None:
    """Note where the result of this run goes, and its error."""
    _outputs.append(output)


def noted_output() -> Output | None:
    """Where the result of this run goes; ``None`` while no options of a verb were read."""
    return _outputs[-1] if _outputs else None


def note_result() -> None:
    """Note that the result was written as a document: there must not be a second one."""
    _results.append(True)


def has_result() -> bool:
    """Whether the result was written as a document."""
    return bool(_results)


def is_written() -> bool:
    """Whether this process wrote to an org."""
    return bool(_written)


def lost_result(code: ExitCode) -> ProvisionError | None:
    """The error of a run that ended with ``code`` and whose result was lost; ``None`` if not.

    Also ``None`` where ``code`` says more: a run that failed has an error of its own.
    """
    if not _lost or code not in {ExitCode.OK, ExitCode.FOUND, ExitCode.NOT_PROVEN}:
        return None
    reasons = "; ".join(_lost)
    if _written:
        return ApplyFailed(
            f"everything was done, and the result could not be written: {reasons}",
            next_step="Run `provision diff` to see what the org has.",
        )
    if _made:
        return CannotError(
            f"everything was done, and the result could not be written: {reasons}",
            next_step="What it was to make is there: look at the files, and do not run it again.",
        )
    return CannotError(
        f"the result could not be written: {reasons}",
        next_step="Write it to where there is room, or leave stdout open, and run it again.",
    )


def raising_stdout() -> TextIO:
    """A stdout whose failures are raised, for what must not be lost: a secret."""
    return _original[-1] if _original else sys.stdout


@contextmanager
def telling(before_write: Callable[[], None]) -> Iterator[None]:
    """Put streams that never fail in the place of stdout and stderr for as long as the block.

    ``before_write`` is called before each write to one of them. Streams that are no files of the
    system, such as those of a test, are left as they are.
    """
    _lost.clear()
    _written.clear()
    _made.clear()
    _results.clear()
    _outputs.clear()
    _fill_closed()
    streams = sys.stdin, sys.stdout, sys.stderr
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    sys.stdout = _safe(sys.stdout, 1, lambda error: lose_result(_reason(error)), before_write)
    sys.stderr = _safe(sys.stderr, 2, lambda _error: None, before_write, _Redacted)
    _original.append(streams[1] if streams[1] is not None else _closed())
    try:
        yield
    finally:
        _original.pop()
        for mine, theirs in zip((sys.stdout, sys.stderr), streams[1:], strict=True):
            if mine is not theirs:
                mine.flush()
        _flush_for_good(streams[1])
        # What was not open stays on the streams that never fail, for the end of the program.
        sys.stdin = streams[0] if streams[0] is not None else sys.stdin
        sys.stdout = streams[1] if streams[1] is not None else sys.stdout
        sys.stderr = streams[2] if streams[2] is not None else sys.stderr


def _flush_for_good(stream: TextIO | None) -> None:
    """Flush what :func:`raising_stdout` wrote; what cannot be written is dropped.

    Python would try it again at the end of the program, and end it with 120.
    """
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _fill_closed() -> None:
    """Open what is closed of 0, 1 and 2, so that no file of ours gets one of these numbers."""
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            else:
                os.set_inheritable(number, True)  # noqa: FBT003  # its signature


def _safe(
    stream: TextIO | None,
    number: int,
    on_loss: Callable[[OSError], None],
    before_write: Callable[[], None],
    kind: type[io.TextIOWrapper] = io.TextIOWrapper,
) -> TextIO:
    if stream is None:
        raw = _NeverFailing(None, on_loss, before_write)
        return kind(io.BufferedWriter(raw), encoding="utf-8", line_buffering=True)
    try:
        if stream.fileno() != number:
            return stream
    except (OSError, ValueError):
        return stream
    stream.flush()
    raw = _NeverFailing(number, on_loss, before_write)
    return kind(
        io.BufferedWriter(raw), encoding=stream.encoding, errors=stream.errors, line_buffering=True
    )


def _closed() -> TextIO:
    closed = io.StringIO()
    closed.close()
    return closed


def _reason(error: OSError) -> str:
    return f"stdout: {error.strerror or error}"


class _Redacted(io.TextIOWrapper):
    """A stream without secrets, for whoever prints past the console: warnings, tracebacks."""

    def write(self, text: str, /) -> int:
        super().write(SECRETS.exact(text))
        return len(text)


class _NeverFailing(io.RawIOBase):
    """A file descriptor to write to. ``None`` is one that was closed when the program began."""

    def __init__(
        self,
        number: int | None,
        on_loss: Callable[[OSError], None],
        before_write: Callable[[], None],
    ) -> None:
        self._number = number
        self._on_loss = on_loss
        self._before_write = before_write

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._number is None:
            raise io.UnsupportedOperation("fileno")
        return self._number

    def isatty(self) -> bool:
        return self._number is not None and os.isatty(self._number)

    def write(self, data: ReadableBuffer, /) -> int:
        """Write what can be written, and report all of ``data`` as written."""
        self._before_write()
        size = memoryview(data).nbytes
        if self._number is None:
            self._on_loss(OSError(9, "it is closed"))
            return size
        while True:
            try:
                return os.write(self._number, data)
            except BlockingIOError:  # a pipe that its reader set so
                select.select([], [self._number], [])
            except OSError as error:
                self._on_loss(error)
                return size
