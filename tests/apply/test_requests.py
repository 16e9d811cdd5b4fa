"""How often an org is asked: a diff reads each thing once."""

import pytest

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from tests.apply.test_run import APP

LOGIN_AND_VERSIONS = 2
MOST_REQUESTS_OF_A_DIFF = 12


def foreign_app(name: str, satellites: str) -> list[Component]:
    """An app whose components are called by a scheme of their own."""
    parent = {"externalClientApplication": name}
    return [
        Component(EXTERNAL_CLIENT_APPLICATION, name, {"contactEmail": "a@example.com"}),
        Component(OAUTH_SETTINGS, f"{satellites}1", {**parent, "commaSeparatedOauthScopes": "Api"}),
        Component(GLOBAL_OAUTH_SETTINGS, f"{satellites}2", parent),
        Component(OAUTH_POLICIES, f"{satellites}3", parent),
        Component(POLICIES, f"{satellites}4", {**parent, "isEnabled": True}),
    ]


@pytest.fixture
def ten_apps(work):
    for number in range(9):
        work.org.deploy(*foreign_app(f"App{number}", f"Odd{number}_"))
    work.apply(APP)


@pytest.mark.usefixtures("ten_apps")
def test_a_diff_in_an_org_of_ten_apps_asks_twelve_times_at_most(work) -> None:
    with work.org.noting() as noted:
        assert work.plan(APP).is_empty
    assert len(noted) + LOGIN_AND_VERSIONS <= MOST_REQUESTS_OF_A_DIFF


@pytest.mark.usefixtures("ten_apps")
def test_a_diff_asks_no_more_if_the_names_are_odd(work) -> None:
    with work.org.noting() as noted:
        work.plan("app: App7\noauth: {scopes: [api]}\npolicies: {session_timeout: 15 minutes}\n")
    assert len(noted) + LOGIN_AND_VERSIONS <= MOST_REQUESTS_OF_A_DIFF


def test_a_diff_of_an_absent_app_asks_three_times(work) -> None:
    with work.org.noting() as noted:
        assert work.plan("app: Nobody\n").creates_app
    assert noted == ["soap:readMetadata", "soap:readMetadata", "rest:query"]
