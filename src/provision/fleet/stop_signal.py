"""Stop signal: Ctrl-C ends a run in order, and a file in its folder makes it pause."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self, TypeAlias

from provision.interruption import INTERRUPTING, is_ignored

__all__ = ["PAUSE", "InterruptSignal"]

PAUSE: Final = "pause"
"""The file that makes a run pause while it is there."""

_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | None
"""What signal.signal() takes and gives."""


class InterruptSignal:
    """The stop signal of one run, for as long as a ``with`` block.

    After the first interruption, work that is under way still ends; the second one raises
    KeyboardInterrupt, unless the work may not be left (``may_be_left``). In a thread, which gets no
    signals, only the pause works. ``say`` is called with what happens.
    """

    def __init__(
        self, folder: Path, say: Callable[[str], None], *, may_be_left: bool = True
    ) -> None:
        self._pause = folder / PAUSE
        self._say = say
        self._may_be_left = may_be_left
        self._stopped = False
        self._is_announced = False
        self._paused = False
        self._before: dict[int, _Handler] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in INTERRUPTING:
                if not is_ignored(number):
                    self._before[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def is_stopped(self) -> bool:
        """Whether the run ends as soon as the work under way has ended."""
        if self._stopped and not self._is_announced:
            self._is_announced = True
            again = "; again to leave them" if self._may_be_left else ""
            self._say(f"interrupted: waiting for the orgs that are under way{again}")
        return self._stopped

    def is_paused(self) -> bool:
        """Whether to begin no further org for now."""
        paused = self._pause.exists()
        if paused is not self._paused:
            self._paused = paused
            self._say(f"paused: delete {self._pause} to continue" if paused else "continuing")
        return paused

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        # Says nothing: it may have come in the middle of saying something else.
        if self._stopped and self._may_be_left:
            raise KeyboardInterrupt
        self._stopped = True
