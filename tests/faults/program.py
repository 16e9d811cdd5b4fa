"""The program, run in this process as a user runs it: arguments in, exit code and output out."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import provision.org.clock as clock_of_orgs
from provision.cli import console
from provision.cli.main import main
from tests.faults.virtual_time import VirtualTime

__all__ = ["HUNG", "Ran", "run"]

HUNG = 998
ESCAPED = 999
_LONGEST = 60.0  # seconds: time is virtual, so that whatever takes longer hangs


class _Hung(BaseException):
    """The program did not come to an end."""


@dataclass(frozen=True)
class Ran:
    """What was said."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.out}\n{self.err}"


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], time: VirtualTime
) -> Ran:
    """Run `provision` in ``folder``. Pauses are virtual; signals do what they do in a shell."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with _as_in_a_shell(arguments, folder, environment, time):
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 0
            except _Hung:
                code = HUNG
                err.write(traceback.format_exc())
            except KeyboardInterrupt:
                code = 130  # Python itself would end so, with a traceback
                err.write(traceback.format_exc())
            except BaseException:  # noqa: BLE001  # nothing may escape the program's last resort
                code = ESCAPED
                err.write(traceback.format_exc())
    return Ran(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _as_in_a_shell(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], time: VirtualTime
) -> Iterator[None]:
    kept = dict(os.environ), Path.cwd(), sys.argv, clock_of_orgs.time
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM]
    handlers = [signal.getsignal(number) for number in numbers]
    console._hidden = frozenset()
    console._redaction.cache_clear()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["provision", *arguments]
    clock_of_orgs.time = time  # type: ignore[assignment]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _ended)  # until the program sets its own, and after it
    signal.signal(signal.SIGALRM, _hung)
    signal.setitimer(signal.ITIMER_REAL, _LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
        os.environ.clear()
        os.environ.update(kept[0])
        os.chdir(kept[1])
        sys.argv, clock_of_orgs.time = kept[2], kept[3]


def _ended(_number: int, _frame: object) -> None:
    """As without a handler: the process ends."""
    raise SystemExit(128 + signal.SIGTERM)


def _hung(_number: int, _frame: object) -> None:
    raise _Hung
