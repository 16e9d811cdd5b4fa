"""Login with an access token that somebody else obtained."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import requests

from provision.org.instance_url import InstanceUrl
from provision.org.session import Session

__all__ = ["TokenLogin"]


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """A token and the instance URL that it is for; ``source`` says where they came from."""

    instance_url: InstanceUrl
    access_token: str = field(repr=False)
    source: str
    username: str = ""
    ca_file: Path | None = None

    def open(self, http: requests.Session) -> Session:  # noqa: ARG002  # the interface's
        """The session, unchecked: the first call to the org tells whether the token is good."""
        return Session(
            instance_url=self.instance_url,
            access_token=self.access_token,
            reached_by=self.source,
            username=self.username,
            ca_file=self.ca_file,
        )
