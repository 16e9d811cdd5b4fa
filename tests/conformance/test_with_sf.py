"""`provision` and `sf` side by side: one renders or borrows what the other deploys or lends."""

from __future__ import annotations

from dataclasses import replace

from provision.localorg import RunningOrg
from tests.conformance.app import ADMIN, SPEC
from tests.conformance.clients.provision import Provision
from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView

# `sf` creates no permission set, so the spec names one that is there.
SPEC_FOR_SF = SPEC.replace("{name: CI_Robot, create: true", "{name: Deployers")


def test_provision_borrows_the_session_of_sf(
    sf: Sf, org: RunningOrg, provision: Provision, state: OrgView
) -> None:
    lender = sf.where(NODE_EXTRA_CA_CERTS=str(org.ca_file))
    lender.login_token(org.https_url, org.session().access_token).checked()
    borrower = replace(provision, borrows_from=lender)
    borrower.new_key("cli")
    borrower.apply(SPEC, "--org", ADMIN)
    assert state.names("ExternalClientApplication") == {"Salesforce_CLI"}


def test_sf_deploys_what_provision_renders_as_source(
    admin_sf: Sf, provision: Provision, state: OrgView
) -> None:
    provision.new_key("cli")
    spec = provision.spec(SPEC_FOR_SF)
    provision("render", spec, "--source-format", "--output", admin_sf.folder / "rendered")
    result = admin_sf("project", "deploy", "start", "--source-dir", "rendered").checked()
    assert result["status"] == "Succeeded"
    policy = state.fields("ExtlClntAppOauthConfigurablePolicies", "Salesforce_CLI_oauthPlcy")
    assert policy["permittedUsersPolicyType"] == "AdminApprovedPreAuthorized"


def test_sf_deploys_what_provision_renders_as_a_package(
    admin_sf: Sf, provision: Provision, state: OrgView
) -> None:
    provision.new_key("cli")
    spec = provision.spec(SPEC_FOR_SF)
    package = admin_sf.folder / "package"
    provision("render", spec, "--output", package)
    result = admin_sf("project", "deploy", "start", "--metadata-dir", package).checked()
    assert result["status"] == "Succeeded"
    assert state.names("ExternalClientApplication") == {"Salesforce_CLI"}


def test_an_org_that_sf_knows_is_onboarded(
    sf: Sf, org: RunningOrg, provision: Provision, state: OrgView
) -> None:
    lender = sf.where(NODE_EXTRA_CA_CERTS=str(org.ca_file))
    lender.login_token(org.https_url, org.session().access_token).checked()
    borrower = replace(provision, borrows_from=lender)
    spec = borrower.spec(SPEC)
    borrower("onboard", ADMIN, "--spec", spec, "--yes")
    assert state.names("ExternalClientApplication") == {"Salesforce_CLI"}
    assert ADMIN in (provision.folder / "fleet.yaml").read_text(encoding="utf-8")
    borrower("diff", "fleet.yaml")
    borrower("fleet", "list", "fleet.yaml", "--org", ADMIN)


def test_the_orgs_that_sf_knows_come_into_a_fleet(
    sf: Sf, org: RunningOrg, provision: Provision
) -> None:
    lender = sf.where(NODE_EXTRA_CA_CERTS=str(org.ca_file))
    borrower = replace(provision, borrows_from=lender)
    borrower("fleet", "import", "fleet.yaml")  # of none
    lender.login_token(org.https_url, org.session().access_token).checked()
    borrower("fleet", "import", "fleet.yaml")
    assert ADMIN in borrower("fleet", "list", "fleet.yaml").stdout
