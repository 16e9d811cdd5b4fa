import pytest

from provision.catalogue.catalogue import (
    CORE_TYPES,
    GLOBAL_OAUTH_SETTINGS,
    KEYED_FIELDS,
    OAUTH_POLICIES,
)
from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import UNSET, Component
from provision.catalogue.field import Field, Kind, MetadataType, Role
from provision.render.desired import FileFormat, files_of, named_as_in_org, names_on_create, render
from provision.render.template import Templates

EVERYTHING = """
    app: A
    label: An app
    contact_email: a@example.com
    contact_phone: "555"
    description: What it is for
    icon_url: https://a.example/icon
    info_url: https://a.example/info
    logo_url: https://a.example/logo
    distribution_state: local
    protected: false
    oauth:
      callback_urls: [https://a.example/1, https://a.example/2]
      scopes: [api, refresh_token, id]
      custom_scopes: [one, two]
      jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}
      client_credentials: {run_as: run@example.com}
      pkce_required: true
      refresh_token_rotation: true
      jwt_access_tokens: false
      secret_optional: false
      secret_required_for_refresh_token: true
    policies:
      enabled: true
      permitted_users: admin_approved
      profiles: [System Administrator]
      permission_sets: [One, {name: Two, create: true}]
      refresh_token: {lifetime: 90 days}
      session_timeout: 15 minutes
      ip_relaxation: enforce_relax_refresh
"""


@pytest.fixture
def fields_of(spec_of):
    def fields(text: str) -> dict[tuple[str, str], object]:
        return {
            (component.type.name, name): value
            for component in render(spec_of(text), Templates())
            for name, value in component.fields.items()
        }

    return fields


def test_every_key_sets_the_fields_of_its_rows(fields_of) -> None:
    set_fields = {key for key in fields_of(EVERYTHING) if key[1] != "externalClientApplication"}
    assert set_fields == {(keyed.type.name, keyed.field.name) for keyed in KEYED_FIELDS}


def test_values_are_metadatas(fields_of, pair) -> None:
    fields = fields_of(EVERYTHING)
    policy = {name: v for (kind, name), v in fields.items() if kind == OAUTH_POLICIES.name}
    assert policy == {
        "clientCredentialsFlowUser": "run@example.com",
        "commaSeparatedPermissionSet": "One,Two",
        "commaSeparatedProfile": "System Administrator",
        "externalClientApplication": "A",
        "ipRelaxationPolicyType": "Enforce_RelaxRefresh",
        "isClientCredentialsFlowEnabled": True,
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "refreshTokenPolicyType": "SpecificLifetime",
        "refreshTokenValidityPeriod": 90,
        "refreshTokenValidityUnit": "Days",
        "sessionTimeoutInMinutes": 15,
    }
    glob = {name: v for (kind, name), v in fields.items() if kind == GLOBAL_OAUTH_SETTINGS.name}
    assert glob["callbackUrl"] == "https://a.example/1\nhttps://a.example/2"
    assert certificate_der(glob["certificate"]) == certificate_der(pair[1].read_text())
    assert fields["ExtlClntAppOauthSettings", "commaSeparatedOauthScopes"] == (
        "Api, RefreshToken, Basic"
    )


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ("{lifetime: 12 months}", ("SpecificLifetime", 12, "Months")),
        ("{inactivity: 4 hours}", ("SpecificInactivity", 4, "Hours")),
        ("valid_until_revoked", ("Infinite", UNSET, UNSET)),
        ("expire_immediately", ("Zero", UNSET, UNSET)),
        ("null", (UNSET, UNSET, UNSET)),
    ],
)
def test_refresh_token_policies(fields_of, written: str, policy) -> None:
    fields = fields_of(f"app: A\noauth: {{}}\npolicies: {{refresh_token: {written}}}\n")
    names = ("refreshTokenPolicyType", "refreshTokenValidityPeriod", "refreshTokenValidityUnit")
    assert tuple(fields[OAUTH_POLICIES.name, name] for name in names) == policy


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("oauth: {jwt_bearer: null}", "certificate"),
        ("oauth: {callback_urls: []}", "callbackUrl"),
        ("oauth: {scopes: []}", "commaSeparatedOauthScopes"),
        ("oauth: {}\npolicies: {session_timeout: null}", "sessionTimeoutInMinutes"),
        ("oauth: {}\npolicies: {profiles: []}", "commaSeparatedProfile"),
        ("oauth: {}\npolicies: {permission_sets: null}", "commaSeparatedPermissionSet"),
        ("label: null", "label"),
        (
            "metadata: {ExtlClntAppOauthConfigurablePolicies: {startUrl: null}}\noauth: {}",
            "startUrl",
        ),
    ],
)
def test_null_and_the_empty_list_unset(fields_of, text: str, field: str) -> None:
    found = {name: value for (_, name), value in fields_of(f"app: A\n{text}\n").items()}
    assert found[field] is UNSET


def test_what_is_not_said_is_not_there(fields_of) -> None:
    assert fields_of("app: A") == {}
    assert set(fields_of("app: A\noauth: {}\n")) == {
        ("ExtlClntAppOauthSettings", "externalClientApplication"),
        ("ExtlClntAppGlobalOauthSettings", "externalClientApplication"),
    }


def test_client_credentials_null_disables_the_flow(fields_of) -> None:
    fields = fields_of("app: A\noauth: {client_credentials: null}\n")
    assert fields[GLOBAL_OAUTH_SETTINGS.name, "isClientCredentialsFlowEnabled"] is False
    assert fields[OAUTH_POLICIES.name, "isClientCredentialsFlowEnabled"] is False
    assert fields[OAUTH_POLICIES.name, "clientCredentialsFlowUser"] is UNSET


SAMPLES = {
    Kind.TEXT: "Sample",
    Kind.NAMES: "[One, Two]",
    Kind.SCOPES: "[Api]",
    Kind.URLS: "[https://a.example]",
    Kind.CERTIFICATE: '"${file:keys/app.crt}"',
    Kind.BOOLEAN: "true",
    Kind.INTEGER: "5",
    Kind.RECORD: "{idTokenAudience: x}",
}


def sample(field: Field) -> str:
    """Some value of ``field``, as YAML."""
    if field.kind is Kind.RECORDS:
        return f"[{{{', '.join(f'{child.name}: x' for child in field.children)}}}]"
    if field.choices:
        value = field.choices[0].value
        return str(value) if isinstance(value, int) else f'"{value}"'
    return SAMPLES[field.kind]


@pytest.mark.parametrize(
    ("metadata_type", "field"),
    [(t, f) for t in CORE_TYPES for f in t.fields if f.role is Role.SPEC],
    ids=lambda value: value.name,
)
def test_every_field_that_a_spec_may_set_is_reachable_by_the_metadata_block(
    fields_of, metadata_type: MetadataType, field: Field
) -> None:
    block = f"{{{metadata_type.name}: {{{field.name}: {sample(field)}}}}}"
    assert (metadata_type.name, field.name) in fields_of(f"app: A\nmetadata: {block}\n")


def test_components_take_the_names_that_the_org_has(spec_of) -> None:
    actual = {OAUTH_POLICIES.name: Component(OAUTH_POLICIES, "A_oauth_defaultPolicy")}
    spec = spec_of("app: A\noauth: {}\npolicies: {session_timeout: 15m}\n")
    named = named_as_in_org(render(spec, Templates()), actual)
    found = {c.type.name: c.full_name for c in named}
    assert found[OAUTH_POLICIES.name] == "A_oauth_defaultPolicy"
    assert found["ExtlClntAppOauthSettings"] == "A_oauth"


def test_new_components_are_called_as_setup_calls_them() -> None:
    assert set(names_on_create("A").values()) == {
        "A", "A_glbloauth", "A_oauth", "A_oauthPlcy", "A_plcy",
    }  # fmt: skip


def test_rendering_is_deterministic(spec_of) -> None:
    spec = spec_of(EVERYTHING)
    once, again = (files_of(render(spec, Templates()), 66, FileFormat.METADATA_API) for _ in "12")
    assert once == again


def test_source_format_has_one_file_a_component_and_no_manifest(spec_of) -> None:
    components = render(spec_of("app: A\noauth: {}\n"), Templates())
    assert set(files_of(components, 66, FileFormat.SOURCE)) == {
        "externalClientApps/A.eca-meta.xml",
        "extlClntAppOauthSettings/A_oauth.ecaOauth-meta.xml",
        "extlClntAppGlobalOauthSets/A_glbloauth.ecaGlblOauth-meta.xml",
    }


def test_a_spec_is_rendered_once_for_all_orgs(spec_of, monkeypatch) -> None:
    rendered = []
    render_one = Templates.render
    monkeypatch.setattr(
        Templates,
        "render",
        lambda self, kind, context: rendered.append(kind) or render_one(self, kind, context),
    )
    spec, other = spec_of("app: Robot"), spec_of("app: Robot\nlabel: Another")
    templates = Templates()
    first = render(spec, templates)
    count = len(rendered)
    assert render(spec, templates) is first
    assert len(rendered) == count
    assert render(other, templates) != first
