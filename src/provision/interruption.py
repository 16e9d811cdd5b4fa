"""Interruption: which signals end a run in an orderly way. A leaf."""

from __future__ import annotations

import atexit
import signal
from types import FrameType
from typing import Final

__all__ = ["INTERRUPTING", "interrupt_on_signals", "is_ignored"]

INTERRUPTING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Ctrl-C; what a CI runner sends when it cancels a job; what a closed terminal or ssh sends."""


def interrupt_on_signals() -> None:
    """From here on each of ``INTERRUPTING`` raises KeyboardInterrupt in the main thread.

    A signal that is ignored stays ignored, for `nohup` and for background jobs of a shell. At the
    end of the program all of them are ignored: see :func:`_ignore_all`.
    """
    for number in INTERRUPTING:
        if number != signal.SIGINT and not is_ignored(number):
            signal.signal(number, _interrupt)
    atexit.unregister(_ignore_all)  # so that it is registered only once
    atexit.register(_ignore_all)


def is_ignored(number: signal.Signals) -> bool:
    """Whether whoever started the program had it ignore the signal."""
    return signal.getsignal(number) is signal.SIG_IGN


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ignore_all() -> None:
    """Ignore each of ``INTERRUPTING`` for the rest of the process.

    Python removes handlers a moment before it exits. A signal that arrives then (a closed terminal
    sends two) would kill the process, and its exit code would be lost.
    """
    for number in INTERRUPTING:
        signal.signal(number, signal.SIG_IGN)
