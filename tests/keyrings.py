"""A stand-in for the optional package keyring."""

import sys
import types

__all__ = ["fake_keyring"]


def fake_keyring(monkeypatch, **behaviour) -> dict[tuple[str, str], str]:
    """The package keyring as its documentation has it."""
    kept: dict[tuple[str, str], str] = {}
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})
    package = types.ModuleType("keyring")
    package.errors = errors
    package.set_password = behaviour.get("keep") or (
        lambda service, name, text: kept.__setitem__((service, name), text)
    )
    package.get_password = lambda service, name: kept.get((service, name))
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return kept
