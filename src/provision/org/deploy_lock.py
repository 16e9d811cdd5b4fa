"""Deploy lock: one deploy at a time for each org, however many threads of this process have one.

An org queues deploys anyway. A deploy of ours that waits for the lock has not begun, so that the
time it waits does not count towards ``--deploy-wait``.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import Final

__all__ = ["deploy_lock_of"]

_guard: Final = threading.Lock()
_locks: Final[dict[str, threading.Lock]] = {}


def deploy_lock_of(instance_url: str) -> AbstractContextManager[object]:
    """The lock of the org at ``instance_url``: the same one for every caller."""
    with _guard:
        return _locks.setdefault(instance_url.lower(), threading.Lock())
