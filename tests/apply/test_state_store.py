"""Last-applied records, kept and shared. What fails is said, and stops nothing."""

import dataclasses
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provision.apply.state_store import DirectoryState, HttpState, state_store
from provision.errors import CannotError
from provision.plan.last_applied import FieldTrace, LastApplied, last_applied_json

RECORD = LastApplied(
    "00D000000000001", "uat.example", "Robot", datetime(2026, 11, 24, tzinfo=UTC), "run",
    b"salt", {"T.f": FieldTrace("a" * 64, "b" * 64), "T.g": None},
)  # fmt: skip


@pytest.fixture
def said() -> list[str]:
    return []


@dataclass
class Answers:
    """What a web server answers, by path, and what it was asked."""

    by_path: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def web() -> Iterator[Answers]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            answers.asked.append(self.path)
            status, body = answers.by_path.get(self.path.partition("?")[0], (404, b"none"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        answers.address = f"http://localhost:{server.server_port}"
        try:
            yield answers
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("as_uri", [str, Path.as_uri])
def test_a_directory_keeps_one_file_for_host_and_app(tmp_path, said, as_uri) -> None:
    store = state_store(as_uri(tmp_path / "shared"), tmp_path / "default", said.append)
    assert store.read("uat.example", "Robot") is None
    store.write(RECORD)
    assert store.read("uat.example", "Robot") == RECORD
    assert [p.name for p in (tmp_path / "shared" / "uat.example").iterdir()] == ["Robot.json"]
    assert store.read("uat.example", "Other") is None
    assert said == []


def test_without_a_uri_it_is_the_default(tmp_path, said) -> None:
    state_store("", tmp_path / "default", said.append).write(RECORD)
    assert (tmp_path / "default" / "uat.example" / "Robot.json").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"schema": "provision/last-applied/9"}'])
def test_a_corrupt_record_is_a_notice(tmp_path, said, content) -> None:
    path = tmp_path / "uat.example" / "Robot.json"
    path.parent.mkdir()
    path.write_bytes(content)
    store = DirectoryState(tmp_path, said.append)
    assert store.read("uat.example", "Robot") is None
    [notice] = said
    assert notice.startswith("notice: who moved is unknown: ")
    assert str(path) in notice
    store.write(RECORD)
    assert store.read("uat.example", "Robot") == RECORD


def test_a_directory_that_cannot_be_used_is_a_notice(tmp_path, said) -> None:
    (tmp_path / "file").write_text("")
    store = DirectoryState(tmp_path / "file", said.append)
    assert store.read("uat.example", "Robot") is None
    store.write(RECORD)
    assert len(said) == 2
    assert "cannot be written" in said[1]


def test_a_web_address_is_read_and_never_written(web, said) -> None:
    web.by_path["/state/uat.example/Robot.json"] = (200, last_applied_json(RECORD).encode())
    store = state_store(f"{web.address}/state/", Path(), said.append)
    assert store.read("uat.example", "Robot") == RECORD
    assert store.read("uat.example", "Other") is None
    assert said == []
    store.write(RECORD)
    assert "only for reading" in said[0]
    assert web.asked == ["/state/uat.example/Robot.json", "/state/uat.example/Other.json"]


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        ((500, b"no"), "answered HTTP 500"),
        ((302, b""), "answered HTTP 302"),
        ((200, b"<html>"), "is not a last-applied record"),
        ((200, b"\xff"), "cannot be read"),
    ],
)
def test_an_answer_that_is_none_is_a_notice_without_what_is_not_to_be_shown(
    web, said, answer, sign
) -> None:
    web.by_path["/uat.example/Robot.json"] = answer
    url = web.address.replace("//", "//me:hush@") + "?signature=hush"
    assert state_store(url, Path(), said.append).read("uat.example", "Robot") is None
    assert web.asked == ["/uat.example/Robot.json?signature=hush"]
    [notice] = said
    assert sign in notice
    assert "hush" not in notice
    assert "hush" not in repr(state_store(url, Path(), said.append))


def test_a_server_that_is_down_is_a_notice(said) -> None:
    store = HttpState("http://localhost:9/state?signature=hush", said.append, timeout=1)
    assert store.read("uat.example", "Robot") is None
    assert said[0].endswith("http://localhost:9/state/uat.example/Robot.json cannot be read")


def test_a_server_that_says_nothing_is_a_notice(web, said) -> None:
    """The listening queue takes the connection, and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        store = HttpState(f"http://localhost:{port}", said.append, timeout=0.05)
        assert store.read("uat.example", "Robot") is None
    assert "did not answer in time" in said[0]


@pytest.mark.parametrize(
    "uri", ["http://example.com/state", "s3://bucket", "file://host/x", "https:"]
)
def test_other_places_are_refused(uri, said) -> None:
    with pytest.raises(CannotError, match="--state"):
        state_store(uri, Path(), said.append)


def test_names_lead_nowhere_else(tmp_path, said) -> None:
    store = DirectoryState(tmp_path / "state", said.append)
    store.write(dataclasses.replace(RECORD, host="h/../..", app="../../x"))
    assert [p for p in tmp_path.rglob("*.json") if tmp_path / "state" not in p.parents] == []
