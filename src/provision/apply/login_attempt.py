"""Login attempts: how a proof logs in with an app, and how it uses the token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import requests

from provision.catalogue.canonical import fold_name
from provision.errors import CannotError, LoginRefused, OrgError
from provision.keys.private_key import PrivateKey
from provision.org.clock import Clock
from provision.org.credentials import CredentialsReader, Pair
from provision.org.failure import translated
from provision.org.login.flows import audiences_for, jwt_login
from provision.org.oauth import JwtClaims, Token, client_credentials_grant
from provision.org.org import ReadableOrg, with_username
from provision.org.session import Session
from provision.plan.facts import ActualApp
from provision.spec.model import ClientCredentials

__all__ = [
    "NO_KEY",
    "JwtLogin",
    "NoLogin",
    "SecretLogin",
    "login_with_own_secret",
    "secret_login",
]

_MOST_CHARACTERS: Final = 300
_REACHED_BY: Final = "the proof's client credentials login"


@dataclass(frozen=True, slots=True)
class NoLogin:
    """Why a login was not made, and what would make it possible."""

    why: str
    remedy: str


NO_KEY: Final = NoLogin(
    "the spec names no private key for a login",
    "Name oauth.jwt_bearer.private_key in the spec for a login, or a callback URL.",
)
"""No JWT login was made, since the spec has no private key."""


@dataclass(frozen=True, slots=True)
class JwtLogin:
    """A login of ``username`` by the JWT bearer flow, signed with ``key``."""

    org: ReadableOrg
    clock: Clock
    consumer_key: str
    key: PrivateKey
    username: str

    def token(self) -> Token:
        """Log in. Raises :class:`OrgError`."""
        host = self.org.session.instance_url
        claims = [
            JwtClaims(self.consumer_key, self.username, audience)
            for audience in audiences_for(host)
        ]
        return jwt_login(self.org.http, host, claims, self.key.sign_rs256, self.clock)

    def make(self) -> str:
        """Log in, use the token, and tell what it did. Raises :class:`OrgError`."""
        return _used(self.token(), self.org)


@dataclass(frozen=True, slots=True)
class SecretLogin:
    """A login with the key and the secret of ``pair``, whose token should be that of ``run_as``."""

    org: ReadableOrg
    pair: Pair
    run_as: str

    def token(self) -> Token:
        """Log in. Raises :class:`OrgError`."""
        # This flow works at the My Domain URL only (OBS), which is the session's own.
        host = self.org.session.instance_url
        return client_credentials_grant(self.org.http, host, self.pair.key, self.pair.secret)

    def make(self) -> tuple[str, str]:
        """Log in, use the token, and tell whose it is, if the org does, and what it did.

        Raises :class:`OrgError`, also for the token of another user: the run-as user may have
        been changed a moment ago.
        """
        token = self.token()
        # The scopes of some tokens do not let the org tell whose they are.
        session = Session(token.instance_url, token.access_token, _REACHED_BY)
        username = with_username(session, self.org.http).username
        if username and fold_name(username) != fold_name(self.run_as):
            raise LoginRefused(
                f"the token is that of {username}, and the spec says run_as {self.run_as}"
            )
        detail = _used(token, self.org)
        return username, detail if username else f"{detail}; the org does not tell whose it is"


def secret_login(
    flow: ClientCredentials, actual: ActualApp, org: ReadableOrg
) -> SecretLogin | NoLogin:
    """The login of ``flow``, with the secret of the spec, or else with the secret in the org.

    The org's setting is not opened for it, and most orgs give no secrets.
    """
    if flow.secret is not None:
        return SecretLogin(org, Pair(actual.consumer_key, flow.secret), flow.run_as)
    return login_with_own_secret(actual, org, flow.run_as)


def login_with_own_secret(
    actual: ActualApp, org: ReadableOrg, run_as: str = ""
) -> SecretLogin | NoLogin:
    """The login with the secret in the org, if the org gives it."""
    reader = CredentialsReader(org)
    try:
        return SecretLogin(org, reader.pair(reader.consumer(actual.app)), run_as)
    except (CannotError, OrgError) as error:
        return NoLogin(
            f"no client credentials login was made: {error.message.rstrip('.')}",
            "For a client credentials login, write the secret to a file with `provision "
            f"credentials show {actual.app} --open-setting --part secret --to file:PATH`, and "
            'give the spec oauth.client_credentials.secret: "${file:PATH}".',
        )


def _used(token: Token, org: ReadableOrg) -> str:
    """Call the API of ``org`` once if the scopes allow it, and tell the result in a sentence.

    Raises :class:`LoginRefused` if the org refuses the call, :class:`OrgUnreachable`.
    """
    path = f"/services/data/v{org.api_version}.0/"
    if not {"api", "full"} & set(token.scopes):
        scopes = " ".join(token.scopes) or "none"
        return f"token granted; no API call, since its scopes ({scopes}) allow none"
    url = f"{token.instance_url}{path}"
    headers = {"Authorization": f"Bearer {token.access_token}"}
    response = translated(url, lambda: org.http.get(url, headers=headers))
    if response.status_code >= requests.codes.server_error:
        raise LoginRefused(
            f"the token was granted, and GET {path} failed with HTTP {response.status_code}: the "
            "org is busy, or down",
            next_step="Run `provision prove` again later, and see the org's status page.",
        )
    if response.status_code != requests.codes.ok:
        raise LoginRefused(
            f"the token was granted, and GET {path} refused: {response.text[:_MOST_CHARACTERS]}"
        )
    return f"token granted, GET {path} answered 200"
