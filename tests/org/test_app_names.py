"""An app of an installed package is never mistaken for an own app of the same name."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.localorg import LocalOrg
from provision.org.app_names import apps_called
from provision.org.http import http_session
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import TokenLogin
from provision.org.org import ReadableOrg
from tests.cli.conftest import run

pytestmark = pytest.mark.slow

__all__ = ["run"]

SPEC = """\
app: Connector
label: Connector
oauth: {callback_urls: [https://example.com/cb], scopes: [api, refresh_token]}
"""
SEED = """\
orgs:
- name: real
  installed_apps:
  - {name: Connector, namespace: acme}
"""
MESSAGE = "acme__Connector of the installed package acme, and provision does not manage apps of"


@pytest.fixture
def seeded(tmp_path_factory, monkeypatch):
    """A local org from a seed, which the program reaches by the environment."""
    opened = []

    def start(seed: str):
        folder = tmp_path_factory.mktemp("org")
        (folder / "seed.yaml").write_text(seed)
        context = LocalOrg(folder / "org.db", seed=folder / "seed.yaml")
        local = context.__enter__()
        opened.append(context)
        monkeypatch.setenv("SF_INSTANCE_URL", local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", local.session().access_token)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(local.ca_file))
        return local

    yield start
    for context in opened:
        context.__exit__(None, None, None)


def rows(local, soql: str) -> list[dict[str, object]]:
    with http_session(20, local.ca_file) as http:
        token = local.session().access_token
        session = TokenLogin(InstanceUrl(local.https_url), token, "a test").open(http)
        return [dict(row) for row in ReadableOrg("real", session, http, 68).rest.query(soql)]


def namespaces(local) -> list[object]:
    found = rows(local, "SELECT NamespacePrefix, DeveloperName FROM ExternalClientApplication")
    assert {row["DeveloperName"] for row in found} <= {"Connector"}
    return [row["NamespacePrefix"] for row in found]


def policies(local) -> list[dict[str, object]]:
    soql = "SELECT DeveloperName, PermittedUsersPolicyType FROM ExtlClntAppOauthPlcyCnfg"
    return [{k: v for k, v in row.items() if k != "attributes"} for row in rows(local, soql)]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "s.yaml"), ExitCode.OK),
        (("plan", "s.yaml", "--format", "json"), ExitCode.OK),
        (("plan", "s.yaml", "--format", "markdown"), ExitCode.OK),
        (("diff", "s.yaml"), ExitCode.FOUND),
        (("doctor", "s.yaml"), ExitCode.OK),
        (("destroy", "s.yaml", "--yes"), ExitCode.OK),
        (("prove", "s.yaml"), ExitCode.CANNOT),
        (("rotate", "certificate", "jwt.yaml", "--yes"), ExitCode.CANNOT),
        (("credentials", "show", "Connector", "--to", "file:x"), ExitCode.CANNOT),
        (("credentials", "stage", "Connector", "--to", "file:x"), ExitCode.CANNOT),
        (("credentials", "rotate", "Connector", "--yes"), ExitCode.CANNOT),
        (("credentials", "revoke", "Connector", "--yes"), ExitCode.CANNOT),
        (("plan", "policies.yaml"), ExitCode.CANNOT),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_every_verb_names_the_package_and_leaves_its_app_alone(run, keys, seeded, arguments, code):
    local = seeded(SEED)
    before = policies(local)
    Path("s.yaml").write_text(SPEC)
    Path("jwt.yaml").write_text(
        SPEC.replace(
            "scopes:", "jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}, scopes:"
        )
    )
    Path("policies.yaml").write_text(
        "app: Connector\npolicies: {permitted_users: admin_approved}\n"
    )
    ran = run(*arguments)
    assert ran.code == code, ran.out + ran.err
    assert MESSAGE in " ".join(
        (ran.out + ran.err).replace("\\_", "_").replace("&#95;", "_").split()
    )
    assert policies(local) == before
    assert namespaces(local) == ["acme"]


def test_an_own_app_lives_beside_a_packages_app_of_the_same_name(run, seeded):
    local = seeded(SEED)
    before = policies(local)
    Path("s.yaml").write_text(SPEC)
    applied = run("apply", "s.yaml", "--yes", "--no-proof")
    assert applied.code == ExitCode.OK, applied.err
    assert sorted(namespaces(local), key=str) == [None, "acme"]
    assert run("diff", "s.yaml").code == ExitCode.OK
    show = ("credentials", "show", "Connector", "--part", "key", "--to", "file:key.txt")
    shown = run(*show, "--open-setting")
    assert shown.code == ExitCode.OK, shown.err
    Path("s.yaml").write_text(
        SPEC + "policies: {permitted_users: self_authorized, session_timeout: 15 minutes}\n"
    )
    assert run("apply", "s.yaml", "--yes", "--no-proof").code == ExitCode.OK
    newest = max(Path(".provision/runs").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    back = run("rollback", newest.name, "--yes", "--allow", "weakening")
    assert back.code == ExitCode.OK, back.out + back.err
    destroyed = run("destroy", "s.yaml", "--yes", "--allow", "irreversible", "--allow", "lockout")
    assert destroyed.code == ExitCode.OK, destroyed.out + destroyed.err
    assert namespaces(local) == ["acme"]
    assert policies(local) == before


def test_an_app_of_a_package_cannot_be_named(run, seeded):
    seeded(SEED)
    Path("s.yaml").write_text(SPEC.replace("app: Connector", "app: acme__Connector"))
    for verb in ("validate", "plan", "apply", "destroy", "prove", "doctor", "lint"):
        ran = run(verb, "s.yaml")
        assert ran.code == ExitCode.CANNOT
        assert "acme__Connector is an app of the installed package acme" in ran.err
        assert "External Client App Manager" in ran.err
    for verb in ("show", "stage"):
        ran = run("credentials", verb, "acme__Connector", "--to", "file:x")
        assert ran.code == ExitCode.CANNOT
        assert "acme__Connector is an app of the installed package acme" in ran.err


@pytest.mark.parametrize("namespace", ["", "acme", "other"])
def test_an_org_with_a_namespace_prefixes_its_own_apps(run, seeded, namespace):
    """Its own app is believed, whatever its prefix; one of a package never is."""
    own = f"  namespace: '{namespace}'\n  installed"
    local = seeded(SEED.replace("acme", "pkg").replace("  installed", own))
    Path("s.yaml").write_text(SPEC)
    with http_session(20, local.ca_file) as http:
        token = local.session().access_token
        session = TokenLogin(InstanceUrl(local.https_url), token, "a test").open(http)
        rest = ReadableOrg("real", session, http, 68).rest
        assert apps_called("Connector", rest).own_id == ""
        assert run("apply", "s.yaml", "--yes", "--no-proof").code == ExitCode.OK
        called = apps_called("Connector", rest)
        assert called.own_id
        assert called.packages == ("pkg",)
    assert run("diff", "s.yaml").code == ExitCode.OK
