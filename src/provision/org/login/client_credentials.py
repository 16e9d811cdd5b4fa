"""Login with the client credentials flow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import requests

from provision.errors import LoginRefused
from provision.org.instance_url import InstanceUrl
from provision.org.login.login_host import known_of
from provision.org.oauth import client_credentials_grant
from provision.org.session import Session
from provision.refusals.dictionary import next_step
from provision.refusals.refusal import Flow
from provision.secret import Secret

__all__ = ["ClientCredentialsLogin"]


@dataclass(frozen=True, slots=True)
class ClientCredentialsLogin:
    """A consumer key and secret; the app's run-as user is who logs in."""

    instance_url: InstanceUrl
    client_id: str
    client_secret: Secret
    ca_file: Path | None = None

    def open(self, http: requests.Session) -> Session:
        """Log in. Raises :class:`LoginRefused` or :class:`OrgUnreachable`."""
        try:
            token = client_credentials_grant(
                http, self.instance_url, self.client_id, self.client_secret
            )
        except LoginRefused as error:
            raise LoginRefused(
                f"the client credentials login was refused: {error.message}",
                code=error.code,
                next_step=next_step(
                    error.message, Flow.CLIENT_CREDENTIALS, known_of(self.instance_url)
                ),
            ) from error
        return Session(
            instance_url=token.instance_url,
            access_token=token.access_token,
            reached_by="client credentials flow",
            client_id=self.client_id,
            ca_file=self.ca_file,
            is_new=True,
        )
