"""A failure of the network is named, and the next step fits it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.errors import OrgUnreachable
from provision.localorg import LocalOrg
from provision.org.failure import translated
from provision.org.http import http_session

Answer = Callable[[socket.socket], None]


@contextmanager
def listening(answer: Answer) -> Iterator[int]:
    """A port on which each caller gets ``answer``; nothing else is known of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    answer(caller)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def failure(url: str, *, post: bool = True) -> OrgUnreachable:
    """The error of one call, which is not repeated: it writes."""
    with http_session(0.3) as http, pytest.raises(OrgUnreachable) as raised:
        translated(url, lambda: http.post(url, data="x") if post else http.get(url))
    return raised.value


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_a_port_without_a_server_is_named() -> None:
    error = failure(f"https://localhost:{free_port()}/")
    assert "nothing listens at localhost" in error.message
    assert "provision localorg serve" in error.next_step


def test_a_name_that_is_not_known() -> None:
    error = failure("https://nowhere.invalid/")
    assert "the name nowhere.invalid is not known (DNS)" in error.message
    assert "spelling" in error.next_step


def test_no_answer_in_time_names_the_option() -> None:
    def silence(caller: socket.socket) -> None:
        caller.settimeout(2)
        while caller.recv(1000):
            pass

    with listening(silence) as port:
        error = failure(f"http://localhost:{port}/")
    assert "did not answer within 0.3 seconds (--http-timeout)" in error.message
    assert "may still be busy with the call" in error.message
    assert "--http-timeout SECONDS" in error.next_step


def test_an_answer_that_is_cut_off() -> None:
    def part(caller: socket.socket) -> None:
        caller.recv(1000)
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")

    with listening(part) as port:
        error = failure(f"http://localhost:{port}/")
    assert "was reached, and its answer was cut off" in error.message


def test_a_connection_that_ends_before_an_answer() -> None:
    with listening(lambda caller: caller.recv(1000) and None) as port:
        error = failure(f"http://localhost:{port}/")
    assert "was reached, and the connection ended before an answer came" in error.message


def test_a_port_for_plain_http() -> None:
    def plain(caller: socket.socket) -> None:
        caller.recv(1000)
        caller.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with listening(plain) as port:
        error = failure(f"https://localhost:{port}/")
    assert "does not answer with TLS: it may be a port for plain http" in error.message
    assert "proxy" not in error.next_step


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    with LocalOrg(database=tmp_path / "org.db") as local:
        error = failure(f"{local.https_url}/")
    assert "has a certificate that is not trusted" in error.message
    assert "REQUESTS_CA_BUNDLE" in error.next_step


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:geheim@127.0.0.1:{free_port()}")
    error = failure("https://acme.my.salesforce.com/")
    assert "the proxy of this machine cannot be used: nothing listens there" in error.message
    assert "HTTPS_PROXY" in error.next_step
    assert "geheim" not in str(error)
