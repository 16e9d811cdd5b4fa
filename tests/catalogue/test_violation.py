import pytest

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import UNSET, Component, RawXml
from provision.catalogue.violation import Violation, violations


def found(metadata_type, fields, version) -> list[Violation]:
    return list(violations(Component(metadata_type, "A", fields), version))


@pytest.mark.parametrize(
    ("metadata_type", "fields", "version", "said"),
    [
        (GLOBAL_OAUTH_SETTINGS, {"isMtlsEnabled": True}, 67, "came with API 68; this is 67"),
        (OAUTH_POLICIES, {"isNamedUserJwtEnabled": True}, 64, "went after API 63; this is 64"),
        (OAUTH_POLICIES, {"policyAction": "StepUpMFA"}, 66, "takes Block, RaiseSessionLevel (API"),
        (OAUTH_POLICIES, {"namedUserJwtTimeout": 60}, 64, "takes 1, 5, 10, 15, 30 (API 64)"),
        (POLICIES, {"isEnabled": True}, 59, "came with API 60"),
        (
            GLOBAL_OAUTH_SETTINGS,
            {"idTokenConfig": {"idTokenIncludeCustomPermissions": True}},
            64,
            "idTokenIncludeCustomPermissions went after API 63",
        ),
    ],
)
def test_what_another_version_would_take(metadata_type, fields, version, said) -> None:
    [violation] = found(metadata_type, fields, version)
    assert said in violation.message
    assert violation.version_bound


@pytest.mark.parametrize(
    ("metadata_type", "fields", "said"),
    [
        (
            EXTERNAL_CLIENT_APPLICATION,
            {"distributionState": "Packageable"},
            "takes Local, Packaged",
        ),
        (
            OAUTH_POLICIES,
            {"permittedUsersPolicyType": "AdminApproved"},
            "takes AdminApprovedPreAuthorized",
        ),
        (OAUTH_SETTINGS, {"customAttributes": ({"key": "a"},)}, "customAttributes needs formula"),
        (
            OAUTH_SETTINGS,
            {"customAttributes": ({"key": "a", "formula": "b", "c": "d"},)},
            "customAttributes has no field c",
        ),
    ],
)
def test_what_no_version_takes(metadata_type, fields, said) -> None:
    [violation] = found(metadata_type, fields, 68)
    assert said in violation.message
    assert not violation.version_bound


def test_unset_and_unknown_fields_are_left_to_the_org() -> None:
    fields = {"isMtlsEnabled": UNSET, "isNewIn69": RawXml("<isNewIn69>true</isNewIn69>")}
    assert found(GLOBAL_OAUTH_SETTINGS, fields, 60) == []
