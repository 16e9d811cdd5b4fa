"""Values that an org refuses, by API version and by rule."""

import pytest

from provision.catalogue.catalogue import CORE_TYPES, NEWEST_API, OLDEST_API
from provision.catalogue.field import Kind
from provision.catalogue.scope import SCOPES
from tests.localorg.caller import Caller, app_components, component
from tests.localorg.conftest import Call, Start

SAMPLES = {Kind.BOOLEAN: True, Kind.INTEGER: 5, Kind.TEXT: "x", Kind.NAMES: "x"}
BOUNDED = [
    (metadata_type, field, version)
    for metadata_type in CORE_TYPES
    for field in metadata_type.fields
    for version in (field.since - 1, (field.until or NEWEST_API) + 1)
    if max(OLDEST_API, metadata_type.since) <= version <= NEWEST_API
    if not field.known_in(version) and not field.disputed_in(version)
]


@pytest.mark.parametrize(
    ("metadata_type", "field", "version"),
    BOUNDED,
    ids=[f"{t.name}.{f.name}@{v}" for t, f, v in BOUNDED],
)
def test_a_field_outside_its_versions_is_refused(
    admin: Caller, metadata_type, field, version
) -> None:
    value = field.choices[0].value if field.choices else SAMPLES.get(field.kind, "QUJD")
    fields = {"externalClientApplication": "Acme", "isEnabled": True, field.name: value}
    known = {name: v for name, v in fields.items() if metadata_type.field(name)}

    refusal = admin.refused([component(metadata_type.name, "Acme_x", known)], version=version)

    assert refusal == (
        f"Error parsing file: Element {field.name} invalid at this location"
        f" in type {metadata_type.name}"
    )


def test_a_refusal_has_its_position(admin: Caller) -> None:
    policy = app_components(policy={"isNamedUserJwtEnabled": True})[3:]

    result = admin.deploy([*app_components(), *policy])

    [failure] = result["details"]["componentFailures"]
    assert failure["fileName"] == "extlClntAppOauthPolicies/Acme_oauthPlcy.ecaOauthPlcy"
    assert (failure["lineNumber"], failure["columnNumber"]) == (4, 28)
    assert failure["problemType"] == "Error"


def test_policies_hide_fields_that_the_version_does_not_have(admin: Caller) -> None:
    admin.deployed(app_components(), version=68)

    newest = admin.read("ExtlClntAppGlobalOauthSettings", "Acme_glbloauth", version=68)
    older = admin.read("ExtlClntAppGlobalOauthSettings", "Acme_glbloauth", version=60)

    assert newest is not None
    assert older is not None
    assert "isMtlsEnabled" in newest
    assert {"isMtlsEnabled", "isNamedUserJwtEnabled"}.isdisjoint(older)


def test_a_bad_enumeration_value_is_refused_in_the_platforms_words(admin: Caller) -> None:
    refusal = admin.refused(app_components(policy={"permittedUsersPolicyType": "AdminApproved"}))

    assert refusal == "'AdminApproved' is not a valid value for the enum 'PermittedUsersPolicyType'"


def test_an_enumeration_value_has_versions_too(admin: Caller) -> None:
    components = app_components(policy={"policyAction": "StepUpMFA"})

    assert "'StepUpMFA' is not a valid value" in admin.refused(components, version=67)
    admin.deployed(components, version=68)


def test_an_unknown_scope_lists_all_known_ones(admin: Caller) -> None:
    refusal = admin.refused(app_components(oauth={"commaSeparatedOauthScopes": "api"}))

    assert "Invalid OAuth scope: api." in refusal
    assert all((scope.token in refusal) is (scope.since <= admin.version) for scope in SCOPES)


def test_scopes_come_back_joined_by_comma_and_space(admin: Caller) -> None:
    admin.deployed(app_components(oauth={"commaSeparatedOauthScopes": "Api,Web,RefreshToken"}))

    oauth = admin.read("ExtlClntAppOauthSettings", "Acme_oauth")
    assert oauth is not None
    assert oauth["commaSeparatedOauthScopes"] == "Api, Web, RefreshToken"


def test_a_bad_certificate_is_refused(admin: Caller) -> None:
    assert "certificate" in admin.refused(app_components(settings={"certificate": "???"}))


@pytest.mark.parametrize("field", ["clientCredentialsFlowUser", "executeHandlerAs"])
def test_an_unknown_user_is_refused(admin: Caller, field: str) -> None:
    refusal = admin.refused(app_components(policy={field: "nobody@example.com"}))

    assert f"In field: {field} - no User named nobody@example.com found" in refusal


@pytest.mark.parametrize("field", ["sessionTimeoutInMinutes", "refreshTokenValidityPeriod"])
def test_durations_are_at_least_one(admin: Caller, field: str) -> None:
    assert f"{field} must be at least 1" in admin.refused(app_components(policy={field: 0}))


def test_at_most_128_custom_attributes(admin: Caller) -> None:
    attributes = tuple({"formula": "User.Id", "key": f"k{n}"} for n in range(129))

    assert "128" in admin.refused(app_components(policy={"customAttributes": attributes}))
    admin.deployed(app_components(policy={"customAttributes": attributes[:128]}))


def test_a_user_session_has_no_timeout_of_its_own(admin: Caller) -> None:
    policy = {"namedUserJwtSessionTimeoutType": "UserSession", "namedUserJwtTimeout": 5}

    assert admin.refused(app_components(policy=policy)) == "Invalid plugin settings"


@pytest.mark.parametrize("refresh", ["Infinite", "Zero"])
def test_only_the_specific_policies_have_a_period(admin: Caller, refresh: str) -> None:
    policy = {"refreshTokenPolicyType": refresh, "refreshTokenValidityPeriod": 5}
    admin.deployed(app_components(policy=policy))

    assert "refreshTokenValidityPeriod" not in admin.policy()
    assert "refreshTokenValidityUnit" not in admin.policy()


def test_is_enabled_is_required_on_create_only(admin: Caller) -> None:
    parent = {"externalClientApplication": "Acme"}
    bare = component("ExtlClntAppConfigurablePolicies", "Acme_plcy", parent)

    assert "isEnabled" in admin.refused([*app_components(), bare])
    admin.deployed(app_components(general={"isEnabled": False}))
    admin.deployed([bare])

    found = admin.read("ExtlClntAppConfigurablePolicies", "Acme_plcy")
    assert found is not None
    assert found["isEnabled"] == "false"


@pytest.mark.parametrize(
    ("version", "quirk", "expected"),
    [
        (66, "pkce_sticky=auto", "false"),
        (67, "pkce_sticky=auto", "true"),
        (66, "pkce_sticky=sticky", "true"),
        (67, "pkce_sticky=honoured", "false"),
    ],
)
def test_switching_pkce_off(
    start: Start, call: Call, version: int, quirk: str, expected: str
) -> None:
    admin = call(start(quirk))

    admin.deployed(app_components(settings={"isPkceRequired": False}), version=version)

    assert admin.settings()["isPkceRequired"] == expected


def test_foreign_links(start: Start, call: Call) -> None:
    admin = call(start())
    foreign = {"orgScopedExternalApp": "00DAA0000000001:Acme"}
    header, *rest = app_components()

    admin.deployed([component("ExternalClientApplication", "Acme", foreign)])

    found = admin.read("ExternalClientApplication", "Acme")
    assert found is not None
    assert not found["orgScopedExternalApp"].startswith("00DAA")
    placeholder = {"orgScopedExternalApp": "00D-XXXX:Acme"}
    assert admin.refused([component("ExternalClientApplication", "Acme", placeholder)])
    link = app_components(oauth={"oauthLink": "00DAA0000000001:888AA0000000001"})
    assert "doesn't have distribution state PACKAGED." in admin.refused(
        [header, *rest[:0], link[1]]
    )


def test_foreign_links_may_be_refused(start: Start, call: Call) -> None:
    admin = call(start("foreign_org_scoped_app=refused"))
    foreign = {"orgScopedExternalApp": "00DAA0000000001:Acme"}

    assert admin.refused([component("ExternalClientApplication", "Acme", foreign)])


def test_own_links_may_be_sent_back(admin: Caller) -> None:
    admin.deployed(app_components())
    header = admin.read("ExternalClientApplication", "Acme")
    oauth = admin.read("ExtlClntAppOauthSettings", "Acme_oauth")
    assert header is not None
    assert oauth is not None
    own = {"orgScopedExternalApp": header["orgScopedExternalApp"]}

    admin.deployed(
        [
            component("ExternalClientApplication", "Acme", own),
            *app_components(oauth={"oauthLink": oauth["oauthLink"]})[1:2],
        ]
    )


def _out_of_order(call: Call, start: Start, quirk: str) -> str | None:
    admin = call(start(quirk))
    files = {
        "package.xml": b"<Package><types><members>A</members>"
        b"<name>ExternalClientApplication</name></types><version>67.0</version></Package>",
        "externalClientApps/A.eca": b"<ExternalClientApplication><label>A</label>"
        b"<contactEmail>a@example.com</contactEmail></ExternalClientApplication>",
    }
    assert admin.deploy_files(files)["status"] == "Succeeded"
    found = admin.read("ExternalClientApplication", "A")
    assert found is not None
    return found.get("contactEmail")


def test_elements_out_of_order_are_tolerated(start: Start, call: Call) -> None:
    assert _out_of_order(call, start, "element_order=tolerated") == "a@example.com"


def test_elements_out_of_order_may_be_dropped(start: Start, call: Call) -> None:
    assert _out_of_order(call, start, "element_order=dropped") is None


@pytest.mark.parametrize("jwt_tokens", [True, False])
def test_session_timeout_may_need_jwt_tokens(start: Start, call: Call, jwt_tokens: bool) -> None:
    admin = call(start("jwt_session_timeout=needs_named_user_jwt"))
    components = app_components(
        settings={"isNamedUserJwtEnabled": jwt_tokens}, policy={"sessionTimeoutInMinutes": 15}
    )

    if jwt_tokens:
        admin.deployed(components)
    else:
        assert admin.refused(components) == "Invalid plugin settings"
