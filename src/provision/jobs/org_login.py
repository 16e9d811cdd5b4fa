"""Choosing a login: from ``--org``, the environment, or the `sf` CLI's default org."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.errors import CannotError
from provision.jobs.login_environment import CREDENTIALS, LoginEnvironment
from provision.org.clock import Clock
from provision.org.login.checks import login_host_doubt
from provision.org.login.flows import ClientCredentialsLogin, JwtLogin, TokenLogin
from provision.org.login.sf_cli import SfCliLogin, target_org
from provision.org.session import Login
from provision.redaction import register
from provision.secret.secret import Secret

__all__ = ["Chosen", "choose_login"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A login, and the name of the org that it leads to. ``doubt`` is what may be wrong with it."""

    name: str
    login: Login
    doubt: str = ""


def choose_login(name: str, environ: Mapping[str, str], clock: Clock) -> Chosen:
    """The login for the org called ``name``; without a name, for the default org.

    The default is, in this order: a token in the environment (``SF_ACCESS_TOKEN`` and
    ``SF_INSTANCE_URL``), an app in the environment (``PROVISION_CLIENT_ID`` and what belongs to
    it), ``SF_TARGET_ORG``, the `sf` CLI's ``target-org``. Raises :class:`CannotError` if there is
    none of these.
    """
    if name:
        return Chosen(name, SfCliLogin(name))
    found = LoginEnvironment(environ)
    register(*map(found.text, CREDENTIALS))
    login = _token_login(found) or _app_login(found, clock)
    if login is not None:
        return login
    alias = environ.get("SF_TARGET_ORG", "") or target_org()
    if not alias:
        raise CannotError(
            "no org: there is no --org, no session in the environment, and the sf CLI has no "
            "target-org",
            next_step="Try --org local, name an org that `sf org list` shows, or set "
            "SF_ACCESS_TOKEN and SF_INSTANCE_URL.",
        )
    return Chosen(alias, SfCliLogin(alias))


def _token_login(login: LoginEnvironment) -> Chosen | None:
    token = login.token("SF_ACCESS_TOKEN")
    if not token:
        return None
    url = login.token_url("SF_INSTANCE_URL", "SF_ACCESS_TOKEN is set")
    return Chosen(url, TokenLogin(url, token, "SF_ACCESS_TOKEN"))


def _app_login(login: LoginEnvironment, clock: Clock) -> Chosen | None:
    client_id = login.consumer_key("PROVISION_CLIENT_ID")
    if not client_id:
        return None
    url = login.login_url("PROVISION_INSTANCE_URL", "PROVISION_CLIENT_ID is set")
    found = login_host_doubt(url)
    doubt = f"PROVISION_INSTANCE_URL: {found}" if found else ""
    secret = login.text("PROVISION_CLIENT_SECRET")
    if secret:
        return Chosen(url, ClientCredentialsLogin(url, client_id, Secret(secret)), doubt)
    because = "PROVISION_CLIENT_ID is set and PROVISION_CLIENT_SECRET is not"
    key_file = login.key_file(because)
    username = login.username("PROVISION_USERNAME", because)
    from provision.keys.private_key import read_private_key

    key = read_private_key(key_file, login.environ.get("PROVISION_PRIVATE_KEY_PASSPHRASE"))
    jwt = JwtLogin(
        instance_url=url,
        client_id=client_id,
        username=username,
        sign=key.sign_rs256,
        clock=clock,
        audience=login.audience("PROVISION_AUDIENCE"),
    )
    return Chosen(url, jwt, doubt)
