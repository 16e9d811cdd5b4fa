"""Round trips that come one after the other: counted in waves, not in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from requests.adapters import HTTPAdapter

__all__ = ["in_waves"]

_HANGS_AFTER = 20  # seconds until a wave that never fills is given up


@contextmanager
def in_waves(monkeypatch: pytest.MonkeyPatch, *sizes: int) -> Iterator[None]:
    """Let requests out in waves of these sizes: none of a wave before all of it wait.

    Work whose requests need each other's answers more often than there are waves comes to a stand
    in it, and fails; so does work of more requests, or fewer.
    """
    send = HTTPAdapter.send
    guard = threading.Lock()
    places = iter([wave for size in sizes for wave in [threading.Barrier(size)] * size])

    def gated(*arguments, **options):
        with guard:
            wave = next(places, None)
        assert wave is not None, "more requests than the waves have room for"
        wave.wait(_HANGS_AFTER)
        return send(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", gated)
        yield
    assert next(places, None) is None, "fewer requests than the waves have room for"
