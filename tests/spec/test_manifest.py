"""The manifests that ship are good specs, and the first of them is Salesforce's own page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provision.spec.load import load
from provision.spec.model import RefreshToken
from provision.spec.variable import Variables

MANIFESTS = Path(__file__).parents[2] / "manifests"
SPECS = ["ci-jwt", "salesforce-cli", "service"]


@pytest.fixture
def manifest(keys, tmp_path, now):
    def manifest(name: str):
        (tmp_path / "keys").mkdir()
        for suffix in (".key", ".crt"):
            for pair in ("ci", "salesforce-cli"):
                shutil.copy(keys / f"app{suffix}", tmp_path / "keys" / f"{pair}{suffix}")
        path = shutil.copy(MANIFESTS / f"{name}.yaml", tmp_path)
        return load(Path(path), Variables(values={"suffix": ".uat"}), now=now)

    return manifest


@pytest.mark.parametrize("name", SPECS)
def test_is_a_good_spec(manifest, name):
    assert manifest(name).warnings == ()


@pytest.mark.parametrize("name", SPECS)
def test_names_the_schema_in_its_first_line(name):
    text = (MANIFESTS / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=./spec.schema.json"


def test_salesforces_page_step_by_step(manifest):
    spec = manifest("salesforce-cli")
    document = spec.document
    assert (spec.app, document.label) == ("Salesforce_CLI", "Salesforce CLI")  # steps 2 and 3
    assert document.contact_email  # step 4
    assert document.oauth is not None
    assert document.oauth.callback_urls == ("http://localhost:1717/OauthRedirect",)  # step 6
    assert document.oauth.scopes == ("Api", "Web", "RefreshToken")  # step 7
    assert spec.certificate is not None  # steps 8 and 9
    assert spec.private_key is not None
    assert document.policies.permitted_users == "admin_approved"  # step 12
    assert [grant.name for grant in document.policies.profiles or ()] == ["System Administrator"]
    [grant] = document.policies.permission_sets or ()
    assert (grant.name, grant.create) == ("Salesforce_CLI_User", True)
    assert grant.assign_to == ("admin@localorg.example",)
    assert document.policies.refresh_token == RefreshToken(  # steps 14 and 15
        kind="lifetime", period=90, unit="days"
    )
    assert document.policies.session_timeout == 15  # step 16
