"""Plans of small specs, over an app that is there or not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import Component
from provision.plan.facts import Access, ActualApp, OrgFacts, PermissionSet, Profile, User
from provision.plan.plan import Plan
from provision.plan.planner import make_plan
from provision.render.desired import named_as_in_org, render
from provision.render.template import Templates
from tests.plan.examples import TODAY

ACCESS = Access.of(
    [PermissionSet("0PS000000000001", "Deployers")],
    [Profile("00e000000000001", "Standard User", "0PS000000000002")],
    [User("005000000000001", "ci@localorg.example")],
)


@pytest.fixture
def keys(pair: tuple[Path, Path], tmp_path: Path) -> Path:
    """`keys/app.crt` beside the spec."""
    directory = tmp_path / "keys"
    directory.mkdir()
    for file in pair:
        shutil.copy(file, directory / file.name)
    return directory


@pytest.fixture
def plan_of(spec_of):
    def build(text: str, actual: ActualApp, version: int = 68) -> Plan:
        spec = spec_of(text)
        org = OrgFacts("org", "https://org.example", "a@example.com", version, "a test")
        desired = named_as_in_org(render(spec, Templates()), actual.components)
        return make_plan(spec, desired, actual, ACCESS, org, TODAY)

    return build


@pytest.fixture
def actual_with():
    """An app as an org has it, with these fields in its OAuth policies."""

    def build(**fields: str) -> ActualApp:
        components = (
            Component(EXTERNAL_CLIENT_APPLICATION, "A"),
            Component(OAUTH_SETTINGS, "A_oauth", {"commaSeparatedOauthScopes": "Api"}),
            Component(GLOBAL_OAUTH_SETTINGS, "A_glbloauth"),
            Component(OAUTH_POLICIES, "A_oauthPlcy", fields),
        )
        return ActualApp("A", {each.type.name: each for each in components})

    return build
