"""What an org does with a deployed app."""

from pathlib import Path

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.certificate import certificate_body, certificate_der
from provision.catalogue.field import Kind
from provision.localorg import RunningOrg
from tests.localorg.caller import Caller, app_components, component, problems
from tests.localorg.conftest import Call, Start


def test_one_deploy_makes_an_app_and_its_default_policies(admin: Caller) -> None:
    result = admin.deploy(app_components())

    assert (result["status"], result["numberComponentsDeployed"]) == ("Succeeded", 3)
    assert admin.names("ExternalClientApplication") == ["Acme"]
    assert admin.names("ExtlClntAppOauthConfigurablePolicies") == ["Acme_oauth_defaultPolicy"]
    assert admin.names("ExtlClntAppConfigurablePolicies") == ["Acme_defaultPolicy"]


def test_the_org_generates_links_and_key(admin: Caller, org: RunningOrg) -> None:
    admin.deployed(app_components())

    header = admin.read("ExternalClientApplication", "Acme")
    oauth = admin.read("ExtlClntAppOauthSettings", "Acme_oauth")
    settings = admin.settings()
    assert header is not None
    assert oauth is not None
    assert header["orgScopedExternalApp"] == f"{org.org_id[:15]}:Acme"
    assert oauth["oauthLink"].startswith(f"{org.org_id[:15]}:888")
    assert settings["consumerKey"].startswith("3MVG9")
    assert len(settings["consumerKey"]) == 85
    assert "consumerSecret" not in settings


def test_default_policy_has_the_defaults_of_the_catalogue(admin: Caller) -> None:
    admin.deployed(app_components())

    policy = admin.read("ExtlClntAppOauthConfigurablePolicies", "Acme_oauth_defaultPolicy")
    assert policy is not None
    assert policy["permittedUsersPolicyType"] == "AllSelfAuthorized"
    assert (policy["refreshTokenPolicyType"], policy["refreshTokenValidityPeriod"]) == (
        "SpecificLifetime",
        "365",
    )
    assert policy["requiredSessionLevel"] == "STANDARD"


def test_every_flag_with_a_default_comes_back(admin: Caller) -> None:
    admin.deployed(app_components(policy={}, general={}))

    for metadata_type in CORE_TYPES:
        [name] = admin.names(metadata_type.name)
        found = admin.read(metadata_type.name, name)
        assert found is not None
        flags = {
            field.name
            for field in metadata_type.fields
            if field.kind is Kind.BOOLEAN and field.default is not None and field.known_in(67)
        }
        assert flags <= set(found)


def test_a_deployed_policy_replaces_the_default_one(admin: Caller) -> None:
    admin.deployed(app_components(policy={}, general={}))

    assert admin.names("ExtlClntAppOauthConfigurablePolicies") == ["Acme_oauthPlcy"]
    assert admin.names("ExtlClntAppConfigurablePolicies") == ["Acme_plcy"]


def test_setup_names_of_default_policies(start: Start, call: Call) -> None:
    admin = call(start("policy_names=setup"))
    admin.deployed(app_components())

    assert admin.names("ExtlClntAppOauthConfigurablePolicies") == ["Acme_oauthPlcy"]
    assert admin.names("ExtlClntAppConfigurablePolicies") == ["Acme_plcy"]


def test_a_second_policy_is_refused_by_the_name_of_the_first(admin: Caller) -> None:
    admin.deployed(app_components())
    second = app_components(policy={}, general={})[3:]

    result = admin.deploy(second)

    assert problems(result) == [
        "DUPLICATE_VALUE: ExtlClntAppOauthSettingsId duplicates value on Acme_oauth_defaultPolicy",
        "duplicate value found: ExternalClientApplicationId duplicates value on Acme_defaultPolicy",
    ]


def test_second_settings_are_refused_too(admin: Caller) -> None:
    admin.deployed(app_components())
    other = component("ExtlClntAppOauthSettings", "Other", {"externalClientApplication": "Acme"})

    assert "duplicates value on Acme_oauth" in admin.refused([other])


def test_global_settings_need_oauth_settings(admin: Caller) -> None:
    header, _, settings = app_components()

    assert admin.refused([header, settings]) == (
        "The external client app configured in your global OAuth Settings doesn't have a valid"
        " OAuth settings configuration."
    )
    assert admin.names("ExternalClientApplication") == []


def test_an_unknown_parent_is_refused(admin: Caller) -> None:
    orphan = component("ExtlClntAppOauthSettings", "X", {"externalClientApplication": "Nobody"})

    assert admin.refused([orphan]) == (
        "INVALID_CROSS_REFERENCE_KEY: In field: externalClientApplication -"
        " no ExternalClientApplication named Nobody found"
    )


def test_a_missing_parent_is_refused(admin: Caller) -> None:
    orphan = component("ExtlClntAppOauthSettings", "X", {"label": "X"})

    assert admin.refused([orphan]) == "Enter the name of the parent external client app"


def test_the_parent_must_be_there_first_where_two_phases_are_required(
    start: Start, call: Call
) -> None:
    admin = call(start("two_phase_deploy=required"))
    header, *satellites = app_components()

    assert "no ExternalClientApplication named Acme found" in admin.refused([header, *satellites])
    admin.deployed([header])
    admin.deployed(satellites)


def test_names_are_case_insensitive(admin: Caller) -> None:
    admin.deployed(app_components())
    admin.deployed([component("ExternalClientApplication", "ACME", {"label": "Other"})])

    assert admin.names("ExternalClientApplication") == ["Acme"]
    header = admin.read("ExternalClientApplication", "acme")
    assert header is not None
    assert header["label"] == "Other"


def test_bad_developer_name_is_refused(admin: Caller) -> None:
    assert "Developer Name" in admin.refused([component("ExternalClientApplication", "1__a", {})])


def test_certificate_comes_back_as_a_body_of_64_columns(admin: Caller, certificate: str) -> None:
    admin.deployed(app_components(settings={"certificate": certificate}))

    assert admin.settings()["certificate"] == certificate_body(certificate_der(certificate))


def test_a_redeploy_of_the_same_components_changes_nothing(admin: Caller) -> None:
    components = app_components(policy={}, general={})
    admin.deployed(components)

    result = admin.deploy(components)

    successes = result["details"]["componentSuccesses"]
    assert {m["changed"] for m in successes if m["componentType"]} == {False}
    assert not any(m["created"] for m in successes)


def test_unknown_elements_are_kept_and_returned(admin: Caller) -> None:
    content = (
        b'<ExternalClientApplication xmlns="http://soap.sforce.com/2006/04/metadata">'
        b"<label>A</label><someday><x>1</x></someday></ExternalClientApplication>"
    )
    package = (
        b'<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>*</members>'
        b"<name>ExternalClientApplication</name></types><version>67.0</version></Package>"
    )
    admin.deploy_files({"package.xml": package, "externalClientApps/A.eca": content})

    files = admin.retrieve({"ExternalClientApplication": "A"}, single=True)
    assert b"<someday><x>1</x></someday>" in files["externalClientApps/A.eca"]


def test_deleting_the_app_deletes_all_of_its_components(admin: Caller) -> None:
    admin.deployed(app_components(policy={"commaSeparatedPermissionSet": "Deployers"}))
    manifest = (
        b"<Package><types><members>Acme</members><name>ExternalClientApplication</name></types>"
        b"</Package>"
    )
    result = admin.deploy_files(
        {
            "package.xml": b"<Package><version>67.0</version></Package>",
            "destructiveChanges.xml": manifest,
        }
    )

    [deleted] = [m for m in result["details"]["componentSuccesses"] if m["deleted"]]
    assert (deleted["componentType"], deleted["fullName"]) == ("ExternalClientApplication", "Acme")
    for metadata_type in CORE_TYPES:
        assert admin.names(metadata_type.name) == []
    assert admin.query("SELECT Id FROM SetupEntityAccess") == []


def test_deleting_a_missing_component_is_a_warning(admin: Caller) -> None:
    manifest = (
        b"<Package><types><members>X</members><name>ExternalClientApplication</name></types>"
        b"</Package>"
    )
    result = admin.deploy_files(
        {
            "package.xml": b"<Package><version>67.0</version></Package>",
            "destructiveChangesPost.xml": manifest,
        }
    )

    assert result["status"] == "Succeeded"
    [warning] = [m for m in result["details"]["componentSuccesses"] if m["problem"]]
    assert (warning["fullName"], warning["problemType"], warning["problem"]) == (
        "destructiveChangesPost.xml",
        "Warning",
        "No ExternalClientApplication named: X found",
    )


def test_deleting_the_oauth_settings_deletes_what_needs_them(admin: Caller) -> None:
    admin.deployed(app_components(policy={"commaSeparatedPermissionSet": "Deployers"}))
    body = "<type>ExtlClntAppOauthSettings</type><fullNames>Acme_oauth</fullNames>"

    admin.soap("deleteMetadata", body)

    assert admin.names("ExtlClntAppGlobalOauthSettings") == []
    assert admin.names("ExtlClntAppOauthConfigurablePolicies") == []
    assert admin.names("ExternalClientApplication") == ["Acme"]
    [row] = admin.query("SELECT OauthPluginStatus FROM ExtlClntAppPlcyCnfg")
    assert row["OauthPluginStatus"] == "Notinstalled"


def test_a_components_name_belongs_to_one_app(admin: Caller) -> None:
    admin.deployed([*app_components("A"), *app_components("B")[:1]])
    taken = component("ExtlClntAppOauthSettings", "A_oauth", {"externalClientApplication": "B"})

    assert "belongs to A" in admin.refused([taken])


def test_namespaced_permission_sets_have_their_full_name(
    start: Start, call: Call, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("orgs: [{permission_sets: [{name: Robots, namespace: ns}]}]")
    admin = call(start(seed=seed))

    assert admin.refused(app_components(policy={"commaSeparatedPermissionSet": "Robots"}))
    admin.deployed(app_components(policy={"commaSeparatedPermissionSet": "ns__Robots"}))
    assert admin.policy()["commaSeparatedPermissionSet"] == "ns__Robots"
