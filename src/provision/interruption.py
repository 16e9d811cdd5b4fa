"""Interruption: which signals end a run in order. Knows nothing of the rest of the program."""

from __future__ import annotations

import atexit
import signal
from types import FrameType
from typing import Final

__all__ = ["INTERRUPTING", "interrupt_on_signals", "is_ignored"]

INTERRUPTING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Ctrl-C; what a CI runner sends that cancels a job; what a closed terminal or a lost ssh sends."""


def interrupt_on_signals() -> None:
    """From here on each of ``INTERRUPTING`` raises KeyboardInterrupt in the main thread.

    A signal that is ignored stays ignored: so `nohup`, and a shell's background jobs, want it.
    When the program has come to its end, all of them are: see :func:`_ignore_all`.
    """
    for number in INTERRUPTING:
        if number != signal.SIGINT and not is_ignored(number):
            signal.signal(number, _interrupt)
    atexit.unregister(_ignore_all)  # once is enough
    atexit.register(_ignore_all)


def is_ignored(number: signal.Signals) -> bool:
    """Whether whoever started the program had it ignore the signal."""
    return signal.getsignal(number) is signal.SIG_IGN


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ignore_all() -> None:
    """Ignore each of ``INTERRUPTING`` for the rest of the process.

    Python takes handlers away while it ends, which takes it a moment. A signal that comes then
    (a closed terminal sends two) would kill the process, and its exit code would be lost.
    """
    for number in INTERRUPTING:
        signal.signal(number, signal.SIG_IGN)
