"""No redirect is followed: only the host of a call may get what is in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from provision.errors import OrgError, ProvisionError
from provision.org.clock import SystemClock
from provision.org.deploy import DeployOptions
from provision.org.deploy_rest import RestDeploys
from provision.org.http import http_session
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import ClientCredentialsLogin, JwtLogin
from provision.org.org import agreed_version, with_username
from provision.org.rest import RestReader, RestWriter
from provision.org.session import Session
from provision.org.soap import SoapEndpoint
from provision.secret.secret import Secret

pytestmark = pytest.mark.slow

STATUSES = (301, 302, 303, 307, 308)


class _Server(ThreadingHTTPServer):
    asked: list[str]
    status: int
    target: str


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _any(self) -> None:
        self.server.asked.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.server.status)
        if self.server.target:
            self.send_header("Location", f"{self.server.target}{self.path}")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any  # noqa: N815  # the names of http.server

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def _serving(status: int, target: str = "") -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.asked, server.status, server.target = [], status, target
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=STATUSES)
def redirecting(request):
    """An org (on this machine) that sends every call to another host, and that host."""
    with _serving(200) as other:
        target = f"http://127.0.0.1:{other.server_port}"
        with _serving(request.param, target) as org:
            yield InstanceUrl(f"http://localhost:{org.server_port}"), org, other


def _jwt(url: InstanceUrl) -> JwtLogin:
    return JwtLogin(url, "key", "ci@example.com", lambda _claims: "signed-assertion", SystemClock())


@pytest.mark.parametrize("kind", ["client credentials", "jwt"])
def test_no_secret_and_no_assertion_leaves_the_login_host(redirecting, kind):
    url, org, other = redirecting
    login = _jwt(url) if kind == "jwt" else ClientCredentialsLogin(url, "key", Secret("hush-hush"))
    with http_session() as http, pytest.raises(OrgError) as caught:
        login.open(http)
    assert org.asked
    assert other.asked == []
    assert "My Domain" in caught.value.next_step


def test_no_token_and_no_package_leaves_the_org(redirecting):
    url, org, other = redirecting
    session = Session(url, "00D000000000001!x", "a test")
    with http_session() as http:
        reader, writer = RestReader(session, http, 68), RestWriter(session, http, 68)
        soap = SoapEndpoint(session, http, 68)
        deploys = RestDeploys(session, http, 68)
        for call in (
            lambda: reader.query("SELECT Id FROM User"),
            lambda: reader.get("limits"),
            lambda: writer.create("PermissionSet", {"Name": "x"}, what="the permission set x"),
            lambda: soap.call("listMetadata", [("queries", [("type", "ConnectedApp")])]),
            lambda: soap.write("a deploy", "deploy", [("ZipFile", "UEsDBA==")]),
            lambda: deploys.start(b"PK", DeployOptions(), "a deploy"),
            lambda: deploys.status("0Af000000000001"),
            lambda: agreed_version(session, http, None),
            lambda: with_username(session, http),
        ):
            before = len(org.asked)
            with pytest.raises(ProvisionError):
                call()
            assert len(org.asked) > before
    assert other.asked == []
