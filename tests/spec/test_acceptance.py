from __future__ import annotations

import pytest

from provision.errors import SpecError
from provision.spec.acceptance import fields_named
from provision.spec.load import load
from provision.spec.variable import Variables


def test_a_key_stands_for_all_its_fields():
    assert [field for _, field in fields_named("policies.refresh_token")] == [
        "refreshTokenPolicyType",
        "refreshTokenValidityPeriod",
        "refreshTokenValidityUnit",
    ]
    assert fields_named("ExternalClientApplication.orgScopedExternalApp") == ()


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("{field: policies.session, reason: x, until: 2027-01-31}", "policies.session_timeout"),
        ("{field: label, reason: ' ', until: 2027-01-31}", "say why"),
        ("{field: label, reason: x, until: soon}", "write it as 2027-01-31"),
        ("{field: label, reason: x, until: 2027-02-30}", "not a day"),
        ("{field: label, reason: x, until: '20270101'}", "not a day"),
        ("{field: label, reason: x, until: 2027-W01-1}", "not a day"),
        (
            (
                "{field: ExtlClntAppOauthConfigurablePolicies.refreshTokenValidityPeriod, "
                "reason: x, until: 2027-01-01}"
            ),
            "neither a key",
        ),
        ("{field: label, reason: x}", "until"),
    ],
)
def test_a_bad_acceptance_is_told_with_its_place(write, item, said):
    path = write(f"app: A\naccept:\n  - {item}\n")
    with pytest.raises(SpecError, match=said) as raised:
        load(path, Variables())
    assert raised.value.problems[0].position.line == 3


def test_no_field_is_accepted_twice(write):
    item = "{field: label, reason: x, until: 2027-01-31}"
    path = write(f"app: A\naccept:\n  - {item}\n  - {item}\n")
    with pytest.raises(SpecError, match="twice"):
        load(path, Variables())
