"""The program, run in this process as a user runs it: arguments in, exit code and output out."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from jinja2 import Environment

import provision.org.clock as clock_of_orgs
from provision.cli.main import main
from provision.redaction import SECRETS
from tests.faults.virtual_time import VirtualTime

__all__ = ["ESCAPED", "HUNG", "Ran", "run"]

HUNG = 998
"""The exit code of a run that did not end."""
ESCAPED = 999
"""The exit code of a run out of which an exception escaped."""
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
    with (
        _as_in_a_shell(arguments, folder, environment, time),
        _cheap(),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
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
    SECRETS.forget()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["provision", *arguments]
    clock_of_orgs.time = time  # type: ignore[assignment]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):  # until the program sets its own, and after it
        signal.signal(number, _ended)
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


@contextlib.contextmanager
def _cheap() -> Iterator[None]:
    """Without what costs time in each run and cannot tell: a third of a run is compiled templates.

    Files are not forced to the disk, since no power fails here.
    """
    compiled, forced = Environment.compile, os.fsync
    Environment.compile = _compiled(compiled)  # type: ignore[method-assign]
    os.fsync = lambda _file: None
    try:
        yield
    finally:
        Environment.compile = compiled  # type: ignore[method-assign]
        os.fsync = forced


_CODE: dict[tuple[object, ...], CodeType] = {}


def _compiled(compiled: Callable[..., CodeType]) -> Callable[..., CodeType]:
    @functools.wraps(compiled)
    def once(environment: Environment, source: object, *names: object) -> CodeType:
        key = type(environment), source, *names
        if key not in _CODE:
            _CODE[key] = compiled(environment, source, *names)
        return _CODE[key]

    return once


def _ended(number: int, _frame: object) -> None:
    """As without a handler: the process ends."""
    raise SystemExit(128 + number)


def _hung(_number: int, _frame: object) -> None:
    raise _Hung
