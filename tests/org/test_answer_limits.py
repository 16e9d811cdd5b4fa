"""Answers that come drop by drop, or never end."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from provision.errors import OrgUnreachable
from provision.org import connections
from provision.org.failure import translated
from provision.org.http import http_session

TIMEOUT = 0.4
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

PACKED = gzip.compress(9_000_000 * b" ")

Send = Callable[[socket.socket, threading.Event], None]


@contextmanager
def server(send: Send) -> Iterator[str]:
    """A server whose every answer is what ``send`` does; its URL."""
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                while connection.recv(65536):
                    send(connection, over)
            except OSError:
                pass  # the client has gone

    def accept(listening: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=(listening,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        over.set()
        listening.shutdown(socket.SHUT_RDWR)


def drops(data: bytes, whole: bytes = b"") -> Send:
    """``whole`` at once, then ``data`` a byte at a time, each well within the timeout."""

    def send(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(whole)
        for index in range(len(data)):
            if over.wait(TIMEOUT / 8):
                return
            connection.sendall(data[index : index + 1])

    return send


def at_once(data: bytes) -> Send:
    return lambda connection, over: connection.sendall(data)


def endless(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over.is_set():
        connection.sendall(b"10000\r\n" + 65536 * b" " + b"\r\n")


@pytest.mark.parametrize(
    "send",
    [
        drops(1000 * b" ", HEAD + b"Content-Length: 1000\r\n\r\n"),
        drops(500 * b"1\r\n \r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        drops(1000 * b" ", HEAD + b"\r\n"),
        drops(1000 * b"x", HEAD + b"Date: "),
        drops(HEAD + b"\r\n" + 1000 * b" "),
    ],
    ids=["body", "chunks", "body-to-the-end", "headers", "status-line"],
)
def test_the_timeout_of_a_call_applies_to_its_whole_answer(send) -> None:
    with server(send) as url, http_session(TIMEOUT) as http:
        began = time.monotonic()
        with pytest.raises(OrgUnreachable, match=r"did not answer within 0.4 seconds \(--http-t"):
            translated(url, lambda: http.post(url))
        assert time.monotonic() - began < 10 * TIMEOUT


@pytest.mark.parametrize(
    "send",
    [
        endless,
        at_once(HEAD + b"Content-Length: 200001\r\n\r\n" + 200_001 * b" "),
        at_once(
            HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED
        ),
    ],
    ids=["endless", "long", "packed"],
)
def test_an_answer_is_read_up_to_the_longest_allowed(send, monkeypatch) -> None:
    monkeypatch.setattr(connections, "LONGEST_ANSWER", 200_000)
    longer = pytest.raises(OrgUnreachable, match="its answer is longer than")
    with server(send) as url, http_session(20) as http, longer:
        translated(url, lambda: http.post(url))


def test_a_connection_is_reused_and_its_next_call_has_its_own_timeout() -> None:
    body = b"{}"
    taken = []

    def send(connection: socket.socket, over: threading.Event) -> None:
        taken.append(connection)
        over.wait(TIMEOUT * 0.6)
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n" + body)

    with server(send) as url, http_session(TIMEOUT) as http:
        for _ in range(3):
            assert http.post(url).content == body
    assert len(set(taken)) == 1
