"""Elapsed: how long a wait has lasted so far, on stderr, so that no wait is silent."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from provision.org.clock import Clock, SystemClock

__all__ = ["Elapsed", "begin_elapsed", "elapsed", "no_elapsed"]

_TICK: Final = 0.25  # seconds
_LEAST: Final = 1  # a shorter wait, in seconds, is not shown
_LINES: Final = (2, 5, 15)  # seconds after which a log gets a line
_EVERY: Final = 30  # seconds from one line to the next after those
_WIPE: Final = "\r\x1b[K"


class Elapsed:
    """Counts the seconds since something was last written, and shows them.

    On a terminal they are on a line of their own, which is cleared before anything else is written.
    In a log they are lines: fewer as time goes by, and later if no line was written yet that says
    what the program waits for. Safe to use from many threads.
    """

    def __init__(self, clock: Clock, write: Callable[[str], None], *, is_terminal: bool) -> None:
        self._clock = clock
        self._write = write
        self._is_terminal = is_terminal
        self._guard = threading.Lock()
        self._wanted = False
        self._shown = 0
        self._has_written = False
        self._since = clock.monotonic()

    def begin(self) -> None:
        """Show waits from here on."""
        self._restart(wanted=True)

    def end(self) -> None:
        """Show no more of them, until :meth:`begin`."""
        self._restart(wanted=False)

    @property
    def is_wanted(self) -> bool:
        """Whether waits are shown."""
        return self._wanted

    def note_written(self) -> None:
        """Clear what is shown, since something else is about to be written."""
        self._has_written = True
        self._restart(wanted=self._wanted)

    def tick(self) -> None:
        """Show how long the wait has lasted, if it is long enough. To be called often."""
        with self._guard:
            seconds = int(self._clock.monotonic() - self._since)
            if not self._wanted or seconds < self._due():
                return
            self._shown = seconds
            text = f"waiting: {seconds} s"
            self._write(f"{_WIPE}{text}" if self._is_terminal else f"{text}\n")

    def _due(self) -> int:
        """After how many seconds of a wait they are shown next."""
        if self._is_terminal:
            return max(self._shown + 1, _LEAST)
        lines = _LINES if self._has_written else _LINES[1:]
        regular = (self._shown // _EVERY + 1) * _EVERY
        return next((seconds for seconds in lines if seconds > self._shown), regular)

    def _restart(self, *, wanted: bool) -> None:
        with self._guard:
            if self._shown and self._is_terminal:
                self._write(_WIPE)
            self._wanted = wanted
            self._shown = 0
            self._since = self._clock.monotonic()


_current: list[Elapsed] = []  # that of the program that runs, if one does


@contextmanager
def elapsed() -> Iterator[Elapsed]:
    """Within the block, waits are shown from :func:`begin_elapsed` on."""
    shown = Elapsed(SystemClock(), _to_stderr, is_terminal=_is_terminal())
    is_over = threading.Event()

    def tick() -> None:
        while not is_over.wait(_TICK):
            shown.tick()

    threading.Thread(target=tick, name="elapsed", daemon=True).start()
    _current.append(shown)
    try:
        yield shown
    finally:
        _current.pop()
        is_over.set()
        shown.end()


def begin_elapsed() -> None:
    """Show waits from here on, if a program runs that can."""
    for shown in _current:
        shown.begin()


@contextmanager
def no_elapsed() -> Iterator[None]:
    """Show no waits within the block: a person is asked, or another program has the screen."""
    paused = [shown for shown in _current if shown.is_wanted]
    for shown in paused:
        shown.end()
    try:
        yield
    finally:
        for shown in paused:
            shown.begin()


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):
        return False


def _to_stderr(text: str) -> None:
    """Past the streams of Python, which would count it as something that is written."""
    with suppress(OSError, ValueError, AttributeError):
        os.write(sys.stderr.fileno(), text.encode())
