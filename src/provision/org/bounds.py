"""Bounds: how long an answer may take as a whole, and how long it may be.

A socket's timeout is that of one silence. An org, or a proxy before it, that sends a byte a second,
or that never ends, would hold a run for ever.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, Final

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError
from urllib3.poolmanager import PoolManager

if TYPE_CHECKING:
    import socket

__all__ = ["LONGEST_ANSWER", "AnswerTooLong", "bound_body", "bound_time"]

LONGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes of an answer, unpacked: far more than anything that an org is asked for."""


class AnswerTooLong(ProtocolError):
    """An answer is longer than ``LONGEST_ANSWER``. The rest of it was not read."""


def bound_time(manager: PoolManager) -> None:
    """Let the timeout of a call hold for its whole answer, in all connections of ``manager``."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def bound_body(response: requests.Response) -> None:
    """Have the body of ``response`` end with :class:`AnswerTooLong` where it is too long."""
    response.raw = _Body(response.raw)


class _Body:
    """A body of urllib3's that is counted while it is read, as it is after unpacking."""

    def __init__(self, raw: Any) -> None:  # noqa: ANN401  # urllib3's response, or a test's
        self._raw = raw

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever urllib3's has
        return getattr(self._raw, name)

    def stream(self, amount: int, decode_content: bool) -> Iterator[bytes]:  # noqa: FBT001  # as urllib3
        """The body in pieces; urllib3's own contract."""
        count = 0
        for piece in self._raw.stream(amount, decode_content=decode_content):
            count += len(piece)
            if count > LONGEST_ANSWER:
                self._raw.close()  # what is still to come is not for the next call
                raise AnswerTooLong(f"its answer is longer than {LONGEST_ANSWER >> 20} MB")
            yield piece


class _Arriving(io.RawIOBase):
    """What a socket receives, until the time of the whole answer is over."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._socket = sock
        # As `socket.makefile` does, so that the connection is kept until the answer is read.
        self._held = sock.makefile("rb", buffering=0)
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401  # any writable buffer
        left = self._until - time.monotonic()
        if left > 0:
            self._socket.settimeout(left)
            try:
                return self._held.readinto(buffer)
            except TimeoutError:
                pass
        # In urllib3's words, which tell the seconds to whoever says it to the user.
        raise TimeoutError(f"the answer is not complete (read timeout={self._seconds:g})")

    def close(self) -> None:
        if not self.closed:
            self._held.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer whose status line, headers and body share the time that one silence had."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:  # noqa: ANN401  # as http.client
        super().__init__(sock, *args, **options)
        seconds = sock.gettimeout()  # set by urllib3, just before the answer is read
        if seconds:
            unbounded, self.fp = self.fp, io.BufferedReader(_Arriving(sock, seconds))
            unbounded.close()


class _Connection(HTTPConnection):
    response_class = _Answer


class _TlsConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
