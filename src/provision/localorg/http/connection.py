"""Sockets: HTTP/1.1 on loopback, plain and TLS. A response is one write."""

from __future__ import annotations

import io
import logging
import selectors
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

__all__ = ["Answer", "Listener"]

_log = logging.getLogger(__name__)
_MOST_BYTES: Final = 64 * 1024 * 1024
_LONGEST_LINE: Final = 65536
_HANDSHAKE_SECONDS: Final = 10
_HOP_BY_HOP: Final = {"connection", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. Without a response the connection is closed at once.

    With ``keep_body``, that many bytes of the body are sent, and then the connection is closed.
    """

    response: Response | None
    keep_body: int | None = None


_Answerer: TypeAlias = Callable[[Request], Answer]


class _Request(Request):
    """A request whose form may be as large as its body."""

    max_form_memory_size = None
    max_form_parts = 100_000


class _TooLarge(Exception):
    """The body is larger than any org accepts."""


class _Handler(BaseHTTPRequestHandler):
    """One connection: requests in, responses out, each in a single write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def handle(self) -> None:
        # A client may close the connection at any time. That is no error of the server.
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.close_connection = True

    def handle_one_request(self) -> None:
        """Read one request, whatever its method, and answer it."""
        self.raw_requestline = self.rfile.readline(_LONGEST_LINE)
        if not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401  # its signature
        """Write nothing: the request log is kept elsewhere."""

    def _serve(self) -> None:
        try:
            body = self._body()
        except (_TooLarge, ValueError):
            self.send_error(HTTPStatus.BAD_REQUEST)
            self.close_connection = True
            return
        request = _Request(self._environ(body))
        try:
            answer = self.server.answerer(request)
        except Exception:
            # A bug in the emulation: the client gets a response, and the log gets the traceback.
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            self.close_connection = True
            raise
        finally:
            request.close()
        if answer.response is None:
            self.close_connection = True
            return
        head, body = self._parts(answer.response)
        if answer.keep_body is not None:
            body = body[: answer.keep_body]
            self.close_connection = True
        self.wfile.write(head + body)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= _MOST_BYTES:
            raise _TooLarge
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        """A chunked body: undici sends OAuth forms this way, without a length."""
        body = io.BytesIO()
        while True:
            size = int(self.rfile.readline(1024).split(b";")[0].strip(), 16)
            if body.tell() + size > _MOST_BYTES:
                raise _TooLarge
            body.write(self.rfile.read(size))
            if size == 0:
                break
            self.rfile.readline(1024)
        while self.rfile.readline(1024).strip():
            pass  # trailers
        return body.getvalue()

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host = self.headers.get("Host", "") or f"127.0.0.1:{self.server.server_port}"
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "wsgi.url_scheme": self.server.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.version": (1, 0),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key not in {"CONTENT_LENGTH", "CONTENT_TYPE", "TRANSFER_ENCODING"}:
                environ[f"HTTP_{key}"] = value
        environ["HTTP_HOST"] = host
        return environ

    def _parts(self, response: Response) -> tuple[bytes, bytes]:
        body = response.get_data()
        try:
            phrase = HTTPStatus(response.status_code).phrase
        except ValueError:
            phrase = ""
        lines = [
            f"HTTP/1.1 {response.status_code} {phrase}",
            f"Date: {response.headers.get('Date') or self.date_time_string()}",
        ]
        lines.extend(
            f"{name}: {value}"
            for name, value in response.headers
            if name.lower() not in _HOP_BY_HOP | {"content-length", "date"}
        )
        bodiless = response.status_code in {204, 304}
        if not bodiless:
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        return head, b"" if bodiless or self.command == "HEAD" else body


class Listener(ThreadingHTTPServer):
    """One port of the local org, served by daemon threads until :meth:`stop`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, answerer: _Answerer, tls: ssl.SSLContext | None = None) -> None:
        self.answerer = answerer
        self.scheme = "https" if tls else "http"
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, and close every connection."""
        self._waker.send(b"x")
        if self._thread.is_alive():
            self._thread.join()
        self._wake.close()
        self._waker.close()
        self.server_close()
        with self._guard:
            for connection in list(self._open):
                _shut(connection)

    def _accept(self) -> None:
        """Accept connections until :meth:`stop`. Nothing wakes up while there are none."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while self._wake not in [key.fileobj for key, _ in selector.select()]:
                try:
                    connection, address = self.get_request()
                except OSError:  # the client closed the connection first
                    continue
                self.process_request(connection, address)

    def server_bind(self) -> None:
        """Bind the port without a DNS lookup of 127.0.0.1."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # its signature
        """Serve one connection. The TLS handshake is done here, in the connection's own thread."""
        connection: socket.socket = request
        if self._tls is not None:
            connection.settimeout(_HANDSHAKE_SECONDS)
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except (
                OSError,
                ValueError,
            ):  # the certificate is rejected, or this is no TLS
                return
            connection.settimeout(None)
        with self._guard:
            self._open.add(connection)
        try:
            _Handler(connection, client_address, self)
        finally:
            with self._guard:
                self._open.discard(connection)
            _shut(connection)
            connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002  # its signature
        """Log an error in a connection's thread."""
        _log.exception("a request failed")


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
