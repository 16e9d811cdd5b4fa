"""Secret login: the client credentials flow, with the app's consumer secret, as its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.apply.token_use import used
from provision.catalogue.canonical import fold_name
from provision.errors import CannotError, LoginRefused, OrgError
from provision.org.credentials import CredentialsReader, Pair
from provision.org.oauth import Token, client_credentials_grant
from provision.org.org import ReadableOrg, with_username
from provision.org.session import Session
from provision.plan.facts import ActualApp
from provision.spec.model import ClientCredentials

__all__ = ["NoLogin", "SecretLogin", "login_with_own_secret", "secret_login"]

_REACHED_BY: Final = "the proof's client credentials login"


@dataclass(frozen=True, slots=True)
class NoLogin:
    """Why a login was not made, and what would let it."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SecretLogin:
    """A login with the key and the secret of ``pair``, whose token should be that of ``run_as``."""

    org: ReadableOrg
    pair: Pair
    run_as: str

    def token(self) -> Token:
        """Log in. Raises :class:`OrgError`."""
        # On the My Domain URL alone (OBS): the session's own.
        host = self.org.session.instance_url
        return client_credentials_grant(self.org.http, host, self.pair.key, self.pair.secret)

    def make(self) -> tuple[str, str]:
        """Log in, and use the token: whose it is, as far as the org tells, and what it did.

        Raises :class:`OrgError`; a token that is somebody else's is one, since the run-as user may
        have been changed a moment ago.
        """
        token = self.token()
        # Not every token's scopes let the org tell whose it is.
        session = Session(token.instance_url, token.access_token, _REACHED_BY)
        username = with_username(session, self.org.http).username
        if username and fold_name(username) != fold_name(self.run_as):
            raise LoginRefused(
                f"the token is that of {username}, and the spec says run_as {self.run_as}"
            )
        detail = used(token, self.org)
        return username, detail if username else f"{detail}; the org does not tell whose it is"


def secret_login(
    flow: ClientCredentials, actual: ActualApp, org: ReadableOrg
) -> SecretLogin | NoLogin:
    """The login that ``flow`` allows: with the secret of the spec, else with the org's own.

    The org is asked as it is: nothing is opened for it. Most orgs give no secrets.
    """
    if flow.secret is not None:
        return SecretLogin(org, Pair(actual.consumer_key, flow.secret), flow.run_as)
    return login_with_own_secret(actual, org, flow.run_as)


def login_with_own_secret(
    actual: ActualApp, org: ReadableOrg, run_as: str = ""
) -> SecretLogin | NoLogin:
    """The login with the secret that the org gives, where it gives any."""
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
