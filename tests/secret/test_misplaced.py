"""A secret in place of another value of a login: in no output, no report, no run folder."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from provision.errors import ExitCode

pytestmark = pytest.mark.slow

TOKEN = "00D000000000001!CANARYtoken.CANARYtoken"
PASSWORD = "CANARYpassword"
WORD = "CANARYword-12345"
KINDS = ("pem", "token", "url", "word")
SEEN = ("pem", "token", "url")  # what can be told from a name
NOWHERE = "https://localhost:1"

APP_BY_KEY = {
    "PROVISION_INSTANCE_URL": NOWHERE,
    "PROVISION_CLIENT_ID": "3MVG9",
    "PROVISION_PRIVATE_KEY": "keys/app.key",
    "PROVISION_PRIVATE_KEY_PASSPHRASE": "not used",
    "PROVISION_USERNAME": "ci@example.com",
    "PROVISION_AUDIENCE": "https://login.salesforce.com",
}
APP_BY_SECRET = {
    "PROVISION_INSTANCE_URL": NOWHERE,
    "PROVISION_CLIENT_ID": "3MVG9",
    "PROVISION_CLIENT_SECRET": "hush-hush",
}
BY_TOKEN = {"SF_ACCESS_TOKEN": "00D000000000001!x", "SF_INSTANCE_URL": NOWHERE}
VARIABLES = [(name, login) for login in (BY_TOKEN, APP_BY_KEY, APP_BY_SECRET) for name in login]

LOGINS = {
    "token": {"instance_url": NOWHERE, "access_token": "${env:T}"},
    "jwt": {
        "instance_url": NOWHERE,
        "client_id": "3MVG9",
        "username": "ci@example.com",
        "private_key": "keys/app.key",
        "private_key_passphrase": "${env:T}",
        "audience": "https://login.salesforce.com",
    },
    "client_credentials": {
        "instance_url": NOWHERE,
        "client_id": "3MVG9",
        "client_secret": "${env:T}",
    },
}
LOGIN_KEYS = [(login, key) for login, keys in LOGINS.items() for key in keys]

SPEC = "app: Robot\nlabel: Robot\noauth:\n"
SPEC_KEYS = {
    "oauth.jwt_bearer.certificate": "  jwt_bearer: {certificate: V}\n",
    "oauth.jwt_bearer.private_key": "  jwt_bearer: {certificate: keys/app.crt, private_key: V}\n",
    "oauth.jwt_bearer.private_key_passphrase": (
        "  jwt_bearer:\n    {certificate: keys/app.crt, private_key: keys/app.key, "
        "private_key_passphrase: V}\n"
    ),
    "oauth.client_credentials.secret": "  client_credentials: {run_as: a@b.example, secret: V}\n",
    "metadata.ExtlClntAppGlobalOauthSettings.consumerSecret": (
        "  scopes: [api]\nmetadata: {ExtlClntAppGlobalOauthSettings: {consumerSecret: V}}\n"
    ),
    "metadata.ExtlClntAppGlobalOauthSettings.certificate": (
        "  scopes: [api]\nmetadata: {ExtlClntAppGlobalOauthSettings: {certificate: V}}\n"
    ),
}


@pytest.fixture
def values(pair) -> dict[str, str]:
    """What is misplaced, by its kind."""
    key = pair[0].read_text()
    url = f"https://ada:{PASSWORD}@acme.my.salesforce.com"
    return {"pem": key, "token": TOKEN, "url": url, "word": WORD}


@pytest.fixture
def nothing_shown(tmp_path, values, run):
    """Run the program, and look for every secret in what it printed and in what it left behind."""
    key_lines = values["pem"].splitlines()[1:-1]
    canaries = (TOKEN, PASSWORD, WORD, *(line for line in key_lines if len(line) > 24))

    def call(*arguments: str, ours: tuple[str, ...] = ()) -> str:
        ran = run(*arguments)
        shown = ran.out + ran.err
        for path in tmp_path.rglob("*"):
            relative = path.relative_to(tmp_path).as_posix()
            assert not any(canary in relative for canary in canaries), relative
            if path.is_file() and not relative.startswith(("keys/", "bin/", *ours)):
                shown += path.read_text(encoding="utf-8", errors="replace")
        found = [canary for canary in canaries if canary in shown]
        assert not found, shown
        assert "Traceback" not in ran.err
        assert "bug in provision" not in ran.err
        return ran.err

    return call


@pytest.fixture
def spelled_otherwise(values) -> dict[str, str]:
    """What is misplaced, as CI servers, the sf CLI and Setup spell it."""
    return {
        "base64": base64.b64encode(values["pem"].encode()).decode(),
        "escaped": values["pem"].replace("\n", "\\n"),
        "one line": values["pem"].replace("\n", " "),
        "sfdx": f"force://PlatformCLI:{WORD}:5Aep861TSESvWeug@acme.my.salesforce.com",
        "url": f"https://ada:{PASSWORD}/x@acme.my.salesforce.com",
        "jwt": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.CANARYtoken",
        "secret": "0123456789ABCDEF" * 4,
    }


@pytest.fixture
def nothing_of(run, spelled_otherwise):
    """Run the program, and look for each long part of one of them in what it printed."""

    def call(kind: str, *arguments: str, may_pass: bool = False) -> str:
        ran = run(*arguments)
        value = spelled_otherwise[kind]  # printed by nothing, whatever becomes of it
        parts = {value[at : at + 24] for at in range(20, len(value) - 24, 24)} or {value[-12:]}
        shown = ran.out + ran.err
        assert not any(part in shown for part in parts if "PRIVATE" not in part), shown
        assert ran.code in ({ExitCode.OK, ExitCode.CANNOT} if may_pass else {ExitCode.CANNOT}), (
            shown
        )
        return shown

    return call


OTHERWISE = ("base64", "escaped", "one line", "sfdx", "url", "jwt", "secret")


@pytest.mark.parametrize("kind", OTHERWISE)
def test_no_spelling_of_a_secret_in_a_variable(
    nothing_of, robot, spelled_otherwise, monkeypatch, kind
):
    for name, login in VARIABLES:
        if "SECRET" in name or name in {"SF_ACCESS_TOKEN", "PROVISION_PRIVATE_KEY_PASSPHRASE"}:
            continue  # it may be what is due there: a test below has these
        with monkeypatch.context() as patched:
            for variable, value in {**login, name: spelled_otherwise[kind]}.items():
                patched.setenv(variable, value)
            said = nothing_of(kind, "plan", "robot.yaml")
        assert name in said


@pytest.mark.parametrize("kind", OTHERWISE)
def test_no_spelling_of_a_secret_in_a_fleet(
    nothing_of, robot, spelled_otherwise, monkeypatch, kind
):
    monkeypatch.setenv("T", "hush-hush")
    for login, key in LOGIN_KEYS:
        if LOGINS[login][key] == "${env:T}" or (kind == "secret" and key == "client_id"):
            continue
        _write_fleet({login: {**LOGINS[login], key: spelled_otherwise[kind]}})
        said = nothing_of(kind, "validate", "fleet.yaml")
        assert key in said
    _write_fleet({"sf": spelled_otherwise[kind]})
    nothing_of(kind, "validate", "fleet.yaml")


@pytest.mark.parametrize("kind", [each for each in OTHERWISE if each not in {"url", "secret"}])
@pytest.mark.parametrize(
    "text",
    [
        "  jwt_bearer: {certificate: V}\n",
        "  jwt_bearer: {certificate: keys/app.crt, private_key: V}\n",
        "  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key, prove_as: V}\n",
        "  client_credentials: {run_as: V}\n",
        "  client_credentials: {run_as: a@b.example, secret: V}\n",
        "  consumer_key: V\n",
        "  callback_urls: [V]\n",
        "  scopes: [V]\n",
        "  scopes: [api]\npolicies: {permission_sets: [{name: A, assign_to: [V]}]}\n",
        "  scopes: [api]\ncontact_email: V\n",
        "  scopes: [api]\nmetadata: {ExtlClntAppGlobalOauthSettings: {certificate: V}}\n",
    ],
)
def test_no_spelling_of_a_secret_in_a_spec(nothing_of, keys, spelled_otherwise, text, kind):
    value = json.dumps(spelled_otherwise[kind])
    Path("spec.yaml").write_text(SPEC + text.replace("V", value))
    # A scope that nobody knows is left to the org.
    nothing_of(kind, "validate", "spec.yaml", may_pass="scopes: [V]" in text)


@pytest.fixture
def robot(tmp_path, keys) -> Path:
    path = tmp_path / "robot.yaml"
    path.write_text("app: Robot\nlabel: Robot\noauth: {scopes: [api]}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "login"), VARIABLES, ids=lambda each: str(each)[:40])
def test_no_variable_of_a_login_is_shown(
    nothing_shown, robot, values, monkeypatch, name, login, kind
):
    for variable, value in {**login, name: values[kind]}.items():
        monkeypatch.setenv(variable, value)
    nothing_shown("apply", "robot.yaml", "--yes", "--format", "json", ours=("robot.yaml",))


def test_a_key_instead_of_its_path_is_recognised(nothing_shown, robot, values, monkeypatch):
    for variable, value in {**APP_BY_KEY, "PROVISION_PRIVATE_KEY": values["pem"]}.items():
        monkeypatch.setenv(variable, value)
    said = nothing_shown("plan", "robot.yaml", ours=("robot.yaml",))
    assert "PROVISION_PRIVATE_KEY holds a private key itself" in said
    assert "set PROVISION_PRIVATE_KEY to its path" in said


def test_a_token_and_a_url_that_were_exchanged(nothing_shown, robot, monkeypatch):
    monkeypatch.setenv("SF_ACCESS_TOKEN", "https://acme.my.salesforce.com")
    monkeypatch.setenv("SF_INSTANCE_URL", TOKEN)
    said = nothing_shown("plan", "robot.yaml", ours=("robot.yaml",))
    assert "SF_ACCESS_TOKEN holds something else than an access token" in said


@pytest.mark.parametrize("is_written", [True, False], ids=["written", "env"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("login", "key"), LOGIN_KEYS)
def test_no_value_of_a_fleets_login_is_shown(
    nothing_shown, robot, values, monkeypatch, login, key, kind, is_written
):
    monkeypatch.setenv("T", "hush-hush")
    monkeypatch.setenv("V", values[kind])
    entry = {**LOGINS[login], key: values[kind] if is_written else "${env:V}"}
    _write_fleet({login: entry})
    for verb in (("validate",), ("apply", "--yes", "--format", "json")):
        nothing_shown(verb[0], "fleet.yaml", *verb[1:], ours=("robot.yaml", "fleet.yaml"))


@pytest.mark.parametrize("is_written", [True, False], ids=["written", "env"])
@pytest.mark.parametrize("kind", SEEN)
def test_no_alias_of_a_fleet_that_is_a_secret(
    nothing_shown, robot, values, monkeypatch, fake_sf, kind, is_written
):
    fake_sf({"org display": "no such org"})
    monkeypatch.setenv("V", values[kind])
    _write_fleet({"sf": values[kind] if is_written else "${env:V}"})
    for verb in ("validate", "plan"):
        nothing_shown(verb, "fleet.yaml", ours=("robot.yaml", "fleet.yaml"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_written", [True, False], ids=["written", "env"])
@pytest.mark.parametrize("key", SPEC_KEYS)
def test_no_value_of_a_spec_that_names_a_key_is_shown(
    nothing_shown, keys, values, monkeypatch, key, is_written, kind
):
    monkeypatch.setenv("V", values[kind])
    value = json.dumps(values[kind]) if is_written else '"${env:V}"'
    Path("spec.yaml").write_text(SPEC + SPEC_KEYS[key].replace("V}", value + "}"))
    for verb in ("validate", "lint", "render"):
        said = nothing_shown(verb, "spec.yaml", ours=("spec.yaml", "out/"))
        if kind in SEEN and key.endswith("_bearer.private_key"):
            assert "instead of the path of a file" in said


@pytest.mark.parametrize(
    "number", ["1234_5678_9012", "12:34:56:07", "1234567890123456789012", "0x1f2e3d4c"]
)
@pytest.mark.parametrize(
    "key", [each for each in SPEC_KEYS if "secret" in each or "phrase" in each]
)
def test_no_secret_is_shown_that_yaml_reads_as_a_number(run, keys, key, number):
    Path("spec.yaml").write_text(SPEC + SPEC_KEYS[key].replace("V}", number + "}"))
    ran = run("validate", "spec.yaml")
    assert ran.code == ExitCode.CANNOT
    assert number[:8] not in ran.out + ran.err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "show", "V"),
        ("keys", "show", "keys/app.key", "--passphrase-env", "V"),
        ("keys", "new", "other", "--passphrase-env", "V"),
        ("plan", "robot.yaml", "--org", "local", "--var", "V"),
        ("credentials", "show", "Robot", "--org", "local", "--to", "V"),
        ("credentials", "show", "Robot", "--org", "local", "--to", "cmd:V"),
        ("credentials", "show", "Robot", "--org", "local", "--to", "sink:V"),
    ],
    ids=" ".join,
)
def test_no_argument_that_stands_for_a_secret_is_shown(
    nothing_shown, robot, values, arguments, kind
):
    given = [each if each.startswith("-") else _filled(each, values[kind]) for each in arguments]
    said = nothing_shown(*given, ours=("robot.yaml",))
    assert "error: " in said


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "robot.yaml", "--org", "V"),
        ("credentials", "show", "Robot", "--org", "local", "--to", "file:V"),
        ("credentials", "show", "Robot", "--org", "local", "--to", "env-file:V"),
        ("credentials", "show", "Robot", "--org", "local", "--to", "keyring:V"),
    ],
    ids=" ".join,
)
def test_no_name_of_an_argument_that_is_a_secret_is_shown(
    nothing_shown, robot, values, fake_sf, arguments, kind
):
    fake_sf({"org display": "no such org"})
    given = [_filled(each, values[kind]) for each in arguments]
    said = nothing_shown(*given, ours=("robot.yaml",))
    assert "error: " in said


@pytest.mark.parametrize(
    "answers",
    [
        {"org display": f"Error: cannot refresh force://PlatformCLI::{PASSWORD}@acme.example now"},
        {"org display": {"status": 1, "message": f"the token {TOKEN} is over"}},
        {"org display": {"status": 1, "message": f"https://ada:{PASSWORD}@acme.example is down"}},
        {
            "org display": {"status": 0, "result": {"instanceUrl": TOKEN}},
            "org auth": {"status": 0, "result": {"accessToken": "00D000000000001!x"}},
        },
        {
            "org display": {
                "status": 0,
                "result": {"instanceUrl": f"https://ada:{PASSWORD}@acme.example"},
            },
            "org auth": {"status": 0, "result": {"accessToken": "00D000000000001!x"}},
        },
        {
            "org display": {"status": 0, "result": {"instanceUrl": NOWHERE}},
            "org auth": {"status": 1, "message": f"{TOKEN}: not shown"},
        },
    ],
)
def test_no_secret_in_the_sf_clis_output_is_shown(nothing_shown, robot, fake_sf, answers):
    fake_sf(answers)
    said = nothing_shown("plan", "robot.yaml", "--org", "dev", ours=("robot.yaml",))
    assert "the sf CLI gives no session for 'dev'" in said


def test_a_missing_key_file_is_named_if_its_name_is_one_of_a_key(run, robot):
    """What is not a secret is still said: a misspelled path is found by its name."""
    ran = run("keys", "show", "keys/ap.key")
    assert "there is no key or certificate file keys/ap.key" in ran.err


@pytest.mark.parametrize("form", ["{key}", "a b={key}", "{key}=={key}", "={key}"])
def test_no_key_becomes_the_name_of_a_variable(nothing_shown, robot, values, form):
    """The last line of a key may end with signs of equality."""
    text = form.format(key=values["pem"].replace("-----END", "==\n-----END"))
    said = nothing_shown("validate", "robot.yaml", "--var", text, ours=("robot.yaml",))
    assert "a --var is not NAME=VALUE" in said


def _filled(argument: str, value: str) -> str:
    return re.sub(r"(^|:)V$", lambda found: found[1] + value, argument)


def _write_fleet(login: Mapping[str, object]) -> None:
    orgs = {"acme": {"specs": ["robot.yaml"], "login": login}}
    Path("fleet.yaml").write_text(json.dumps({"orgs": orgs}), encoding="utf-8")


def test_the_body_of_a_key_without_its_first_line_is_recognised(
    nothing_shown, robot, values, monkeypatch
):
    body = "".join(values["pem"].splitlines()[1:-1])
    assert base64.b64decode(body)
    for variable, value in {**APP_BY_KEY, "PROVISION_PRIVATE_KEY": body}.items():
        monkeypatch.setenv(variable, value)
    said = nothing_shown("plan", "robot.yaml", ours=("robot.yaml",))
    assert "the body of a key or a certificate (base64)" in said


@pytest.mark.parametrize("verb", ["validate", "plan", "apply", "lint", "doctor", "rollback"])
@pytest.mark.parametrize("spelled", ["body", "lines", "after a line's end", "url"])
def test_no_secret_in_place_of_a_file_is_shown(run, values, verb, spelled):
    key = values["pem"]
    body = "".join(key.splitlines()[1:-1])
    value = {
        "body": body,
        "lines": "\n".join(key.splitlines()[1:-1]),
        "after a line's end": base64.b64encode(f"\n{key}".encode()).decode(),
        "url": values["url"],
    }[spelled]
    ran = run(verb, value)
    assert ran.code == ExitCode.CANNOT
    assert "an argument holds" in ran.err
    for part in (PASSWORD, body[70:100], value[70:100] or PASSWORD):
        assert part not in ran.out + ran.err


@pytest.mark.parametrize("verb", ["validate", "plan", "apply", "lint", "doctor", "rollback"])
def test_a_path_that_is_too_long_is_an_error_and_is_not_shown(run, verb):
    ran = run(verb, "x" * 300)
    assert ran.code == ExitCode.CANNOT
    assert "longer than this machine allows" in ran.err
    assert "xxx" not in ran.err


def test_no_secret_is_an_orgs_name(nothing_shown, robot):
    for name in (TOKEN, "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.CANARYtoken"):
        Path("fleet.yaml").write_text(json.dumps({"orgs": {name: {"specs": ["robot.yaml"]}}}))
        said = nothing_shown("plan", "fleet.yaml", ours=("fleet.yaml",))
        assert "it is not a name: it holds a token" in said
