"""Connections to an org: whom they trust, how long an answer may take, and how long it may be."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from functools import cache
from http.client import HTTPResponse
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError
from urllib3.poolmanager import PoolManager
from urllib3.util.ssl_ import create_urllib3_context

if TYPE_CHECKING:
    import socket

    from requests.adapters import _HostParams, _PoolKwargs

__all__ = ["LONGEST_ANSWER", "AnswerTooLong", "TrustingAdapter", "bound_body", "bound_time"]

LONGEST_ANSWER: Final = 64 * 1024 * 1024
"""The most bytes of an answer, unpacked: far more than any answer that provision asks for."""


class TrustingAdapter(HTTPAdapter):
    """An adapter whose connections share one TLS context for each CA file.

    urllib3 reads the CA file for each connection that it opens, which takes 20 ms for the usual
    one, and four times that for four reads at once. Connections through a proxy are left to
    urllib3, since a proxy may have a TLS connection of its own. An adapter looks for a file once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._contexts: dict[bool | str, SSLContext | None] = {}

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,  # noqa: FBT001  # the signature is requests'
        cert: str | tuple[str, str] | None = None,
    ) -> tuple[_HostParams, _PoolKwargs]:
        """The key of a connection in its pool; requests' own contract."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        context = self._context(verify)
        if context is not None and host["scheme"] == "https":
            tls.pop("ca_certs", None)
            tls["ssl_context"] = context
        return host, tls

    def cert_verify(
        self,
        conn: Any,  # noqa: ANN401  # the signature is requests'
        url: str,
        verify: bool | str,  # noqa: FBT001
        cert: str | tuple[str, str] | None,
    ) -> None:
        """Tell a pool whom to trust, unless its context does; requests' own contract."""
        if conn.proxy is not None or cert or self._context(verify) is None:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # stub

    def _context(self, verify: bool | str) -> SSLContext | None:  # noqa: FBT001  # as requests'
        if verify not in self._contexts:
            file = _ca_file(verify)
            known = _context(file, file.stat().st_mtime_ns) if file else None
            self._contexts[verify] = known
        return self._contexts[verify]


def _ca_file(verify: bool | str) -> Path | None:  # noqa: FBT001
    """The CA file that requests means by ``verify``; ``None`` if it is not a file."""
    if verify is False:
        return None
    file = Path(DEFAULT_CA_BUNDLE_PATH if verify is True else verify)
    return file if file.is_file() else None


@cache
def _context(file: Path, changed: int) -> SSLContext:  # noqa: ARG001  # a changed file is another
    context = create_urllib3_context()
    context.load_verify_locations(file)
    return context


class AnswerTooLong(ProtocolError):
    """An answer is longer than ``LONGEST_ANSWER``. The rest of it was not read."""


def bound_time(manager: PoolManager) -> None:
    """Apply the timeout of a call to its whole answer, in all connections of ``manager``.

    A socket's timeout applies to each silence. An org, or a proxy, that sends a byte a second would
    keep a run waiting for ever.
    """
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def bound_body(response: requests.Response) -> None:
    """Let reading the body of ``response`` raise :class:`AnswerTooLong` if it is too long."""
    response.raw = _Body(response.raw)


class _Body:
    """A body of urllib3's whose bytes, after unpacking, are counted while they are read."""

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
    """The bytes that a socket receives until the time for the whole answer is over."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._socket = sock
        # As `socket.makefile` does, so that the connection is kept until the answer is read.
        self._stream = sock.makefile("rb", buffering=0)
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401  # any writable buffer
        left = self._until - time.monotonic()
        if left > 0:
            self._socket.settimeout(left)
            try:
                return self._stream.readinto(buffer)
            except TimeoutError:
                pass
        # In urllib3's words, from which the message for the user takes the seconds.
        raise TimeoutError(f"the answer is not complete (read timeout={self._seconds:g})")

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer whose status line, headers and body share one timeout."""

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
