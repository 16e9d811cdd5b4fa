"""Sessions that need no login, for the program itself and for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.errors import CannotError
from provision.localorg.domain.people import user_by_username, username_of
from provision.localorg.domain.realm import Realm
from provision.localorg.oauth.client import PLATFORM_CLI, find_client
from provision.localorg.oauth.issue import issue_access
from provision.localorg.seed import ADMIN

__all__ = ["ReadySession", "ready_session"]


@dataclass(frozen=True, slots=True)
class ReadySession:
    """A session that needed no login."""

    access_token: str = field(repr=False)
    username: str
    user_id: str
    org_id: str


def ready_session(realm: Realm, username: str = "") -> ReadySession:
    """A session of a user; by default the administrator, or the first user of the first org.

    Raises :class:`CannotError` for a user that no org has.
    """
    name = username or _first_username(realm)
    found = username_of(realm.default, name)
    org = realm.org(found[0]) if found else None
    user = user_by_username(org, name) if org else None
    if org is None or user is None:
        raise CannotError(f"no org here has a user {name}")
    client = find_client(realm, org, PLATFORM_CLI)
    token = issue_access(client, user, client.scopes)
    return ReadySession(token, str(user["Username"]), str(user["Id"]), org.id)


def _first_username(realm: Realm) -> str:
    org = realm.default
    if user_by_username(org, ADMIN) is not None:
        return ADMIN
    return str(org.records.all("User")[0]["Username"])
