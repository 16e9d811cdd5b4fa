"""Logins that need no other program: with a token, client credentials, or the JWT bearer flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

from provision.errors import LoginRefused
from provision.org.clock import Clock
from provision.org.instance_url import InstanceUrl
from provision.org.login.checks import known_of
from provision.org.oauth import (
    LOGIN_AUDIENCE,
    TEST_AUDIENCE,
    JwtClaims,
    Sign,
    Token,
    client_credentials_grant,
    jwt_bearer_grant,
)
from provision.org.session import Session
from provision.refusals.dictionary import next_step
from provision.refusals.refusal import Flow
from provision.secret.secret import Secret

__all__ = ["ClientCredentialsLogin", "JwtLogin", "TokenLogin", "audiences_for", "jwt_login"]


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


@dataclass(frozen=True, slots=True)
class ClientCredentialsLogin:
    """A consumer key and secret. The app's run-as user logs in."""

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


@dataclass(frozen=True, slots=True)
class JwtLogin:
    """A consumer key, a username and a private key's signature.

    If ``audience`` is empty, login, test and the instance URL are tried, in the `sf` CLI's order.
    """

    instance_url: InstanceUrl
    client_id: str
    username: str
    sign: Sign = field(repr=False)
    clock: Clock
    audience: str = ""
    ca_file: Path | None = None

    def open(self, http: requests.Session) -> Session:
        """Log in. Raises :class:`LoginRefused` or :class:`OrgUnreachable`."""
        audiences = (self.audience,) if self.audience else audiences_for(self.instance_url)
        claims = [JwtClaims(self.client_id, self.username, audience) for audience in audiences]
        try:
            token = jwt_login(http, self.instance_url, claims, self.sign, self.clock)
        except LoginRefused as error:
            raise LoginRefused(
                f"the JWT login of {self.username} was refused: {error.message}",
                code=error.code,
                next_step=next_step(error.message, Flow.JWT_BEARER, known_of(self.instance_url)),
            ) from error
        return Session(
            instance_url=token.instance_url,
            access_token=token.access_token,
            reached_by="JWT bearer flow",
            username=self.username,
            client_id=self.client_id,
            ca_file=self.ca_file,
            is_new=True,
        )


def jwt_login(
    http: requests.Session, host: InstanceUrl, claims: Sequence[JwtClaims], sign: Sign, clock: Clock
) -> Token:
    """Log in with the first of the ``claims`` whose audience the org accepts.

    Raises :class:`LoginRefused` or :class:`OrgUnreachable`.
    """
    *others, last = claims
    for one in others:
        try:
            return jwt_bearer_grant(http, host, one, sign, clock.time())
        except LoginRefused as error:
            if "audience" not in error.message.lower():
                raise
    return jwt_bearer_grant(http, host, last, sign, clock.time())


def audiences_for(instance_url: str) -> tuple[str, ...]:
    """The audiences to try, the likeliest first. A sandbox's My Domain contains ``.sandbox.``."""
    first, second = LOGIN_AUDIENCE, TEST_AUDIENCE
    if ".sandbox." in instance_url or ".scratch." in instance_url:
        first, second = second, first
    return (first, second, instance_url)
