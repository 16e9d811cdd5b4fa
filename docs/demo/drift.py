"""Changes the demo's app behind provision's back, through the local org's own API."""

from pathlib import Path

from provision.catalogue.catalogue import NEWEST_API, OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.localorg import LocalOrg
from provision.org.deploy import DeployOptions
from provision.org.deploy_rest import RestDeploys
from provision.org.http import http_session
from provision.org.org import ReadableOrg, readable_org
from provision.org.pool import ONE_AT_A_TIME
from provision.org.session import Session

DRIFT = {"sessionTimeoutInMinutes": 720, "permittedUsersPolicyType": "AllSelfAuthorized"}


def main() -> None:
    """Deploy the app's policy with other values, as a colleague with other tools would."""
    with LocalOrg(database=Path(".provision/localorg.db")) as org:
        token = org.session().access_token
        session = Session(org.https_url, token, "the local org", ca_file=org.ca_file)
        with http_session(ca_file=org.ca_file) as http:
            drift(readable_org("local", session, http, NEWEST_API, ONE_AT_A_TIME))


def drift(org: ReadableOrg) -> None:
    """Overwrite the fields of :data:`DRIFT` in the app's policy."""
    [policy] = org.metadata.read(OAUTH_POLICIES, ["Salesforce_CLI_oauthPlcy"])
    changed = Component(policy.type, policy.full_name, {**policy.fields, **DRIFT})
    deploys = RestDeploys(org.session, org.http, NEWEST_API)
    package = Package(NEWEST_API, (changed,)).zip()
    deploy_id = deploys.start(package, DeployOptions(), "a deploy of other values")
    result = deploys.status(deploy_id)
    print(f"deploy {deploy_id}: {result.status}, {', '.join(DRIFT)} changed")


if __name__ == "__main__":
    main()
