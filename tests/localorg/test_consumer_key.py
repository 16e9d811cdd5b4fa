"""Consumer keys: chosen on create, ignored afterwards, unique everywhere."""

import pytest

from provision.localorg import RunningOrg
from tests.localorg.caller import Caller, app_components
from tests.localorg.conftest import Call, Start

KEY = {"consumerKey": "AcmeChosenKey1"}


def test_a_chosen_key_is_accepted_on_create(admin: Caller) -> None:
    admin.deployed(app_components(settings=KEY))

    assert admin.settings()["consumerKey"] == "AcmeChosenKey1"


def test_a_chosen_key_may_be_refused(start: Start, call: Call) -> None:
    admin = call(start("consumer_key_on_create=refused"))

    assert "consumerKey" in admin.refused(app_components(settings=KEY))
    admin.deployed(app_components())
    assert admin.settings()["consumerKey"].startswith("3MVG9")


def test_a_chosen_key_may_be_ignored(start: Start, call: Call) -> None:
    admin = call(start("consumer_key_on_create=ignored"))

    admin.deployed(app_components(settings=KEY))

    assert admin.settings()["consumerKey"].startswith("3MVG9")


def test_a_changed_key_is_ignored_with_a_warning_on_a_success(admin: Caller) -> None:
    admin.deployed(app_components(settings=KEY))

    result = admin.deploy(app_components(settings={"consumerKey": "AnotherKey123"}))

    assert result["status"] == "Succeeded"
    [warned] = [m for m in result["details"]["componentSuccesses"] if m["problem"]]
    assert "couldn't update your OAuth link" in warned["problem"]
    assert admin.settings()["consumerKey"] == "AcmeChosenKey1"


def test_the_same_key_again_and_no_key_are_both_fine(admin: Caller) -> None:
    admin.deployed(app_components(settings=KEY))
    for again in (KEY, {}):
        result = admin.deploy(app_components(settings=again))
        assert not [m for m in result["details"]["componentSuccesses"] if m["problem"]]
    assert admin.settings()["consumerKey"] == "AcmeChosenKey1"


def test_a_key_is_taken_once(admin: Caller) -> None:
    admin.deployed(app_components(settings=KEY))

    refusal = admin.refused(app_components("Other", settings=KEY))

    assert refusal == "DUPLICATE_VALUE: The consumer key is already taken."


@pytest.mark.parametrize("key", ["short", "with blank 12345", "x" * 257])
def test_a_key_has_8_to_256_letters_and_digits(admin: Caller, key: str) -> None:
    assert "8 to 256" in admin.refused(app_components(settings={"consumerKey": key}))


@pytest.mark.parametrize("flag", ["shouldRotateConsumerKey", "shouldRotateConsumerSecret"])
def test_rotation_needs_ignore_warnings(admin: Caller, flag: str) -> None:
    admin.deployed(app_components(settings=KEY))

    assert "ignoreWarnings" in admin.refused(app_components(settings={flag: True}))
    admin.deployed(app_components(settings={flag: True}), ignoreWarnings=True)

    rotated = admin.settings()["consumerKey"] != "AcmeChosenKey1"
    assert rotated is (flag == "shouldRotateConsumerKey")
    assert admin.settings()[flag] == "false"


@pytest.mark.parametrize(
    ("quirk", "works"), [("supplied_secret=ignored", False), ("supplied_secret=stored", True)]
)
def test_a_supplied_secret(start: Start, call: Call, quirk: str, works: bool) -> None:
    org: RunningOrg = start(quirk)
    admin = call(org)
    admin.deployed(
        app_components(
            settings={
                **KEY,
                "consumerSecret": "TOPSECRET",
                "isClientCredentialsFlowEnabled": True,
            },
            policy={
                "clientCredentialsFlowUser": "ci@localorg.example",
                "isClientCredentialsFlowEnabled": True,
            },
        )
    )
    form = {"grant_type": "client_credentials", "client_secret": "TOPSECRET"}

    response = admin.token_request({**form, "client_id": KEY["consumerKey"]})

    assert (response.status_code == 200) is works
    if not works:
        assert response.json()["error_description"] == "invalid client credentials"
