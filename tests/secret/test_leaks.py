"""Secrets planted everywhere, and every byte that comes out of the program searched for them."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from provision.apply import login_attempt
from provision.errors import ExitCode
from provision.org.credentials import CredentialsReader
from provision.org.org import ReadableOrg
from provision.report.format import Format
from tests.orgs import org_under_test

PASSPHRASE = "PLANTED open sesame"
TOKEN_OF_NOBODY = "00D000000000001!PLANTED.token.of.nobody"
SINKS = ("sink.json", "sink.env", "staged.json", "again.json")
ANY_TOKEN = re.compile(rb"00D\w{12,15}!|eyJ[\w-]+\.[\w-]+\.|PRIVATE KEY-----")
_SHORTEST_LINE = 24  # of a PEM; its last line may be a few characters that occur anywhere


class Output:
    """Everything that came out: what was printed, what was logged, and the files left behind."""

    def __init__(self, folder: Path, log: io.StringIO) -> None:
        self._folder = folder
        self._log = log
        self.printed: list[str] = []

    def note(self, ran) -> None:
        self.printed += [ran.out, ran.err]

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Where, and what."""
        yield "the output", "".join(self.printed).encode()
        yield "the log", self._log.getvalue().encode()
        for path in sorted(self._folder.rglob("*")):
            relative = path.relative_to(self._folder)
            if path.is_file() and relative.parts[0] not in {"keys", *SINKS}:
                yield str(relative), path.read_bytes()


def spellings(secret: str) -> Iterator[bytes]:
    """A secret as it is, and as it would be encoded on its way somewhere."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield json.dumps(secret)[1:-1].encode()
    for shift in range(3):  # base64 depends on where in a text it begins
        encoded = base64.b64encode(b"x" * shift + secret.encode())
        yield encoded[4 if shift else 0 : -4]


def leaks(output: Output, secrets: dict[str, str]) -> list[str]:
    """Which secret is where, and whatever looks like a token: proofs get tokens of their own."""
    known = [
        f"{name} in {where}"
        for where, content in output.parts()
        for name, secret in secrets.items()
        if any(spelling in content for spelling in spellings(secret))
    ]
    return known + [
        f"a token in {where}" for where, content in output.parts() if ANY_TOKEN.search(content)
    ]


def lines_of(key: Path) -> dict[str, str]:
    lines = key.read_text().splitlines()[1:-1]
    return {f"{key.name} {at}": line for at, line in enumerate(lines) if len(line) > _SHORTEST_LINE}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What every logger says, at DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(before)
    root.removeHandler(handler)


@pytest.fixture
def output(run, tmp_path, log) -> Output:
    return Output(tmp_path, log)


@pytest.fixture
def provision(run, output):
    """Run the program, and keep what it printed."""

    def call(*arguments: str, code: ExitCode = ExitCode.OK) -> None:
        ran = run(*arguments)
        output.note(ran)
        assert ran.code == code, ran.err

    return call


@pytest.fixture
def org(tmp_path_factory, monkeypatch):
    with org_under_test(tmp_path_factory.mktemp("org")) as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        yield org


@pytest.fixture
def secrets(provision, org, spec, monkeypatch) -> dict[str, str]:
    """What is planted: more of it as the program is run."""
    monkeypatch.setenv("PASS", PASSPHRASE)
    provision("keys", "new", "locked", "--passphrase-env", "PASS")
    spec.write_text(
        spec.read_text()
        .replace("keys/app.", "keys/locked.")
        .replace("locked.key}", 'locked.key, private_key_passphrase: "${env:PASS}"}')
    )
    return {
        "the passphrase": PASSPHRASE,
        "the access token": os.environ["SF_ACCESS_TOKEN"],
        "the refused token": TOKEN_OF_NOBODY,
        **lines_of(Path("keys/locked.key")),
        **lines_of(Path("keys/app.key")),
    }


def add_flow(spec: Path) -> None:
    """A second flow for the spec, whose secret comes from the environment."""
    flow = '  client_credentials: {run_as: admin@localorg.example, secret: "${env:APP_SECRET}"}\n'
    spec.write_text(spec.read_text().replace("policies:\n", f"{flow}policies:\n"))


def sunk(name: str) -> str:
    return str(json.loads(Path(name).read_text())["consumer_secret"])


def test_no_verb_gives_a_secret_away(provision, org, spec, secrets, output, monkeypatch) -> None:
    robot = str(spec)
    shown = ("--open-setting", "--to")
    provision("keys", "new", "other", "--csr")
    secrets |= lines_of(Path("keys/other.key"))
    provision("keys", "show", "keys/locked.key", "keys/locked.crt", "--passphrase-env", "PASS")
    provision("keys", "show", "keys/locked.key", code=ExitCode.CANNOT)
    provision("keys", "show", "keys/other.key", "keys/app.crt", code=ExitCode.FOUND)

    provision("validate", robot)
    provision("plan", robot)
    provision("diff", robot, code=ExitCode.FOUND)
    provision("apply", robot, "--yes")
    provision("diff", robot)
    provision("prove", robot)

    provision("credentials", "show", "Robot", "--to", "file:sink.json", code=ExitCode.CANNOT)
    provision("credentials", "show", "Robot", *shown, "file:sink.json")
    provision("credentials", "show", "Robot", *shown, "env-file:sink.env")
    provision("credentials", "show", "Robot", "--open-setting", "--show", code=ExitCode.CANNOT)
    printing = f"{sys.executable} -c 'import sys; sys.exit(sys.stdin.read())'"
    provision(
        "credentials", "stage", "Robot", *shown, f"cmd:{printing}", code=ExitCode.APPLY_FAILED
    )
    provision("credentials", "stage", "Robot", *shown, "file:staged.json")
    provision("credentials", "show", "Robot", "--staged", *shown, "file:again.json")
    provision("credentials", "rotate", "Robot", "--open-setting", "--yes")
    provision("credentials", "revoke", "Robot", "--open-setting", "--yes")
    secrets |= {"the secret": sunk("sink.json"), "the staged secret": sunk("staged.json")}

    monkeypatch.setenv("PASS", "PLANTED wrong passphrase")
    secrets["the wrong passphrase"] = "PLANTED wrong passphrase"
    provision("apply", robot, "--yes", code=ExitCode.CANNOT)
    provision("keys", "show", "keys/locked.key", "--passphrase-env", "PASS", code=ExitCode.CANNOT)
    monkeypatch.setenv("PASS", PASSPHRASE)
    monkeypatch.setenv("SF_ACCESS_TOKEN", TOKEN_OF_NOBODY)
    provision("diff", robot, code=ExitCode.UNREACHABLE)
    provision("credentials", "show", "Robot", *shown, "file:none", code=ExitCode.UNREACHABLE)

    assert len(output.printed) > 40
    assert leaks(output, secrets) == []


@pytest.mark.parametrize("kind", ["truncated", "html_error", "drop_after"])
def test_no_failed_answer_gives_a_secret_away(provision, org, spec, secrets, output, kind) -> None:
    provision("apply", str(spec), "--yes", "--no-proof")
    shown = ("credentials", "show", "Robot", "--open-setting", "--to")
    provision(*shown, "file:sink.json")
    secrets["the secret"] = sunk("sink.json")
    fault = {"operation": "connect:credentials", "kind": kind, "times": 0}
    with requests.Session() as http:
        http.trust_env = False
        url = f"{org.local.url}/__localorg__/faults"
        http.put(url, json={"faults": [fault]}, timeout=10).raise_for_status()
    provision(*shown, "file:again.json", code=ExitCode.APPLY_FAILED)  # the setting was opened
    assert leaks(output, secrets) == []


def test_no_proof_with_the_consumer_secret_gives_it_away(
    provision, org, spec, secrets, output, monkeypatch
) -> None:
    robot = str(spec)
    provision("apply", robot, "--yes", "--no-proof")
    provision("credentials", "show", "Robot", "--open-setting", "--to", "file:sink.json")
    add_flow(spec)
    secrets |= {"the secret": sunk("sink.json"), "the wrong secret": "PLANTED wrong secret"}

    monkeypatch.setenv("APP_SECRET", "PLANTED wrong secret")
    new_flow = ("--allow", "weakening")
    provision("apply", robot, "--yes", *new_flow, code=ExitCode.NOT_PROVEN)
    provision("prove", robot, "--format", "json", code=ExitCode.NOT_PROVEN)
    monkeypatch.setenv("APP_SECRET", sunk("sink.json"))
    provision("apply", robot, "--yes")
    for name in Format:
        provision("plan", robot, "--format", name)
        provision("prove", robot, "--format", name, "--output", f"proof.{name}")
    provision("plan", robot, "--out", "robot.plan", "--checksum")
    monkeypatch.setenv("PROVISION_PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    provision("apply", "robot.plan", "--yes")
    provision("render", robot)
    provision("explain", "oauth.client_credentials")

    fault = {"operation": "token:client-credentials", "kind": "drop_after", "times": 0}
    org.set_faults(fault)
    provision("prove", robot, code=ExitCode.NOT_PROVEN)
    assert "client credentials login" in "".join(output.printed)
    assert leaks(output, secrets) == []


@pytest.mark.parametrize("where", ["_used", "client_credentials_grant"])
def test_no_bug_in_a_proof_gives_a_secret_away(
    provision, org, spec, secrets, output, monkeypatch, where
) -> None:
    monkeypatch.setenv("APP_SECRET", "PLANTED not yet")
    add_flow(spec)
    provision("apply", str(spec), "--yes", "--no-proof")
    provision("credentials", "show", "Robot", "--open-setting", "--to", "file:sink.json")
    secrets["the secret"] = sunk("sink.json")
    monkeypatch.setenv("APP_SECRET", sunk("sink.json"))

    def buggy(*arguments):
        raise RuntimeError("a bug", arguments)

    monkeypatch.setattr(login_attempt, where, buggy)
    provision("prove", str(spec), code=ExitCode.BUG)
    assert "a bug" in output.printed[-1]
    assert leaks(output, secrets) == []


def test_no_traceback_gives_a_secret_away(
    provision,
    org,
    spec,
    secrets,
    output,
    monkeypatch,
) -> None:
    provision("apply", str(spec), "--yes", "--no-proof")
    provision("credentials", "show", "Robot", "--open-setting", "--to", "file:sink.json")
    secrets["the secret"] = sunk("sink.json")
    read = CredentialsReader.pair

    def buggy(self, consumer):
        pair = read(self, consumer)
        raise RuntimeError("a bug", pair, vars(self))

    monkeypatch.setattr(CredentialsReader, "pair", buggy)
    show = ("credentials", "show", "Robot", "--open-setting", "--to", "file:x")
    provision(*show, code=ExitCode.APPLY_FAILED)  # the setting was opened before
    assert "a bug" in output.printed[-1]

    def buggier(self, app, *, wholly=False):
        raise RuntimeError("a bug", app, sunk("sink.json"), self.session.access_token, self)

    monkeypatch.setattr(ReadableOrg, "find_app", buggier)
    provision("plan", str(spec), code=ExitCode.BUG)
    assert "a bug" in output.printed[-1]
    assert "Traceback" in output.printed[-1]
    assert leaks(output, secrets) == []


def test_the_search_for_secrets_finds_one(secrets, output) -> None:
    """A search that finds nothing must be one that could."""
    Path("left.behind").write_text(base64.b64encode(f"x{PASSPHRASE}".encode()).decode())
    logging.getLogger("anything").debug("Bearer %s", TOKEN_OF_NOBODY)
    output.printed.append(quote(PASSPHRASE))
    found = leaks(output, secrets)
    assert "the passphrase in left.behind" in found
    assert "the passphrase in the output" in found
    assert {"the refused token in the log", "a token in the log"} <= set(found)
