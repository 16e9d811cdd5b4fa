"""Names from elsewhere are told apart from typing errors, and say where their value goes."""

from __future__ import annotations

import pytest

from provision.catalogue.catalogue import CORE_TYPES, KEYED_FIELDS, OAUTH_POLICIES, path_of
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.field import PARENT_FIELD, Kind, Role
from provision.catalogue.org_settings import SETTINGS_TYPES

# Facts, section 8: each field of a connected app, and where its value goes.
CONNECTED_APP = {
    "ipRelaxation": "policies.ip_relaxation",
    "refreshTokenPolicy": "policies.refresh_token",
    "sessionTimeout": "policies.session_timeout",
    "sessionLevel": "metadata.ExtlClntAppOauthConfigurablePolicies.requiredSessionLevel",
    "policyAction": "metadata.ExtlClntAppOauthConfigurablePolicies.policyAction",
    "isAdminApproved": "policies.permitted_users",
    "permissionSetName": "policies.permission_sets",
    "profileName": "policies.profiles",
    "oauthClientCredentialUser": "oauth.client_credentials",
    "callbackUrl": "oauth.callback_urls",
    "certificate": "oauth.jwt_bearer",
    "scopes": "oauth.scopes",
    "isClientCredentialEnabled": "oauth.client_credentials",
    "isCodeCredentialEnabled": "metadata.ExtlClntAppGlobalOauthSettings.isCodeCredFlowEnabled",
    "isCodeCredentialPostOnly": "metadata.ExtlClntAppGlobalOauthSettings.isCodeCredPostOnly",
    "isPKImTLSEnabled": "metadata.ExtlClntAppGlobalOauthSettings.isMtlsEnabled",
    "isPkceRequired": "oauth.pkce_required",
    "isNamedUserJwtEnabled": "oauth.jwt_access_tokens",
    "idTokenValidity": "metadata.ExtlClntAppGlobalOauthSettings.idTokenConfig",
    "attributes": "metadata.ExtlClntAppOauthSettings.customAttributes",
    "ipRanges": "metadata.ExtlClntAppOauthSettings.trustedIpRanges",
    "oauthConfig": "oauth",
    "sessionPolicy": "policies.session_timeout",
}
SETTABLE = [
    (each, field)
    for each in CORE_TYPES
    for field in each.fields
    if field.role in {Role.SPEC, Role.ON_CREATE} and field.name != PARENT_FIELD
]


@pytest.mark.parametrize("name", CONNECTED_APP)
@pytest.mark.parametrize("metadata_type", CORE_TYPES, ids=lambda each: each.name)
def test_a_name_of_a_connected_app_in_any_type(problems, metadata_type, name):
    if metadata_type.field(name):
        pytest.skip("the type has a field of that name")
    [only] = problems(f"app: A\nmetadata:\n  {metadata_type.name}:\n    {name}: x\n")
    assert only.startswith(f"4:5: metadata.{metadata_type.name}: ")
    assert f"has no field {name}; the key for it is " in only
    assert CONNECTED_APP[name] in only


@pytest.mark.parametrize("name", CONNECTED_APP)
@pytest.mark.parametrize("section", ["", "oauth", "policies"])
def test_a_name_of_a_connected_app_as_a_key(problems, section, name):
    text = f"app: A\n{section}:\n  {name}: x\n" if section else f"app: A\n{name}: x\n"
    if (section, name) == ("oauth", "scopes"):
        pytest.skip("a spec has this key")
    found = [each for each in problems(text) if f"has no key {name}" in each]
    assert len(found) == 1
    assert CONNECTED_APP[name] in found[0]


@pytest.mark.parametrize(("owner", "field"), SETTABLE, ids=lambda each: each.name)
def test_a_field_in_the_wrong_type(problems, owner, field):
    """Every field of the catalogue, in every type that does not have it."""
    own_keys = {
        ".".join(path_of(each, field.name))
        for each in CORE_TYPES
        if (known := each.field(field.name)) and known.role is not Role.PARENT
    }
    for other in CORE_TYPES:
        if other.field(field.name):
            continue
        [only] = problems(f"app: A\nmetadata:\n  {other.name}:\n    {field.name}: x\n")
        assert any(key in only for key in own_keys), only
        assert "did you mean" not in only


@pytest.mark.parametrize("key", sorted({keyed.key.name for keyed in KEYED_FIELDS}))
def test_a_key_of_a_spec_in_the_wrong_section(problems, key):
    section, _, name = key.rpartition(".")
    if not section:
        return
    [only] = [
        each for each in problems(f"app: A\n{name}: x\n") if f"a spec has no key {name}" in each
    ]
    assert f"the key for it is {key}" in only


@pytest.mark.parametrize("metadata_type", DEPENDENT_TYPES, ids=lambda each: each.name)
def test_a_type_that_is_not_managed_is_said_to_be_one(problems, metadata_type):
    for spelled in (metadata_type.name, metadata_type.directory, metadata_type.suffix):
        [only] = problems(f"app: A\nmetadata:\n  {spelled}: {{label: x}}\n")
        assert "is a type of an external client app that provision does not manage" in only
        assert metadata_type.name in only
        assert "did you mean" not in only


def test_a_type_by_its_former_name(problems):
    [only] = problems("app: A\nmetadata:\n  ExtlClntAppCanvasStngs: {label: x}\n")
    assert "provision does not manage" in only


@pytest.mark.parametrize("metadata_type", CORE_TYPES, ids=lambda each: each.name)
def test_a_type_by_what_its_files_are_called(problems, metadata_type):
    for spelled in (metadata_type.directory, metadata_type.suffix):
        [only] = problems(f"app: A\nmetadata:\n  {spelled}: {{label: x}}\n")
        assert f"the type is {metadata_type.name}" in only


@pytest.mark.parametrize(
    "name",
    [
        "Settings",
        "ExternalClientApp",
        "SecuritySettings",
        "SessionSettings",
        *(each.name for each in SETTINGS_TYPES.values()),
    ],
)
def test_settings_of_the_org_are_said_to_be_such(problems, name):
    [only] = problems(f"app: A\nmetadata:\n  {name}: {{label: x}}\n")
    assert "it holds settings of the whole org" in only
    assert "did you mean" not in only


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Profile", "policies.profiles"),
        ("PermissionSet", "policies.permission_sets"),
        ("ConnectedApp", "oauth.scopes"),
        ("Certificate", "oauth.jwt_bearer"),
    ],
)
def test_types_beside_an_app_name_the_key(problems, name, key):
    [only] = problems(f"app: A\nmetadata:\n  {name}: {{label: x}}\n")
    assert only.startswith(f"3:3: metadata: {name} is not a type of an external client app")
    assert key in only


@pytest.mark.parametrize(
    ("field", "value", "meant"),
    [
        ("ipRelaxationPolicyType", "ENFORCE", "Enforce"),
        ("ipRelaxationPolicyType", "BYPASS", "Bypass"),
        ("ipRelaxationPolicyType", "BYPASS_2FACTOR", "Bypass_2factor"),
        ("ipRelaxationPolicyType", "ENFORCE_RELAXREFRESH", "Enforce_RelaxRefresh"),
        ("ipRelaxationPolicyType", "Enforce_relaxrefresh", "Enforce_RelaxRefresh"),
        ("refreshTokenPolicyType", "infinite", "Infinite"),
        ("refreshTokenPolicyType", "zero", "Zero"),
        ("refreshTokenPolicyType", "specific_lifetime:30:DAYS", "SpecificLifetime"),
        ("refreshTokenPolicyType", "specific_inactivity:4:HOURS", "SpecificInactivity"),
        ("permittedUsersPolicyType", "AdminApproved", "AdminApprovedPreAuthorized"),
    ],
)
def test_a_value_as_it_is_spelled_elsewhere(problems, field, value, meant):
    [only] = problems(f"app: A\nmetadata:\n  {OAUTH_POLICIES.name}:\n    {field}: '{value}'\n")
    assert only.endswith(f"; write {meant}")


def test_every_value_in_another_case_is_told_how_it_is_written(problems):
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            if field.kind is not Kind.ENUM or field.role is not Role.SPEC:
                continue
            for choice in field.choices:
                other = str(choice.value).swapcase()
                [only] = problems(
                    f"app: A\nmetadata:\n  {metadata_type.name}:\n    {field.name}: '{other}'\n"
                )
                assert only.endswith(f"; write {choice.value}")


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("infinite", "valid_until_revoked"),
        ("Infinite", "valid_until_revoked"),
        ("zero", "expire_immediately"),
        ("'specific_lifetime:30:DAYS'", "{lifetime: 90 days}"),
        ("SpecificInactivity", "{inactivity: 30 days}"),
    ],
)
def test_a_refresh_token_policy_as_it_is_called_elsewhere(problems, value, meant):
    [only] = problems(f"app: A\npolicies:\n  refresh_token: {value}\n")
    assert only.endswith(f" is {meant} here")


@pytest.mark.parametrize("key", sorted({keyed.key.name for keyed in KEYED_FIELDS}))
def test_a_key_of_a_spec_as_metadata_would_spell_it(problems, key):
    first, *others = key.rpartition(".")[2].split("_")
    if "." not in key or not others:
        return
    name = first + "".join(part.capitalize() for part in others)
    [only] = [
        each for each in problems(f"app: A\n{name}: x\n") if f"a spec has no key {name}" in each
    ]
    assert "the key for it is " in only
    assert key in only


@pytest.mark.parametrize("name", ["oauthScopes", "callbackUrls", "permissionSets"])
def test_a_name_of_a_template_in_the_metadata_block(problems, name):
    [only] = problems(f"app: A\nmetadata:\n  ExtlClntAppGlobalOauthSettings:\n    {name}: x\n")
    assert f"has no field {name}; the key for it is " in only
