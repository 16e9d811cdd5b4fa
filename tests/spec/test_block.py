from __future__ import annotations

import pytest

from provision.catalogue.catalogue import CORE_TYPES, NEWEST_API
from provision.catalogue.field import Role
from provision.spec.variable import Variables

GLOBAL = "ExtlClntAppGlobalOauthSettings"
SETTINGS = "ExtlClntAppOauthSettings"
OAUTH_POLICIES = "ExtlClntAppOauthConfigurablePolicies"
POLICIES = "ExtlClntAppConfigurablePolicies"


def spec_of(type_name: str, fields: str) -> str:
    return f"app: App\nmetadata: {{{type_name}: {{{fields}}}}}\n"


@pytest.mark.parametrize(
    ("type_name", "fields", "values"),
    [
        (GLOBAL, "isDPopEnabled: true", {"isDPopEnabled": True}),
        (GLOBAL, "isDPopEnabled: null", {"isDPopEnabled": None}),
        (GLOBAL, "label: 'true'", {"label": "true"}),
        (GLOBAL, "consumerKey: 3MVG9x", {"consumerKey": "3MVG9x"}),
        (GLOBAL, "callbackUrl: [https://a.b, https://c.d]",
         {"callbackUrl": "https://a.b\nhttps://c.d"}),
        (GLOBAL, 'callbackUrl: "https://a.b\\nhttps://c.d\\n"',
         {"callbackUrl": "https://a.b\nhttps://c.d"}),
        (GLOBAL, "idTokenConfig: {idTokenValidityInMinutes: 5, idTokenAudience: a}",
         {"idTokenConfig": {"idTokenValidityInMinutes": 5, "idTokenAudience": "a"}}),
        (SETTINGS, "commaSeparatedOauthScopes: [api, Web]",
         {"commaSeparatedOauthScopes": "Api, Web"}),
        (SETTINGS, "commaSeparatedOauthScopes: 'Api,web'",
         {"commaSeparatedOauthScopes": "Api, Web"}),
        (SETTINGS, "trustedIpRanges: [{startIpAddress: 1.1.1.1, endIpAddress: 1.1.1.2}]",
         {"trustedIpRanges": ({"startIpAddress": "1.1.1.1", "endIpAddress": "1.1.1.2"},)}),
        (SETTINGS, "trustedIpRanges: []", {"trustedIpRanges": ()}),
        (SETTINGS, "trustedIpRanges: null", {"trustedIpRanges": None}),
        (SETTINGS, "assetTokenValidity: 30", {"assetTokenValidity": 30}),
        (OAUTH_POLICIES, "commaSeparatedProfile: [System Administrator, Read Only]",
         {"commaSeparatedProfile": "System Administrator,Read Only"}),
        (OAUTH_POLICIES, "commaSeparatedProfile: []", {"commaSeparatedProfile": ""}),
        (OAUTH_POLICIES, "policyAction: StepUpMFA", {"policyAction": "StepUpMFA"}),
        (OAUTH_POLICIES, "namedUserJwtTimeout: 720", {"namedUserJwtTimeout": 720}),
        # Gone after API 63: which version the org has, the plan knows.
        (OAUTH_POLICIES, "isNamedUserJwtEnabled: true", {"isNamedUserJwtEnabled": True}),
    ],
)  # fmt: skip
def test_values_in_the_form_of_metadata(loaded, type_name, fields, values):
    assert loaded(spec_of(type_name, fields)).document.metadata == {type_name: values}


@pytest.mark.parametrize(
    ("type_name", "fields", "expected"),
    [
        ("ExtlClntAppOauthSetings", "label: x", "2:12: metadata: provision knows no type"),
        ("ConnectedApp", "label: x", "2:12: metadata: ConnectedApp is not a type of an external"),
        (GLOBAL, "isDPopEnable: true", "did you mean isDPopEnabled?"),
        (GLOBAL, "isDPopEnabled: 'true'", "it takes true or false"),
        (GLOBAL, "isDPopEnabled: 1", "it takes true or false"),
        (GLOBAL, "label: 5", 'it takes text; write it in quotes: "5"'),
        (GLOBAL, "label: [x]", "it takes one value, not a list or a mapping"),
        (GLOBAL, "callbackUrl: [http://a.b]", "write https"),
        (GLOBAL, "callbackUrl: {a: b}", "it takes a list"),
        (GLOBAL, "certificate: hello", "it takes a certificate as PEM or base64"),
        (GLOBAL, "idTokenConfig: x", "it takes a mapping"),
        (GLOBAL, "idTokenConfig: {idTokenAudienc: x}", "has no field idTokenAudienc"),
        (GLOBAL, "idTokenConfig: {idTokenValidityInMinutes: x}", "it takes a whole number"),
        (GLOBAL, "idTokenConfig: {idTokenAudience: null}", "cannot be null; leave it out"),
        (GLOBAL, "consumerKey: null", "it cannot be null"),
        (GLOBAL, "consumerSecret: hunter22", "a secret is never written in a spec"),
        (GLOBAL, "externalClientApplication: App", "provision fills it in from `app`"),
        (GLOBAL, "shouldRotateConsumerKey: true", "use `provision credentials rotate`"),
        (SETTINGS, "oauthLink: x", "the org generates it, so a spec cannot set it. Org id"),
        (SETTINGS, "trustedIpRanges: {a: b}", "it takes a list of mappings"),
        (SETTINGS, "trustedIpRanges: [x]", "it takes a mapping"),
        (SETTINGS, "trustedIpRanges: [{startIpAddress: 1.1.1.1}]", "needs endIpAddress"),
        (SETTINGS, "commaSeparatedOauthScopes: [apii]", "did you mean api?"),
        (SETTINGS, "commaSeparatedOauthScopes: [api, Api]", "is in the list twice"),
        (OAUTH_POLICIES, "commaSeparatedProfile: ['a,b']", "has a comma"),
        (OAUTH_POLICIES, "policyAction: Blok", "it takes Block, RaiseSessionLevel, StepUpMFA"),
        (OAUTH_POLICIES, "namedUserJwtTimeout: 7", "7 is not a value of namedUserJwtTimeout"),
        (POLICIES, "isEnabled: null", "it cannot be null"),
        ("ExternalClientApplication", "distributionState: Packageable", "it takes Local, Packaged"),
        ("ExternalClientApplication", "orgScopedExternalApp: '00D:A'", "the org generates it"),
    ],
)  # fmt: skip
def test_refuses(problems, type_name, fields, expected):
    [only] = problems(spec_of(type_name, fields))
    assert expected in only
    assert only.startswith("2:")


def test_neither_a_list_nor_a_text(problems):
    assert len(problems("app: A\nmetadata: [x]\n")) == 1
    assert len(problems(f"app: A\nmetadata: {{{GLOBAL}: x}}\n")) == 1


def test_a_secret_from_outside_is_taken_and_never_shown(loaded):
    variables = Variables(environ={"SECRET": "hunter22"})
    spec = loaded(spec_of(GLOBAL, "consumerSecret: '${env:SECRET}'"), variables)
    assert spec.document.metadata[GLOBAL] == {"consumerSecret": "hunter22"}
    assert spec.sensitive == {"hunter22"}
    assert "hunter22" not in repr(spec)


@pytest.mark.parametrize("text", ["${name}", "prefix-${env:SECRET}"])
def test_a_secret_that_is_partly_written_down_is_refused(problems, text):
    variables = Variables(values={"name": "x"}, environ={"SECRET": "hunter22"})
    [only] = problems(spec_of(GLOBAL, f"consumerSecret: '{text}'"), variables)
    assert "a secret is never written in a spec" in only


def test_a_field_set_twice_names_both_places(problems, tmp_path):
    [only] = problems(
        f"""\
        app: App
        policies:
          refresh_token: valid_until_revoked
        metadata:
          {OAUTH_POLICIES}:
            refreshTokenValidityUnit: Days
        """
    )
    assert only == (
        f"6:5: metadata.{OAUTH_POLICIES}.refreshTokenValidityUnit: policies.refresh_token at "
        f"{tmp_path}/app.yaml:3:3 sets the same field; remove one of them"
    )


def test_the_short_form_of_a_key_sets_its_field_too(problems):
    [only] = problems(
        f"app: A\noauth: {{callback_url: null}}\nmetadata: {{{GLOBAL}: {{callbackUrl: null}}}}\n"
    )
    assert "oauth.callback_urls at" in only
    assert ":2:9 sets the same field" in only


def test_every_field_of_the_catalogue_can_be_unset_or_says_why_not(write, now):
    from provision.spec.load import check

    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            text = spec_of(metadata_type.name, f"{field.name}: null")
            result = check(write(text), Variables(), now=now)
            settable = field.role is Role.SPEC and not field.required
            assert bool(result.problems) is not settable, field.name


def test_every_value_of_every_enumeration_is_taken(loaded):
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            for choice in field.choices:
                assert choice.since <= NEWEST_API
                text = spec_of(metadata_type.name, f"{field.name}: {choice.value}")
                assert loaded(text).document.metadata == {
                    metadata_type.name: {field.name: choice.value}
                }
