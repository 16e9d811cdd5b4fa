"""Sessions: who is refused, what identifies a user, and when it ends."""

from __future__ import annotations

from typing import Any

import pytest

from provision.errors import CannotError
from provision.localorg import RunningOrg
from tests.localorg.caller import Caller
from tests.localorg.conftest import Call, Start
from tests.localorg.web_login import app, tokens


def test_a_ready_session_is_of_the_administrator(org: RunningOrg) -> None:
    session = org.session()

    assert session.username == "admin@localorg.example"
    assert session.org_id == org.org_id
    assert session.access_token.startswith(org.org_id[:15] + "!")
    assert session.access_token not in repr(session)


def test_a_session_of_an_unknown_user(org: RunningOrg) -> None:
    with pytest.raises(CannotError, match="nobody"):
        org.session("nobody@example.com")


def test_an_unknown_session_over_rest(org: RunningOrg, admin: Caller) -> None:
    admin.token = f"{org.org_id[:15]}!nonsense"

    response = admin.rest("GET", "/limits")

    assert response.status_code == 401
    assert response.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_an_unknown_session_over_soap(admin: Caller) -> None:
    admin.token = "nonsense"

    response = admin.soap_response("listMetadata")

    assert response.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in response.text
    assert "<faultstring>INVALID_SESSION_ID: Invalid Session ID found" in response.text
    assert "<detail>" not in response.text


def test_a_session_ends_when_it_was_idle_for_two_hours(org: RunningOrg, admin: Caller) -> None:
    org.advance(2 * 3600 - 1)
    assert admin.rest("GET", "/limits").status_code == 200
    org.advance(2 * 3600 - 1)
    assert admin.rest("GET", "/limits").status_code == 200
    org.advance(2 * 3600)
    assert admin.rest("GET", "/limits").status_code == 401


def test_userinfo_and_identity(org: RunningOrg, admin: Caller) -> None:
    url = f"{org.url}/services/oauth2/userinfo"
    headers = {"Authorization": f"Bearer {admin.token}"}

    info = admin.http.get(url, headers=headers, timeout=10).json()
    identity = admin.http.get(info["sub"], headers=headers, timeout=10).json()

    assert info["organization_id"] == org.org_id
    assert info["preferred_username"] == identity["username"] == "admin@localorg.example"
    assert identity["user_id"] == info["user_id"]


def test_userinfo_with_a_bad_token(org: RunningOrg, admin: Caller) -> None:
    response = admin.http.get(f"{org.url}/services/oauth2/userinfo", timeout=10)

    assert (response.status_code, response.text) == (403, "Bad_OAuth_Token")


def test_revoked_is_revoked(org: RunningOrg, admin: Caller) -> None:
    url = f"{org.url}/services/oauth2/revoke"

    assert admin.http.post(url, data={"token": admin.token}, timeout=10).status_code == 200

    assert admin.rest("GET", "/limits").status_code == 401
    assert admin.http.post(url, data={"token": admin.token}, timeout=10).status_code == 400


def test_the_metadata_api_needs_a_permission(org: RunningOrg) -> None:
    caller = Caller(org, org.session("user@localorg.example").access_token)
    try:
        assert caller.fault("listMetadata") == "sf:INSUFFICIENT_ACCESS"
        assert caller.submit({}).status_code == 403
    finally:
        caller.http.close()


def test_unknown_identities(org: RunningOrg, admin: Caller) -> None:
    headers = {"Authorization": f"Bearer {admin.token}"}

    def text(path: str) -> str:
        return admin.http.get(f"{org.url}/id/{path}", headers=headers, timeout=10).text

    assert text("00DAA0000000001/005AA0000000001") == "Wrong_Org"
    assert text(f"{org.org_id}/005AA0000000001") == "Bad_Id"
    headers.clear()
    assert text(f"{org.org_id}/005AA0000000001") == "Bad_OAuth_Token"


def test_introspection(org: RunningOrg, admin: Caller) -> None:
    url = f"{org.url}/services/oauth2/introspect"

    known = admin.http.post(url, data={"token": admin.token}, timeout=10).json()
    unknown = admin.http.post(url, data={"token": "x"}, timeout=10).json()

    assert (known["active"], known["username"]) == (True, "admin@localorg.example")
    assert known["scope"] == "refresh_token api web"
    assert unknown == {"active": False}


def test_a_user_who_is_switched_off_has_no_session(org: RunningOrg, admin: Caller) -> None:
    user = Caller(org, org.session("user@localorg.example").access_token, http=admin.http)
    identifier = admin.id_of("User", "Alias = 'user'")
    assert user.rest("GET", "/limits").status_code == 200

    admin.rest("PATCH", f"/sobjects/User/{identifier}", json={"IsActive": False})

    assert user.rest("GET", "/limits").status_code == 401


@pytest.mark.parametrize("operation", ["getUserInfo", "login"])
def test_the_partner_api_has_login_only(org: RunningOrg, admin: Caller, operation: str) -> None:
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f"<{operation}><username>nobody@example.com</username></{operation}></e:Body></e:Envelope>"
    )

    answer = admin.http.post(f"{org.url}/services/Soap/u/60.0", data=envelope, timeout=10)

    assert answer.status_code == 500
    code = "INVALID_LOGIN" if operation == "login" else "UNKNOWN_EXCEPTION"
    assert f"<sf:exceptionCode>{code}</sf:exceptionCode>" in answer.text
    assert 'xmlns:sf="urn:fault.partner.soap.sforce.com"' in answer.text


def test_names_that_xml_cannot_contain(org: RunningOrg, admin: Caller) -> None:
    me = admin.id_of("User", "Alias = 'admin'")
    admin.rest("PATCH", f"/sobjects/User/{me}", json={"LastName": "A\u0000B"})

    admin.soap("describeMetadata")
    job = admin.soap("retrieve", "<request/>")[0].findtext(
        "{http://soap.sforce.com/2006/04/metadata}id"
    )
    admin.soap("checkRetrieveStatus", f"<asyncProcessId>{job}</asyncProcessId>")


# --- timeouts


def test_the_apps_session_timeout(admin: Caller) -> None:
    admin.deployed(app(sessionTimeoutInMinutes=15))
    user = Caller(admin.org, tokens(admin)["access_token"], http=admin.http)

    admin.org.advance(15 * 60 - 1)
    assert user.rest("GET", "/limits").status_code == 200
    admin.org.advance(15 * 60)
    assert user.rest("GET", "/limits").status_code == 401


def test_the_profiles_session_timeout(start: Start, call: Call, tmp_path: Any) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "orgs:\n- profiles:\n  - {name: System Administrator, permissions: [ModifyAllData],"
        " session_minutes: 30}\n  users:\n"
        "  - {username: a@example.com, profile: System Administrator}\n"
    )
    admin = call(start(seed=seed), "a@example.com")
    admin.org.advance(30 * 60)

    assert admin.rest("GET", "/limits").status_code == 401


def test_jwt_tokens_end_at_their_own_time(admin: Caller) -> None:
    admin.deployed(
        app({"isNamedUserJwtEnabled": True}, namedUserJwtTimeout=5, sessionTimeoutInMinutes=60)
    )
    token = tokens(admin)["access_token"]
    user = Caller(admin.org, token, http=admin.http)
    assert token.count(".") == 2

    admin.org.advance(4 * 60)
    assert user.rest("GET", "/limits").status_code == 200
    admin.org.advance(60)
    assert user.rest("GET", "/limits").status_code == 401
