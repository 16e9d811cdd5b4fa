import base64

import pytest

from provision.catalogue.canonical import canonical, is_set, split_names, split_urls
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.certificate import certificate_body, certificate_der
from provision.catalogue.component import UNSET, Component
from provision.catalogue.field import Field, MetadataType

DER = b"\x30" + bytes(range(200))
PEM = (
    "-----BEGIN CERTIFICATE-----\r\n"
    + base64.encodebytes(DER).decode()
    + "-----END CERTIFICATE-----\n"
)


def field(metadata_type: MetadataType, name: str) -> Field:
    found = metadata_type.field(name)
    assert found is not None
    return found


SCOPES = field(OAUTH_SETTINGS, "commaSeparatedOauthScopes")
PROFILES = field(OAUTH_POLICIES, "commaSeparatedProfile")
CALLBACK = field(GLOBAL_OAUTH_SETTINGS, "callbackUrl")
CERTIFICATE = field(GLOBAL_OAUTH_SETTINGS, "certificate")
ATTRIBUTES = field(OAUTH_SETTINGS, "customAttributes")
IP = field(OAUTH_POLICIES, "ipRelaxationPolicyType")
DESCRIPTION = field(EXTERNAL_CLIENT_APPLICATION, "description")


@pytest.mark.parametrize(
    ("which", "one", "other"),
    [
        (SCOPES, "Api, RefreshToken", "OfflineAccess,Api"),
        (SCOPES, "Basic", "Profile, Phone, Email, Address"),
        (PROFILES, "System Administrator,Standard User", "standard user, System Administrator"),
        (
            CALLBACK,
            "https://a.example\nhttps://b.example",
            " https://b.example \r\nhttps://a.example",
        ),
        (CERTIFICATE, PEM, certificate_body(DER)),
        (CERTIFICATE, PEM, base64.b64encode(DER).decode()),
        (IP, "Enforce_RelaxRefresh", "Enforce_relaxrefresh"),
        (DESCRIPTION, "two\r\nlines ", "two\nlines"),
        (DESCRIPTION, "", None),
        (DESCRIPTION, UNSET, None),
        (PROFILES, " , ", None),
        (
            ATTRIBUTES,
            ({"key": "a", "formula": "1"}, {"key": "b", "formula": "2"}),
            ({"formula": "2", "key": "b"}, {"formula": "1", "key": "a"}),
        ),
        (ATTRIBUTES, (), None),
    ],
)
def test_equal_values_are_equal(which: Field, one, other) -> None:
    assert canonical(which, one) == canonical(which, other)


@pytest.mark.parametrize(
    ("which", "one", "other"),
    [
        (SCOPES, "Api, Web", "Api"),
        (PROFILES, "Standard User", "Standard"),
        (CERTIFICATE, certificate_body(DER), certificate_body(DER + b"\0")),
        (DESCRIPTION, "a b", "a  b"),
        (ATTRIBUTES, ({"key": "a", "formula": "1"},), ({"key": "a", "formula": "2"},)),
    ],
)
def test_other_values_are_not(which: Field, one, other) -> None:
    assert canonical(which, one) != canonical(which, other)


def test_lists_are_split_as_orgs_join_them() -> None:
    assert split_names("A, B,C,,") == ("A", "B", "C")
    assert split_urls("https://a.example\r\n\nhttps://b.example\n") == (
        "https://a.example",
        "https://b.example",
    )


def test_a_certificate_body_has_lines_of_64() -> None:
    lines = certificate_body(DER).split("\n")
    assert {len(line) for line in lines[:-1]} == {64}
    assert certificate_der(certificate_body(DER)) == DER


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"hello").decode()])
def test_what_is_no_certificate_is_told_apart(text: str) -> None:
    with pytest.raises(ValueError, match=r"certificate|base64"):
        certificate_der(text)


def test_of_a_chain_the_first_certificate_counts() -> None:
    other = PEM.replace(base64.encodebytes(DER).decode(), base64.encodebytes(DER * 2).decode())
    assert certificate_der(PEM + other) == DER


PERIOD = field(OAUTH_POLICIES, "refreshTokenValidityPeriod")


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 90}, True),
        ({"refreshTokenPolicyType": "SpecificLifetime"}, False),
        ({"refreshTokenPolicyType": "Infinite", "refreshTokenValidityPeriod": 90}, False),
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": ""}, False),
    ],
)
def test_a_value_counts_only_beside_the_value_that_it_belongs_to(fields, counts) -> None:
    assert is_set(Component(OAUTH_POLICIES, "A_p", fields), PERIOD) is counts
