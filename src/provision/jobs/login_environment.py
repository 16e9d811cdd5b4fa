"""The variables of the environment that a login is made of. No message quotes a value of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.keys.file import is_there
from provision.org.instance_url import InstanceUrl, InstanceUrlRefused
from provision.org.login.checks import (
    audience_fault,
    consumer_key_fault,
    login_host_fault,
    token_host_fault,
    username_fault,
)
from provision.sensitive_text import sensitive_kind

__all__ = ["CREDENTIALS", "LoginEnvironment"]

CREDENTIALS: Final = (
    "SF_ACCESS_TOKEN",
    "PROVISION_CLIENT_SECRET",
    "PROVISION_PRIVATE_KEY_PASSPHRASE",
    "PROVISION_SESSION_KEY",
)
"""The variables whose values are secrets."""

_KEY: Final = "PROVISION_PRIVATE_KEY"


@dataclass(frozen=True, slots=True)
class LoginEnvironment:
    """Reads the variables of a login, and holds each to what it must be.

    Every reader raises :class:`CannotError` with the variable's name and without its value: people
    put a key where its path is due, or exchange a token and a URL.
    """

    environ: Mapping[str, str] = field(repr=False)

    def text(self, name: str) -> str:
        """The value of ``name`` without spaces around it, empty if there is none."""
        return self.environ.get(name, "").strip()

    def needed(self, name: str, because: str) -> str:
        """The value of ``name``, which is needed ``because`` of another."""
        value = self.text(name)
        if not value:
            raise CannotError(f"{name} is not set", next_step=f"Set it, since {because}.")
        return value

    def token_url(self, name: str, because: str) -> InstanceUrl:
        """The instance URL in ``name``, which a token is for."""
        return self._url(name, because, token_host_fault)

    def login_url(self, name: str, because: str) -> InstanceUrl:
        """The instance URL in ``name``, at which an app logs in."""
        return self._url(name, because, login_host_fault)

    def _url(self, name: str, because: str, host_fault: Callable[[str], str]) -> InstanceUrl:
        try:
            url = InstanceUrl(self.needed(name, because))
        except InstanceUrlRefused as error:
            raise CannotError(f"{name}: {error.message}", next_step=error.next_step) from None
        fault = host_fault(url)
        if fault:
            raise CannotError(
                f"{name}: {fault}",
                next_step="Set it to the My Domain URL, which Setup > My Domain shows.",
            )
        return url

    def token(self, name: str) -> str:
        """The access token in ``name``, empty if there is none."""
        value = self.text(name)
        if "://" in value or "-----BEGIN" in value or len(value.split()) > 1:
            raise CannotError(
                f"{name} holds something else than an access token",
                next_step="Set it to the token alone, and SF_INSTANCE_URL to the org's URL.",
            )
        return value

    def consumer_key(self, name: str) -> str:
        """The consumer key in ``name``, empty if there is none."""
        return self._held(
            name, consumer_key_fault, "Set it to the app's consumer key, as Setup shows it."
        )

    def key_file(self, because: str) -> Path:
        """The path in ``PROVISION_PRIVATE_KEY``."""
        value = self.needed(_KEY, because)
        kind = sensitive_kind(value)
        if kind:
            raise CannotError(
                f"{_KEY} holds {kind}, where the path of the key's file is due",
                next_step=f"Write the key to a file (mode 0600), and set {_KEY} to its path. "
                "In GitLab, give the variable the type File.",
            )
        if not is_there(Path(value)):
            raise CannotError(
                f"{_KEY} is not the path of a file that is there",
                next_step="Set it to the path of the private key's file, from the current "
                "directory or from the root.",
            )
        return Path(value)

    def username(self, name: str, because: str) -> str:
        """The username in ``name``."""
        self.needed(name, because)
        return self._held(
            name, username_fault, "Set it to the username that logs in, as in ci@example.com."
        )

    def audience(self, name: str) -> str:
        """The audience in ``name``, empty if there is none."""
        return self._held(
            name,
            audience_fault,
            "Leave it out, or set it to https://login.salesforce.com, to "
            "https://test.salesforce.com, or to the org's URL.",
        )

    def _held(self, name: str, fault: Callable[[str], str], next_step: str) -> str:
        value = self.text(name)
        reason = fault(value) if value else ""
        if reason:
            raise CannotError(f"{name}: {reason}", next_step=next_step)
        return value
