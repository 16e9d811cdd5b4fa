"""Session: access to one org, and the interface of the logins that open one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import requests

from provision.errors import LoginRefused
from provision.org.instance_url import InstanceUrl
from provision.redaction import register

__all__ = ["Login", "Session", "is_jwt_format"]

_TOKEN: Final = re.compile(r"[!-~]+\Z")
_OPAQUE: Final = re.compile(r"(00D\w{12,15})!")


@dataclass(frozen=True, slots=True)
class Session:
    """An access token for an org, and the user that it belongs to. The token is never shown.

    ``username`` is empty if the login did not tell. ``client_id`` is the consumer key of the app
    that the session came from, empty if unknown. ``ca_file`` is the PEM of an org with a
    self-signed certificate (the local org). ``is_new`` is true if this run logged in for it.
    """

    instance_url: InstanceUrl
    access_token: str = field(repr=False)
    reached_by: str
    username: str = ""
    client_id: str = ""
    ca_file: Path | None = None
    is_new: bool = False

    def __post_init__(self) -> None:
        """Raises :class:`LoginRefused` for an invalid instance URL or access token."""
        register(self.access_token)
        object.__setattr__(self, "instance_url", InstanceUrl(self.instance_url))
        if not _TOKEN.match(self.access_token) or "://" in self.access_token:
            raise LoginRefused(
                f"the access token of {self.reached_by} is empty, or not a token at all",
                next_step="Look for spaces and line feeds in it, and whether it is a URL.",
            )

    @property
    def org_id(self) -> str:
        """The org id that the token itself names, empty for a JWT-format token."""
        opaque = _OPAQUE.match(self.access_token)
        return opaque.group(1) if opaque else ""


class Login(Protocol):
    """One way to get a session."""

    def open(self, http: requests.Session) -> Session:
        """Log in. Raises :class:`LoginRefused` or :class:`OrgUnreachable`."""
        ...


def is_jwt_format(access_token: str) -> bool:
    """Whether a token is JWT-format. With one, an org lists no metadata below API 68 (OBS)."""
    return access_token.startswith("eyJ")
