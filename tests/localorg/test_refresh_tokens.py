"""Refresh tokens: lifetimes, inactivity, rotation, and what ends them."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.localorg.caller import Caller
from tests.localorg.web_login import DAY, app, renew, tokens


@pytest.mark.parametrize(
    ("policy", "works_until", "fails_at"),
    [
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 90},
         90 * DAY - 1, 90 * DAY),
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 4,
          "refreshTokenValidityUnit": "Hours"}, 4 * 3600 - 1, 4 * 3600),
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 1,
          "refreshTokenValidityUnit": "Months"}, 28 * DAY, 31 * DAY),
        ({}, 365 * DAY - 1, 365 * DAY),
    ],
)  # fmt: skip
def test_lifetimes(
    admin: Caller, policy: dict[str, Any], works_until: float, fails_at: float
) -> None:
    admin.deployed(app(**policy))
    token = tokens(admin)["refresh_token"]

    admin.org.advance(works_until)
    assert renew(admin, token).status_code == 200
    admin.org.advance(fails_at - works_until)
    assert renew(admin, token).json() == {
        "error": "invalid_grant",
        "error_description": "expired access/refresh token",
    }


def test_inactivity(admin: Caller) -> None:
    admin.deployed(app(refreshTokenPolicyType="SpecificInactivity", refreshTokenValidityPeriod=30))
    token = tokens(admin)["refresh_token"]

    for _ in range(3):
        admin.org.advance(29 * DAY)
        assert renew(admin, token).status_code == 200
    admin.org.advance(30 * DAY)
    assert renew(admin, token).status_code == 400


def test_infinite(admin: Caller) -> None:
    admin.deployed(app(refreshTokenPolicyType="Infinite"))
    token = tokens(admin)["refresh_token"]
    admin.org.advance(10 * 365 * DAY)

    assert renew(admin, token).status_code == 200


def test_rotation(admin: Caller) -> None:
    admin.deployed(app({"isRefreshTokenRotationEnabled": True}))
    first = tokens(admin)["refresh_token"]

    second = renew(admin, first).json()["refresh_token"]

    assert second != first
    assert renew(admin, second).status_code == 200


def identity(admin: Caller, access_token: str) -> int:
    """The status of the userinfo endpoint for an access token."""
    return requests.get(
        f"{admin.org.url}/services/oauth2/userinfo",
        headers={"Authorization": f"Bearer {access_token}"},
        timeout=10,
    ).status_code


@pytest.mark.parametrize("generations", [1, 3])
def test_reuse_of_a_rotated_token_revokes_the_family(admin: Caller, generations: int) -> None:
    """It revokes the current refresh token and its access tokens."""
    admin.deployed(app({"isRefreshTokenRotationEnabled": True}))
    bystander = tokens(admin)
    first = tokens(admin)["refresh_token"]
    current = {"refresh_token": first}
    for _ in range(generations):
        current = renew(admin, current["refresh_token"]).json()
    assert identity(admin, current["access_token"]) == 200

    assert renew(admin, first).json()["error"] == "invalid_grant"

    assert renew(admin, current["refresh_token"]).json()["error"] == "invalid_grant"
    assert identity(admin, current["access_token"]) != 200
    assert renew(admin, bystander["refresh_token"]).status_code == 200


def test_without_rotation_a_refresh_token_may_be_used_again(admin: Caller) -> None:
    admin.deployed(app())
    first = tokens(admin)["refresh_token"]
    access = renew(admin, first).json()["access_token"]
    assert renew(admin, first).status_code == 200
    assert identity(admin, access) == 200


@pytest.mark.parametrize("enforced", [True, False])
def test_rotation_and_the_age_of_the_chain(admin: Caller, enforced: bool) -> None:
    admin.deployed(
        app({"isRefreshTokenRotationEnabled": True, "isEnforceRefreshTokenTTL": enforced},
            refreshTokenValidityPeriod=90)
    )  # fmt: skip
    token = tokens(admin)["refresh_token"]
    admin.org.advance(60 * DAY)
    token = renew(admin, token).json()["refresh_token"]
    admin.org.advance(60 * DAY)

    assert (renew(admin, token).status_code == 200) is not enforced


def test_refresh_may_need_the_secret(admin: Caller) -> None:
    admin.deployed(app({"isSecretRequiredForRefreshToken": True}))
    token = tokens(admin)["refresh_token"]

    assert renew(admin, token).json()["error"] == "invalid_client"


def test_refresh_can_narrow_but_not_widen(admin: Caller) -> None:
    admin.deployed(app())
    token = tokens(admin, scope="api refresh_token")["refresh_token"]

    assert renew(admin, token, scope="api").json()["scope"] == "api"
    assert renew(admin, token, scope="api web").json()["error"] == "invalid_scope"


def test_a_refresh_after_the_user_lost_the_app(admin: Caller) -> None:
    admin.deployed(app())
    token = tokens(admin)["refresh_token"]
    admin.deployed(
        app(
            permittedUsersPolicyType="AdminApprovedPreAuthorized",
            commaSeparatedProfile="System Administrator",
        )
    )

    assert renew(admin, token).status_code == 400


def test_revoking_the_refresh_token_ends_its_sessions(admin: Caller) -> None:
    admin.deployed(app())
    body = tokens(admin)
    url = f"{admin.org.url}/services/oauth2/revoke"

    admin.http.post(url, data={"token": body["refresh_token"]}, timeout=10)

    user = Caller(admin.org, body["access_token"], http=admin.http)
    assert user.rest("GET", "/limits").status_code == 401
