"""Where the key of cached sessions comes from."""

import sys

import pytest

from provision.errors import CannotError
from provision.org.session_cache import session_key
from tests.keyrings import fake_keyring

KEY = "PLANTED-key-of-somebody-0123456789abcdefghi="


def test_the_environment_comes_first(monkeypatch) -> None:
    kept = fake_keyring(monkeypatch)
    assert session_key({"PROVISION_SESSION_KEY": f" {KEY}\n"}).reveal() == KEY
    assert kept == {}


def test_a_keyring_gets_a_key_once_and_keeps_it(monkeypatch) -> None:
    kept = fake_keyring(monkeypatch)
    first = session_key({}).reveal()
    assert list(kept.values()) == [first]
    assert session_key({"PROVISION_SESSION_KEY": ""}).reveal() == first


def test_without_either_there_is_no_key(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(CannotError) as raised:
        session_key({})
    assert "PROVISION_SESSION_KEY" in raised.value.next_step


def test_a_keyring_that_keeps_nothing_gives_no_key(monkeypatch) -> None:
    fake_keyring(monkeypatch, keep=lambda *_: None)
    with pytest.raises(CannotError, match="keeps nothing"):
        session_key({})


def test_a_locked_keyring_does_not_reveal_a_key(monkeypatch) -> None:
    made = []

    def locked(service: str, name: str, text: str) -> None:
        made.append(text)
        raise sys.modules["keyring.errors"].KeyringError(text)

    fake_keyring(monkeypatch, keep=locked)
    with pytest.raises(CannotError, match="KeyringError") as raised:
        session_key({})
    assert made
    assert made[0] not in raised.value.message + raised.value.next_step
    assert raised.value.__cause__ is None
