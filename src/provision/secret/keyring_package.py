"""The optional package keyring, which speaks to the keyring of the operating system."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

__all__ = ["Keyring", "installed_keyring", "keyring_failure"]


class Keyring(Protocol):
    """What we use of the package."""

    def set_password(self, service_name: str, username: str, password: str) -> None:
        """Keep a text."""
        ...

    def get_password(self, service_name: str, username: str) -> str | None:
        """A text that was kept, ``None`` where none was."""
        ...


def installed_keyring() -> Keyring | None:
    """The package, ``None`` if it is not installed."""
    try:
        return cast("Keyring", importlib.import_module("keyring"))
    except ImportError:
        return None


def keyring_failure() -> type[Exception]:
    """What the package raises. Its text may quote the value that it was given."""
    return cast("type[Exception]", importlib.import_module("keyring.errors").KeyringError)
