"""Turn: one deploy at a time for each org, however many threads of this process have one to send.

An org queues deploys anyway; a deploy of ours that waits here has not begun, so that its own
waiting time is not spent on another's.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import Final

__all__ = ["turn_of"]

_guard: Final = threading.Lock()
_turns: Final[dict[str, threading.Lock]] = {}


def turn_of(instance_url: str) -> AbstractContextManager[object]:
    """The turn of the org at ``instance_url``: the same one for every caller."""
    with _guard:
        return _turns.setdefault(instance_url.lower(), threading.Lock())
