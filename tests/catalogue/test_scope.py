from provision.catalogue.scope import SCOPES, granted, scope_of

# The order of an org's own refusal of an unknown scope (API 67).
LISTED_BY_AN_ORG = (
    "Basic, OfflineAccess, DataCloudUserClaims, Email, Address, CDPSegment, Chatbot, "
    "CustomApplications, Full, Profile, CDP, CDPProfile, RefreshToken, Phone, PwdlessLogin, "
    "Interaction, Pardot, CDPIngest, CDPIdentityResolution, CustomPermissions, ForgotPassword, "
    "UserRegistration, OpenID, Chatter, Wave, SFApiPlatform, SCRT, Web, EinsteinGPT, Lightning, "
    "Content, CDPCalculatedInsight, Eclair, Api, MCP, CDPQuery"
)


# @salesforce/types 1.9.0 has these beside them, for API 68.
NEW_AT_68 = {
    "A2A": "a2a_api",
    "CmdbDiscovery": "cmdb_discovery_api",
    "SemanticLayer": "semantic_layer_api",
}


def test_the_36_tokens_of_67_are_those_that_an_org_lists() -> None:
    listed = {scope.token for scope in SCOPES if scope.since <= 67}
    assert listed == set(LISTED_BY_AN_ORG.split(", "))
    assert len(listed) == 36


def test_the_scopes_of_68() -> None:
    new = {scope.token: scope.names[0] for scope in SCOPES if scope.since > 67}
    assert new == NEW_AT_68
    assert all(scope.since == 68 for scope in SCOPES if scope.token in NEW_AT_68)


def test_no_name_means_two_scopes() -> None:
    names = [name for scope in SCOPES for name in scope.names]
    assert len(names) == len(set(names))


def test_scopes_go_by_oauth_name_or_by_token() -> None:
    for scope in SCOPES:
        assert scope_of(scope.token) is scope
        assert all(scope_of(name) is scope for name in scope.names)
    assert scope_of("API") is None


def test_an_external_client_app_says_sfapiplatform_where_a_connected_app_says_sfap() -> None:
    found = scope_of("sfap_api")
    assert found is not None
    assert found.token == "SFApiPlatform"
    assert scope_of("SFAP") is None


def test_equal_grants_are_equal_sets() -> None:
    assert granted(["Api", "OfflineAccess"]) == granted(["RefreshToken", "Api"])
    assert granted(["Basic"]) == granted(["Address", "Email", "Phone", "Profile"])
    assert granted(["Basic", "Email"]) == granted(["Basic"])
    assert granted(["Address", "Email", "Phone"]) != granted(["Basic"])
    assert granted(["SomethingNew"]) == frozenset({"SomethingNew"})
