"""Where a login is sent: over https, to a host, and nowhere else."""

from __future__ import annotations

import copy
import pickle
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from provision.errors import ExitCode, LoginRefused
from provision.org.http import http_session
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import ClientCredentialsLogin, TokenLogin
from provision.org.login.sf_cli import SfCliLogin
from provision.org.oauth import authorize_error
from provision.org.org import ReadableOrg
from provision.org.session import Session
from provision.secret.secret import Secret
from tests.cli.conftest import run  # noqa: F401  # a fixture
from tests.orgs import org_under_test

_EDGE = "-----{} PRIVATE KEY-----"
REFUSED = [
    "",
    " ",
    "acme",
    "acme.my.salesforce.com",
    "//acme.my.salesforce.com",
    "https://",
    "https:///path",
    "https:acme.my.salesforce.com",
    "http://acme.my.salesforce.com",
    "HTTP://acme.my.salesforce.com",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "http://localhost.example.com",
    "http://notlocalhost",
    "http://localhost@acme.example",
    "ftp://acme.my.salesforce.com",
    "javascript://acme",
    "https://ada:SECRET@acme.my.salesforce.com",
    "https://SECRET@acme.my.salesforce.com",
    "https://acme.my.salesforce.com/path",
    "https://acme.my.salesforce.com//",
    "https://acme.my.salesforce.com?SECRET",
    "https://acme.my.salesforce.com/?",
    "https://acme.my.salesforce.com#SECRET",
    "https://acme.my.salesforce.com:SECRET",
    "https://acme.my.salesforce.com:99999",
    "https://[acme",
    "https://acme my.salesforce.com",
    "https://acme\n.my.salesforce.com",
    "https://acme.my.salesforce.com\\@evil.example",
    "https://\u202eacme.my.salesforce.com",
    "00D000000000001!SECRET",
    f"{_EDGE.format('BEGIN')}\nSECRET\n{_EDGE.format('END')}\n",
]


@pytest.mark.parametrize("text", REFUSED)
def test_an_invalid_url_is_refused_and_not_quoted(text):
    with pytest.raises(LoginRefused) as caught:
        InstanceUrl(text)
    error = caught.value
    assert error.message.startswith("the instance URL ")
    assert "My Domain URL" in error.next_step
    assert "SECRET" not in error.message + error.next_step
    assert not text.strip() or text.strip() not in error.message


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        (" https://acme.my.salesforce.com/ ", "https://acme.my.salesforce.com"),
        ("HTTPS://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com:443", None),
        ("https://127.0.0.1:6443", None),
        ("https://[::1]:6443", None),
        ("http://localhost:6080", None),
        ("http://org1.localhost:6080", None),
    ],
)
def test_a_valid_url_is_accepted(text, url):
    taken = InstanceUrl(text)
    assert taken == (url or text)
    assert pickle.loads(pickle.dumps(taken)) == copy.deepcopy(taken) == taken


@pytest.fixture
def listener():
    """A host that answers everything, over http on this machine, and notes that it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = _any  # noqa: N815  # the names of http.server

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_sent_over_http_whoever_gave_the_url(listener, fake_sf):
    url, asked = listener
    fake_sf(
        {
            "org display": {"status": 0, "result": {"instanceUrl": url, "username": "a@b.c"}},
            "org auth": {"status": 0, "result": {"accessToken": "00D000000000001!x"}},
        }
    )
    with http_session() as http:
        for attempt in (
            lambda: ClientCredentialsLogin(url, "key", Secret("hush")).open(http),
            lambda: TokenLogin(url, "00D000000000001!x", "a test").open(http),
            lambda: SfCliLogin("dev").open(http),
            lambda: authorize_error(http, url, "key", "https://a.example/cb", ("api",)),
            lambda: Session(url, "00D000000000001!x", "a test"),
        ):
            with pytest.raises(LoginRefused, match="not one over https"):
                attempt()
    assert asked == []


FLEET = """\
orgs:
  acme:
    login:
      client_credentials: {{instance_url: "{url}", client_id: k, client_secret: "${{env:S}}"}}
"""


@pytest.mark.parametrize("verb", ["validate", "plan"])
@pytest.mark.parametrize("is_written", [True, False])
def test_a_fleet_sends_nothing_over_http(listener, run, monkeypatch, verb, is_written):  # noqa: F811
    url, asked = listener
    monkeypatch.setenv("S", "hush-hush")
    monkeypatch.setenv("U", url)
    Path("robot.yaml").write_text("app: Robot\nlabel: Robot\n")
    text = FLEET.format(url=url if is_written else "${env:U}")
    Path("fleet.yaml").write_text(text + "    specs: [robot.yaml]\n")
    ran = run(verb, "fleet.yaml")
    if is_written or verb == "plan":  # what comes from outside is not read by validate
        assert ran.code == ExitCode.CANNOT
        assert "not one over https" in ran.out + ran.err
    assert asked == []


def test_the_local_org_is_reached_by_its_loopback_name_over_http(tmp_path):
    """Its queries, page by page, go over http too: simple-salesforce would take https."""
    with org_under_test(tmp_path) as org, http_session() as http:
        port = urlsplit(org.local.url).port
        token = org.local.session().access_token
        session = TokenLogin(InstanceUrl(f"http://localhost:{port}"), token, "a test").open(http)
        readable = ReadableOrg("local", session, http, 68)
        assert [row["Name"] for row in readable.rest.query("SELECT Name FROM Organization")]


@pytest.mark.parametrize("text", ["http://127.0.0.1:8080", "http://[::1]:8080"])
def test_a_numeric_address_gets_the_local_orgs_name_as_advice(text) -> None:
    with pytest.raises(LoginRefused) as raised:
        InstanceUrl(text)
    assert raised.value.next_step.endswith(
        "of the local org, its https URL, or http://localhost:PORT."
    )
