"""From an entry to a session, with real logins in the local org."""

from __future__ import annotations

import dataclasses

import pytest

from provision.errors import CannotError, LoginRefused
from provision.fleet.fleet import Fleet
from provision.fleet.login import login_of
from provision.org.login.sf_cli import SfCliLogin
from provision.org.rest import RestReader
from provision.org.session import Login, Session
from provision.render.desired import render
from provision.render.template import Templates
from provision.spec.variable import Variables
from tests.orgs import OrgUnderTest

SECRET = "s" * 64
KEY = "3MVG9" + "k" * 60
ADMIN = "admin@localorg.example"


def login(fleet: Fleet, org: OrgUnderTest, **environ: str) -> Login:
    """The way into the org `a`; the certificate of a local org is nothing that a fleet knows."""
    reached = fleet.reach("a", Variables({}, environ))
    found = login_of(fleet.org("a"), reached, org.clock)
    return dataclasses.replace(found, ca_file=org.local.ca_file)  # type: ignore[type-var]


def who(session: Session, org: OrgUnderTest) -> str:
    """Whom the org takes the session for."""
    answer = org.http.get(
        f"{session.instance_url}/services/oauth2/userinfo",
        headers={"Authorization": f"Bearer {session.access_token}"},
    )
    assert answer.ok, answer.text
    return answer.json()["preferred_username"]


@pytest.fixture
def provisioned(org: OrgUnderTest, spec_of) -> OrgUnderTest:
    """A local org with an app for both flows."""
    spec = spec_of(
        f"""\
        app: Robot
        label: Robot
        contact_email: a@b.example
        oauth:
          callback_urls: [https://robot.example]
          scopes: [api, refresh_token]
          jwt_bearer: {{certificate: keys/app.crt}}
          client_credentials: {{run_as: {ADMIN}}}
        policies:
          permitted_users: admin_approved
          profiles: [System Administrator]
        """
    )
    components = [
        dataclasses.replace(
            component,
            fields={**component.fields, "consumerKey": KEY, "consumerSecret": SECRET},
        )
        if component.type.name == "ExtlClntAppGlobalOauthSettings"
        else component
        for component in render(spec, Templates())
    ]
    org.set_quirks("supplied_secret=stored")
    org.deploy(*components)
    return org


def test_jwt(fleet_of, provisioned) -> None:
    fleet = fleet_of(
        f"""\
        orgs:
          a:
            login:
              jwt:
                instance_url: {provisioned.local.https_url}
                client_id: {KEY}
                username: "${{env:WHO}}"
                private_key: keys/app.key
        """
    )
    session = login(fleet, provisioned, WHO=ADMIN).open(provisioned.http)
    assert (session.username, session.client_id) == (ADMIN, KEY)
    assert who(session, provisioned) == ADMIN


def test_client_credentials(fleet_of, provisioned) -> None:
    fleet = fleet_of(
        f"""\
        orgs:
          a:
            login:
              client_credentials:
                instance_url: {provisioned.local.https_url}
                client_id: {KEY}
                client_secret: "${{env:SECRET}}"
        """
    )
    found = login(fleet, provisioned, SECRET=SECRET)
    assert SECRET not in repr(found)
    assert who(found.open(provisioned.http), provisioned) == ADMIN
    with pytest.raises(LoginRefused, match="client credentials login was refused"):
        login(fleet, provisioned, SECRET="wrong").open(provisioned.http)


def test_token(fleet_of, org) -> None:
    fleet = fleet_of(
        f"""\
        orgs:
          a:
            login:
              token: {{instance_url: "{org.local.https_url}", access_token: "${{env:TOKEN}}"}}
        """
    )
    token = org.local.session().access_token
    session = login(fleet, org, TOKEN=token).open(org.http)
    assert session.reached_by == "the token of a in the fleet"
    assert who(session, org) == ADMIN


@pytest.mark.parametrize(
    ("entry", "alias"), [("{}", "a"), ("{login: {sf: dev}}", "dev"), ("{tags: [x]}", "a")]
)
def test_the_sf_cli(fleet_of, org, entry, alias) -> None:
    fleet = fleet_of(f"orgs: {{a: {entry}}}\n")
    found = login_of(fleet.org("a"), fleet.reach("a", Variables()), org.clock)
    assert found == SfCliLogin(alias)


def test_a_private_key_that_is_not_there(fleet_of, org) -> None:
    fleet = fleet_of(
        """\
        orgs:
          a:
            login:
              jwt: {instance_url: https://u, client_id: c, username: u@a.b, private_key: no.key}
        """
    )
    with pytest.raises(CannotError, match=r"no\.key"):
        login_of(fleet.org("a"), fleet.reach("a", Variables()), org.clock)


def test_a_session_that_was_just_begun_and_is_refused_has_the_causes_of_a_fresh_token(
    fleet_of, provisioned
) -> None:
    fleet = fleet_of(
        f"""\
        orgs:
          a:
            login:
              jwt:
                instance_url: {provisioned.local.https_url}
                client_id: {KEY}
                username: {ADMIN}
                private_key: keys/app.key
        """
    )
    session = login(fleet, provisioned).open(provisioned.http)
    provisioned.set_faults({"operation": "rest:query", "kind": "invalid_session_id", "times": 0})
    with pytest.raises(LoginRefused, match="refused the session") as raised:
        RestReader(session, provisioned.http, 68).query("SELECT Id FROM Organization")
    steps = raised.value.next_step
    assert (
        steps.index("API Access Control")
        < steps.index("API Enabled")
        < steps.index("it has expired")
    )
    kept = dataclasses.replace(session, is_new=False)
    with pytest.raises(LoginRefused) as raised:
        RestReader(kept, provisioned.http, 68).query("SELECT Id FROM Organization")
    assert "(1) The session has ended. Log in again." in raised.value.next_step
