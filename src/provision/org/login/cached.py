"""Login with the session of an earlier run, where it still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from provision.catalogue.catalogue import OLDEST_API
from provision.errors import CannotError, OrgUnreachable
from provision.org.http import translated
from provision.org.session import Login, Session
from provision.org.session_cache import SessionCache

__all__ = ["CachedLogin"]


@dataclass(frozen=True, slots=True)
class CachedLogin:
    """Another login, asked only when the cache has no session that the org takes.

    ``name`` is what the session is kept as: all that tells this login from others. ``say`` is told
    when the cache is of no use; the login itself then still is.
    """

    inner: Login
    cache: SessionCache
    name: str
    say: Callable[[str], None] = field(repr=False)

    def open(self, http: requests.Session) -> Session:
        """Log in, unless the earlier session holds. Raises :class:`OrgError`, as ``inner`` does."""
        session = self._kept(http)
        if session is None:
            session = self.inner.open(http)
            self._keep(session)
        return session

    def _kept(self, http: requests.Session) -> Session | None:
        """The session of an earlier run; one that the org refuses is thrown away.

        Where nobody answers, the instance URL or its certificate may have changed since: the other
        login knows, or says what is wrong.
        """
        try:
            session = self.cache.load(self.name)
            if session is None or _holds(session, http):
                return session
            self.cache.drop(self.name)
        except (CannotError, OrgUnreachable) as error:
            self.say(f"notice: logging in anew: {error.message}")
        return None

    def _keep(self, session: Session) -> None:
        try:
            self.cache.save(self.name, session)
        except CannotError as error:
            self.say(f"notice: the session is not kept for the next run: {error.message}")


def _holds(session: Session, http: requests.Session) -> bool:
    """Whether the org still takes the session: one call, which needs no permission of its own."""
    url = f"{session.instance_url}/services/data/v{OLDEST_API}.0/"
    headers = {"Authorization": f"Bearer {session.access_token}"}
    # A session for logins trusts no org's own certificate; this one is known from before.
    verify = True if session.ca_file is None else str(session.ca_file)
    response = translated(url, lambda: http.get(url, headers=headers, verify=verify))
    return bool(response.status_code != requests.codes.unauthorized)
