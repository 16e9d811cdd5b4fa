"""The keyring: the system's own store of secrets, if its package is installed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Protocol, cast

from provision.distribution import how_to_install
from provision.secret.secret import SinkError
from provision.secret.sink import Values, plain

__all__ = ["Keyring", "KeyringSink", "installed_keyring", "keyring_failure"]


class Keyring(Protocol):
    """The functions of the package that we use."""

    def set_password(self, service_name: str, username: str, password: str) -> None:
        """Keep a text."""
        ...

    def get_password(self, service_name: str, username: str) -> str | None:
        """A text that was kept, or ``None``."""
        ...


def installed_keyring() -> Keyring | None:
    """The package, ``None`` if it is not installed."""
    try:
        return cast("Keyring", importlib.import_module("keyring"))
    except ImportError:
        return None


def keyring_failure() -> type[Exception]:
    """The error of the package. Its text may quote the value that it was given."""
    return cast("type[Exception]", importlib.import_module("keyring.errors").KeyringError)


@dataclass(frozen=True, slots=True)
class KeyringSink:
    """Entries of one service, one for each value."""

    service: str

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"the keyring, service {self.service}"

    def check(self) -> None:
        """Raise :class:`SinkError` if the package is not installed."""
        _keyring()

    def put(self, values: Values) -> None:
        """Keep each value under its name. Raises :class:`SinkError`."""
        keyring = _keyring()
        failure = keyring_failure()
        for key, value in values.items():
            text = plain(value)
            try:
                keyring.set_password(self.service, key, text)
                kept = keyring.get_password(self.service, key) == text
            except failure as error:
                raise _not_kept(type(error).__name__) from None  # its text may quote the value
            if not kept:  # its null backend accepts everything and keeps nothing
                raise _not_kept("it keeps nothing")


def _keyring() -> Keyring:
    keyring = installed_keyring()
    if keyring is None:
        raise SinkError(
            "the package keyring is not installed",
            next_step=f"{how_to_install('keyring')} Or use a file: or cmd: sink.",
        )
    return keyring


def _not_kept(reason: str) -> SinkError:
    return SinkError(
        f"the keyring did not take the values: {reason}",
        next_step="See which backend `keyring diagnose` names; a machine without a desktop often "
        "has none. Or use a file: or cmd: sink.",
    )
