import pytest

from provision.catalogue.catalogue import CORE_TYPES, type_named
from provision.catalogue.component import UNSET
from provision.catalogue.field import Kind
from provision.catalogue.judge import judged
from provision.catalogue.risk import RiskLevel

OAUTH = "ExtlClntAppOauthSettings"
GLOBAL = "ExtlClntAppGlobalOauthSettings"
POLICY = "ExtlClntAppOauthConfigurablePolicies"
PLUGINS = "ExtlClntAppConfigurablePolicies"

SAMPLES = {Kind.BOOLEAN: [True, False], Kind.INTEGER: [1, 2]}
ONE = "https://a.example"
BOTH = "https://a.example\nhttps://b.example"


def level(type_name: str, field_name: str, before, after) -> RiskLevel:
    metadata_type = type_named(type_name)
    return judged(metadata_type.field(field_name), before, after).level


@pytest.mark.parametrize(
    ("type_name", "field", "before", "after", "expected"),
    [
        (POLICY, "permittedUsersPolicyType", None, "AdminApprovedPreAuthorized", "LOCKS_OUT"),
        (POLICY, "permittedUsersPolicyType", "AdminApprovedPreAuthorized", UNSET, "WEAKENS"),
        (POLICY, "commaSeparatedProfile", "A,B", "b", "LOCKS_OUT"),
        (POLICY, "commaSeparatedProfile", "A", "A,B", "WEAKENS"),
        (POLICY, "refreshTokenPolicyType", "SpecificLifetime", "Infinite", "WEAKENS"),
        (POLICY, "refreshTokenPolicyType", "Infinite", "SpecificLifetime", "DISRUPTIVE"),
        (POLICY, "refreshTokenValidityPeriod", None, 90, "DISRUPTIVE"),
        (POLICY, "refreshTokenValidityPeriod", 90, 365, "WEAKENS"),
        (POLICY, "refreshTokenValidityUnit", "Days", "Months", "WEAKENS"),
        (POLICY, "refreshTokenValidityUnit", "Days", "Hours", "DISRUPTIVE"),
        (POLICY, "sessionTimeoutInMinutes", 15, 60, "WEAKENS"),
        (POLICY, "sessionTimeoutInMinutes", 15, UNSET, "WEAKENS"),
        (POLICY, "sessionTimeoutInMinutes", None, 15, "DISRUPTIVE"),
        (POLICY, "ipRelaxationPolicyType", "Enforce", "Bypass", "WEAKENS"),
        (POLICY, "ipRelaxationPolicyType", "Enforce_relaxrefresh", "Enforce", "DISRUPTIVE"),
        (POLICY, "requiredSessionLevel", "HIGH_ASSURANCE", "STANDARD", "WEAKENS"),
        (OAUTH, "commaSeparatedOauthScopes", "Api", "Api, Full", "WEAKENS"),
        (OAUTH, "commaSeparatedOauthScopes", "Api, Web", "Api", "DISRUPTIVE"),
        (GLOBAL, "callbackUrl", BOTH, ONE, "DISRUPTIVE"),
        (GLOBAL, "callbackUrl", ONE, BOTH, "WEAKENS"),
        (GLOBAL, "certificate", "MIIA", UNSET, "LOCKS_OUT"),
        (GLOBAL, "certificate", "MIIA", "MIIB", "LOCKS_OUT"),
        (GLOBAL, "certificate", None, "MIIB", "WEAKENS"),
        (GLOBAL, "isPkceRequired", False, True, "IRREVERSIBLE"),
        (GLOBAL, "isPkceRequired", True, False, "WEAKENS"),
        (GLOBAL, "consumerKey", "a", "b", "IRREVERSIBLE"),
        (GLOBAL, "label", "a", "b", "HARMLESS"),
        (PLUGINS, "isEnabled", True, False, "LOCKS_OUT"),
        ("ExternalClientApplication", "distributionState", "Local", "Packaged", "IRREVERSIBLE"),
        ("ExternalClientApplication", "description", "a", "b", "HARMLESS"),
    ],
)  # fmt: skip
def test_what_a_change_can_do(type_name, field, before, after, expected) -> None:
    assert level(type_name, field, before, after) is RiskLevel[expected]


@pytest.mark.parametrize(
    ("type_name", "field"), [(GLOBAL, "certificate"), (OAUTH, "clientAssertionCertificate")]
)
def test_another_certificate_shuts_one_key_out_and_lets_another_in(type_name, field) -> None:
    risk = judged(type_named(type_name).field(field), "MIIA", "MIIB")
    assert risk.levels == (RiskLevel.LOCKS_OUT, RiskLevel.WEAKENS)
    assert "the old private key" in risk.reason
    assert "Whoever has the new private key may" in risk.reason


@pytest.mark.parametrize("metadata_type", CORE_TYPES, ids=lambda t: t.name)
def test_every_risk_has_a_reason(metadata_type) -> None:
    for field in metadata_type.fields:
        values = [choice.value for choice in field.choices] or SAMPLES.get(field.kind, ["a", "b"])
        for before in (None, *values):
            for after in (UNSET, *values):
                risk = judged(field, before, after)
                harmless = risk.level is RiskLevel.HARMLESS
                assert bool(risk.reason) is not harmless, field.name


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("ipRelaxationPolicyType", "Enforce_NewThing", "Enforce"),
        ("requiredSessionLevel", "STANDARD", "MEDIUM"),
        ("refreshTokenValidityUnit", "Minutes", "Days"),
    ],
)
def test_a_value_that_is_newer_than_we_are_is_no_crash(field, before, after) -> None:
    assert level(POLICY, field, before, after) is RiskLevel.DISRUPTIVE


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (("UserSession", None), ("Custom", 720), "JWT-format tokens live 720 minutes, which may"),
        (("Custom", 5), ("UserSession", None), "JWT-format tokens live as long as the session"),
    ],
)
def test_what_decides_about_jwt_tokens_and_its_minutes_are_judged_as_one(
    before, after, said
) -> None:
    kind, minutes = "namedUserJwtSessionTimeoutType", "namedUserJwtTimeout"
    had = {k: v for k, v in zip((kind, minutes), before, strict=True) if v}
    has = {k: v for k, v in zip((kind, minutes), after, strict=True) if v}
    policies = type_named(POLICY)
    risk = judged(policies.field(kind), before[0], after[0], had=had, has=has)
    assert risk.levels == (RiskLevel.WEAKENS,)
    assert risk.closes
    assert risk.reason.startswith(said)
    alone = judged(policies.field(minutes), before[1], after[1], had=had, has=has)
    assert alone.level is RiskLevel.HARMLESS


@pytest.mark.parametrize(
    ("before", "after", "levels", "said"),
    [
        (("SpecificLifetime", 90), ("SpecificInactivity", 30), {"WEAKENS", "DISRUPTIVE"}, "not"),
        (("SpecificInactivity", 30), ("SpecificLifetime", 365), {"WEAKENS", "DISRUPTIVE"}, "not"),
        (("SpecificLifetime", 90), ("SpecificLifetime", 365), {"WEAKENS"}, "live longer"),
        (("Infinite", None), ("SpecificLifetime", 365), {"DISRUPTIVE"}, "end sooner"),
        (("Zero", None), ("SpecificLifetime", 1), {"WEAKENS"}, "longer"),
        (("SpecificLifetime", 90), ("Zero", None), {"LOCKS_OUT"}, "end at once"),
    ],
)
def test_kind_and_time_of_refresh_tokens_are_judged_as_one(before, after, levels, said) -> None:
    names = ("refreshTokenPolicyType", "refreshTokenValidityPeriod")
    had = {k: v for k, v in zip(names, before, strict=True) if v}
    has = {k: v for k, v in zip(names, after, strict=True) if v}
    policies = type_named(POLICY)
    risks = [
        judged(policies.field(name), had.get(name), has.get(name), had=had, has=has)
        for name in names
        if name == names[0] or (name in had and name in has)
    ]
    assert {r.level.name for r in risks} - {"HARMLESS"} == levels
    assert any(said in risk.reason for risk in risks)
