"""From a fleet's entry to a way into its org."""

from __future__ import annotations

import json

from provision.errors import CannotError
from provision.fleet.fleet import FleetOrg, Reached
from provision.fleet.model import ClientCredentialsEntry, JwtEntry, LoginEntry, TokenEntry
from provision.keys.private_key import read_private_key
from provision.org.clock import Clock
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import ClientCredentialsLogin, JwtLogin, TokenLogin
from provision.org.login.sf_cli import SfCliLogin
from provision.org.session import Login
from provision.secret.secret import Secret

__all__ = ["kept_as", "login_of"]


def login_of(org: FleetOrg, reached: Reached, clock: Clock) -> Login:
    """The login of an org. Raises :class:`CannotError` for a private key that cannot be read."""
    match reached.login:
        case None:
            return SfCliLogin(org.name)
        case LoginEntry(sf=str() as alias):
            return SfCliLogin(alias)
        case LoginEntry(token=TokenEntry() as token):
            source = f"the token of {org.name} in the fleet"
            return TokenLogin(InstanceUrl(token.instance_url), token.access_token, source)
        case LoginEntry(client_credentials=ClientCredentialsEntry() as entry):
            return ClientCredentialsLogin(
                InstanceUrl(entry.instance_url), entry.client_id, Secret(entry.client_secret)
            )
        case LoginEntry(jwt=JwtEntry() as entry):
            return _jwt(entry, clock)
        case _:
            raise CannotError(f"{org.position}: {org.name} has no login")


def kept_as(login: LoginEntry | None) -> str:
    """What a session of ``login`` is kept as: its org, app and user, and nothing else.

    Empty where these are not ours to tell: a token is somebody else's, and an alias of the `sf`
    CLI, which keeps its own sessions, may mean another org tomorrow.
    """
    match login:
        case LoginEntry(client_credentials=ClientCredentialsEntry() as entry):
            return json.dumps([entry.instance_url, entry.client_id])
        case LoginEntry(jwt=JwtEntry() as entry):
            return json.dumps([entry.instance_url, entry.client_id, entry.username])
        case _:
            return ""


def _jwt(entry: JwtEntry, clock: Clock) -> JwtLogin:
    key = read_private_key(entry.private_key, entry.private_key_passphrase)
    return JwtLogin(
        instance_url=InstanceUrl(entry.instance_url),
        client_id=entry.client_id,
        username=entry.username,
        sign=key.sign_rs256,
        clock=clock,
        audience=entry.audience or "",
    )
