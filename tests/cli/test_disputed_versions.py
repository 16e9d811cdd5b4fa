"""Fields, types and scopes by API version; where sources disagree, the org decides."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.scope import SCOPES
from provision.errors import ExitCode
from provision.localorg import LocalOrg, Quirks

SPEC = """\
app: Robot
label: Robot
oauth: {callback_urls: [https://robot.example/callback], scopes: [api, refresh_token]}
"""
DISPUTED = [
    (metadata_type, field)
    for metadata_type in CORE_TYPES
    for field in metadata_type.fields
    if field.seen_since is not None
]
DISPUTED_TYPES = [each for each in DEPENDENT_TYPES if each.seen_since is not None]
NEW_SCOPES = [scope for scope in SCOPES if scope.since > 67]


@pytest.fixture
def served(tmp_path_factory, monkeypatch):
    """A local org of an API version, which the program reaches by the environment."""
    opened = []

    def start(version: int, quirks: str = "") -> None:
        folder = tmp_path_factory.mktemp("org")
        seed = folder / "seed.yaml"
        seed.write_text(f"orgs:\n- {{name: real, api_version: {version}}}\n")
        context = LocalOrg(
            folder / "org.db", seed=seed, quirks=Quirks.of(quirks) if quirks else Quirks()
        )
        local = context.__enter__()
        opened.append(context)
        monkeypatch.setenv("SF_INSTANCE_URL", local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", local.session().access_token)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(local.ca_file))

    yield start
    for context in opened:
        context.__exit__(None, None, None)


def write_spec(metadata_type, field) -> None:
    Path("s.yaml").write_text(
        SPEC + f"metadata: {{{metadata_type.name}: {{{field.name}: false}}}}\n"
    )


def test_the_fields_of_which_files_of_older_projects_are_known():
    """Facts, 13.3: the lowest version of a real file that has each."""
    assert {field.name: (field.seen_since, field.since) for _, field in DISPUTED} == {
        "isDPopEnabled": (67, 68),
        "isEnforceRefreshTokenTTL": (66, 67),
    }
    assert {each.name: (each.seen_since, each.since) for each in DISPUTED_TYPES} == {
        "ExtlClntAppOauthSecuritySettings": (66, 67)
    }


@pytest.mark.parametrize(("metadata_type", "field"), DISPUTED, ids=lambda each: each.name)
def test_a_disputed_field_is_a_warning_of_every_verb(run, served, metadata_type, field):
    served(field.seen_since)
    write_spec(metadata_type, field)
    for form in ("text", "json", "markdown", "sarif", "github"):
        planned = run("plan", "s.yaml", "--format", form)
        assert planned.code == ExitCode.OK, planned.err
        said = html.unescape(planned.out).replace("\\", "")
        assert f"came with API {field.since} according to Salesforce" in said
    assert f"\nwarning: {metadata_type.name}.{field.name} came with" in run("plan", "s.yaml").out
    assert "the org decides" in run("doctor", "s.yaml").out
    applied = run("apply", "s.yaml", "--yes", "--no-proof")
    assert applied.code == ExitCode.OK, applied.err
    assert run("diff", "s.yaml").code == ExitCode.OK


@pytest.mark.parametrize(("metadata_type", "field"), DISPUTED, ids=lambda each: each.name)
def test_an_org_that_decides_against_a_disputed_field(run, served, metadata_type, field):
    served(field.seen_since, "disputed_fields=refused")
    write_spec(metadata_type, field)
    assert run("plan", "s.yaml").code == ExitCode.OK
    applied = run("apply", "s.yaml", "--yes", "--no-proof")
    assert applied.code == ExitCode.APPLY_FAILED
    assert field.name in applied.err
    assert "app: Robot (to be created)" in run("plan", "s.yaml").out


@pytest.mark.parametrize(("metadata_type", "field"), DISPUTED, ids=lambda each: each.name)
def test_below_what_any_source_says_the_plan_refuses(run, served, metadata_type, field):
    served(field.seen_since - 1)
    write_spec(metadata_type, field)
    planned = run("plan", "s.yaml")
    assert planned.code == ExitCode.CANNOT
    assert (
        f"{field.name} came with API {field.since}; this is {field.seen_since - 1}" in planned.err
    )


@pytest.mark.parametrize("quirks", ["", "disputed_fields=refused"])
@pytest.mark.parametrize("metadata_type", DISPUTED_TYPES, ids=lambda each: each.name)
def test_a_disputed_type_ends_no_plan_and_no_deletion(run, served, metadata_type, quirks):
    served(metadata_type.seen_since, quirks)
    Path("s.yaml").write_text(SPEC)
    assert run("apply", "s.yaml", "--yes", "--no-proof").code == ExitCode.OK
    assert run("diff", "s.yaml").code == ExitCode.OK
    destroyed = run("destroy", "s.yaml", "--yes", "--allow", "irreversible", "--allow", "lockout")
    assert destroyed.code == ExitCode.OK, destroyed.out + destroyed.err
    assert metadata_type.name not in destroyed.out + destroyed.err


@pytest.mark.parametrize("scope", NEW_SCOPES, ids=lambda each: each.token)
def test_a_scope_is_known_from_its_version_on_by_either_name(run, served, scope):
    served(scope.since)
    for word in (scope.names[0], scope.token):
        Path("s.yaml").write_text(SPEC.replace("[api,", f"[api, {word},"))
        validated = run("validate", "s.yaml")
        assert validated.code == ExitCode.OK
        assert "does not know" not in validated.err
        applied = run("apply", "s.yaml", "--yes", "--no-proof")
        assert applied.code == ExitCode.OK, applied.err
    shown = json.loads(run("diff", "s.yaml", "--format", "json").out)
    assert shown["exit_code"] == 0


@pytest.mark.parametrize("scope", NEW_SCOPES, ids=lambda each: each.token)
def test_a_scope_is_refused_below_its_version(run, served, scope):
    served(scope.since - 1)
    Path("s.yaml").write_text(SPEC.replace("[api,", f"[api, {scope.names[0]},"))
    planned = run("plan", "s.yaml")
    assert planned.code == ExitCode.CANNOT
    assert f"the scope {scope.names[0]} came with API {scope.since}" in planned.err
