"""Permission set groups: their permission sets let their users in, and queries show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import CannotError
from tests.localorg.caller import app_components, assertion
from tests.localorg.conftest import NOW, Call, Start

USER, OTHER = "user@localorg.example", "ci@localorg.example"
KEY = "AcmeChosenKey1"


def seeded(tmp_path: Path, sets: str) -> Path:
    path = tmp_path / "seed.yaml"
    path.write_text(
        f"""
orgs:
- name: localorg
  permission_sets: [{{name: Robots}}]
  permission_set_groups:
  - {{name: Staff, permission_sets: [{sets}], assign_to: [{USER}]}}
""",
        encoding="utf-8",
    )
    return path


def test_a_user_of_a_group_may_use_the_app_that_one_of_its_sets_may_use(
    start: Start, call: Call, tmp_path: Path, key: str, certificate: str
) -> None:
    org = start(seed=seeded(tmp_path, "Robots"))
    admin = call(org)
    policy = {
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "commaSeparatedPermissionSet": "Robots",
    }
    settings = {"certificate": certificate, "consumerKey": KEY}
    admin.deployed(app_components(settings=settings, policy=policy))
    claims = {"iss": KEY, "aud": org.url, "exp": NOW + 60}
    assert admin.token_request(assertion(key, {**claims, "sub": USER})).status_code == 200
    refused = admin.oauth_error(assertion(key, {**claims, "sub": OTHER}))
    assert refused[0] == "invalid_app_access"


def test_queries_show_the_group_its_own_set_and_what_it_brings(
    start: Start, call: Call, tmp_path: Path
) -> None:
    admin = call(start(seed=seeded(tmp_path, "Robots")))
    [assigned] = admin.query(
        "SELECT PermissionSetGroupId, PermissionSet.Type, PermissionSetGroup.DeveloperName "
        "FROM PermissionSetAssignment WHERE PermissionSetGroupId != null"
    )
    assert assigned["PermissionSet"]["Type"] == "Group"
    assert assigned["PermissionSetGroup"]["DeveloperName"] == "Staff"
    [brought] = admin.query(
        "SELECT PermissionSet.Name FROM PermissionSetGroupComponent "
        f"WHERE PermissionSetGroupId = '{assigned['PermissionSetGroupId']}'"
    )
    assert brought["PermissionSet"]["Name"] == "Robots"


def test_a_seed_with_a_group_of_an_unknown_permission_set(start: Start, tmp_path: Path) -> None:
    with pytest.raises(CannotError, match="unknown permission set Nobodys into Staff"):
        start(seed=seeded(tmp_path, "Nobodys"))
