"""Properties of apply, for any valid spec on any state of the org."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from provision.apply.prepare import prepare
from provision.apply.run import apply_plan
from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.catalogue.field import Role
from provision.catalogue.package import Package
from provision.errors import ApplyFailed, GateRefused, ProvisionError
from provision.org.deploy import DeployOptions
from provision.render.template import Templates
from provision.spec.load import load
from provision.spec.variable import Variables
from tests.catalogue.strategies import scalars
from tests.orgs import NEWEST, OrgUnderTest, org_under_test, writes

NUMBER = itertools.count()
# What names things of the org's, which this property is not about.
NAMING = {
    "apexHandler", "executeHandlerAs", "clientCredentialsFlowUser", "certificate",
    "assetTokenSigningCertificate", "clientAssertionCertificate", "distributionState",
    "managedType", "callbackUrl", "commaSeparatedOauthScopes", "commaSeparatedProfile",
    "commaSeparatedPermissionSet", "isProtected",
}  # fmt: skip

names = st.sampled_from(["System Administrator", "Standard User", "Minimum Access - Salesforce"])
policies = st.fixed_dictionaries(
    {},
    optional={
        "permitted_users": st.sampled_from(["admin_approved", None]),
        "profiles": st.one_of(st.none(), st.lists(names, unique=True)),
        "permission_sets": st.one_of(st.none(), st.just([]), st.just(["Deployers"])),
        "refresh_token": st.one_of(
            st.none(),
            st.sampled_from(["valid_until_revoked", "expire_immediately"]),
            st.builds(
                lambda kind, n, unit: {kind: f"{n} {unit}"},
                st.sampled_from(["lifetime", "inactivity"]),
                st.integers(1, 400),
                st.sampled_from(["hours", "days", "months"]),
            ),
        ),
        "session_timeout": st.one_of(st.none(), st.integers(1, 700).map("{} minutes".format)),
        "ip_relaxation": st.sampled_from(["enforce", "bypass", "bypass_2factor", None]),
        "enabled": st.booleans(),
    },
)
oauth = st.fixed_dictionaries(
    {
        "callback_urls": st.lists(
            st.integers(0, 5).map("https://app.example/{}".format), min_size=1, unique=True
        ),
        "scopes": st.lists(
            st.sampled_from(["api", "web", "refresh_token", "offline_access", "id", "email"]),
            min_size=1,
            unique=True,
        ),
    },
    optional={
        "jwt_bearer": st.sampled_from([None, {"certificate": "keys/app.crt"}]),
        "pkce_required": st.booleans(),
        "refresh_token_rotation": st.booleans(),
    },
)  # fmt: skip
block = st.fixed_dictionaries(
    {},
    optional={
        metadata_type.name: st.fixed_dictionaries(
            {},
            optional={
                field.name: scalars(field)
                for field in metadata_type.fields
                if field.role is Role.SPEC
                and not field.children
                and not field.only_with
                and field.key is None
                and field.known_in(NEWEST)
                and field.name not in NAMING
            },
        )
        for metadata_type in CORE_TYPES
    },
)
specs = st.fixed_dictionaries(
    {"contact_email": st.just("ops@example.com"), "oauth": oauth},
    optional={
        "label": st.text("abc &<>äß", min_size=1, max_size=9).filter(str.strip).map(str.strip),
        "description": st.one_of(st.none(), st.just("Two\nlines & more")),
        "policies": policies,
        "metadata": block,
    },
)
# How the app came to be in the org before: not at all, or by whom and under which names.
states = st.sampled_from(["absent", "setup", "metadata", "odd"])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgUnderTest]:
    with org_under_test(tmp_path_factory.mktemp("org")) as org:
        yield org


@pytest.fixture
def folder(tmp_path: Path, keys: Path) -> Path:
    return tmp_path


def made_before(app: str, state: str, org: OrgUnderTest) -> None:
    """Put the app into the org as somebody else would have."""
    if state == "absent":
        return
    parent = {"externalClientApplication": app}
    oauth_name = {"setup": f"{app}_oauth", "metadata": app, "odd": f"Odd{app}"}[state]
    components = [
        Component(EXTERNAL_CLIENT_APPLICATION, app, {"contactEmail": "other@example.com"}),
        Component(
            OAUTH_SETTINGS,
            oauth_name,
            {
                **parent,
                "commaSeparatedOauthScopes": "Chatter",
                "singleLogoutUrl": "https://slo.example",
            },
        ),
        Component(GLOBAL_OAUTH_SETTINGS, f"{oauth_name}_g", {**parent, "label": "By hand"}),
    ]
    if state == "setup":
        kept = {**parent, "startUrl": "https://start.example", "sessionTimeoutInMinutes": 120}
        components.append(Component(OAUTH_POLICIES, f"{app}_oauthPlcy", kept))
        components.append(Component(POLICIES, f"{app}_plcy", {**parent, "isEnabled": True}))
    result = org.writable().deployer.run(Package(68, tuple(components)), DeployOptions())
    assert result.success, result.reasons


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(spec=specs, state=states)
def test_apply_then_diff_is_empty_or_the_fields_are_named(spec, state, shared, folder) -> None:
    app = f"App{next(NUMBER)}"
    path = folder / "spec.yaml"
    path.write_text(json.dumps({"app": app, **spec}, ensure_ascii=False), encoding="utf-8")
    loaded = load(path, Variables())
    made_before(app, state, shared)

    def plan():
        return prepare(loaded, Templates(), shared.readable(), date(2026, 11, 24))

    prepared = plan()
    assert prepared.plan == plan().plan  # deterministic
    messages: list[str] = []
    try:
        applied = apply_plan(prepared, shared.writable(), messages.append)
    except (ApplyFailed, GateRefused) as error:
        event(f"{state}: refused")
        check_named(error)
        return
    event(f"{state}: applied")
    assert plan().plan.is_empty
    check_undeclared_survive(prepared.plan, applied.actual)
    with shared.noting() as noted:
        apply_plan(plan(), shared.writable(), messages.append)
    assert writes(noted) == []


def check_named(error: ProvisionError) -> None:
    """A refusal names the component, and so the field, that the org did not take."""
    assert any(metadata_type.name in error.message for metadata_type in CORE_TYPES), error.message


def check_undeclared_survive(plan, actual) -> None:
    for type_name, before in plan.actual.components.items():
        declared = {c.field.name for c in plan.changes if c.component.name == type_name}
        after = actual.components[type_name]
        for name, value in before.fields.items():
            field = before.type.field(name)
            owned = field is None or field.role is Role.SPEC
            if owned and name not in declared and field.applies(after.fields):
                assert after.fields.get(name) == value, (type_name, name)
