"""Sessions: what an access token allows, and sessions that need no login."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.catalogue.org_settings import CONNECTED_APP_SETTINGS
from provision.errors import CannotError
from provision.localorg.domain.org import Org, Orgs
from provision.localorg.domain.people import (
    ADMIN,
    has_permission,
    is_frozen,
    user_by_username,
    username_of,
)
from provision.localorg.domain.settings import is_enabled
from provision.localorg.oauth.client import PLATFORM_CLI, Client, client_of_app, find_client
from provision.localorg.oauth.error import OAuthError
from provision.localorg.oauth.tokens import issue_access
from provision.localorg.store.rows import Row
from provision.localorg.store.tokens import Token, TokenFormat, TokenKind

__all__ = ["ReadySession", "Session", "ready_session", "session_of"]

_API_SCOPES = frozenset({"api", "full"})


@dataclass(frozen=True, slots=True)
class Session:
    """Who makes a request: an org, a user, and the access token."""

    org: Org
    user: Row
    token: Token
    admin_approved: bool = False

    @property
    def user_id(self) -> str:
        """The user's id."""
        return str(self.user["Id"])

    @property
    def may_use_api(self) -> bool:
        """Whether REST and SOAP accept the token. It depends on its scopes, user and app.

        DOC: with API Access Control on, only an app that an admin approved may call the API,
        unless the user has Use Any API Client.
        """
        if _API_SCOPES.isdisjoint(self.token.scopes) or not self._has("ApiEnabled"):
            return False
        controlled = is_enabled(self.org, CONNECTED_APP_SETTINGS, "enableAdminApprovedAppsOnly")
        return not controlled or self.admin_approved or self._has("UseAnyApiClient")

    def _has(self, permission: str) -> bool:
        return has_permission(self.org, self.user_id, permission)


def session_of(orgs: Orgs, text: str) -> Session | None:
    """The session of an access token, or ``None`` if it is unknown, expired or revoked.

    Using a session extends it once half of its time has passed (DOC).
    """
    token = orgs.default.tokens.find(text)
    org = orgs.org(token.org) if token else None
    if token is None or org is None or token.kind is not TokenKind.ACCESS:
        return None
    user = org.records.get("User", token.user)
    if user is None or not user["IsActive"] or is_frozen(org, token.user):
        return None
    try:
        client = client_of_app(org, token.app)
    except OAuthError:  # an admin has blocked the app
        return None
    timeout = 60 * _timeout_minutes(org, client, user, token)
    idle = org.clock.now() - token.used
    if idle >= timeout:
        org.tokens.revoke(token)
        return None
    if idle >= timeout / 2 and token.format is TokenFormat.OPAQUE:
        token = org.tokens.touch(token, org.clock.now())
    return Session(org, user, token, client is not None and client.admin_approved)


def _timeout_minutes(org: Org, client: Client | None, user: Row, token: Token) -> int:
    """The app's session timeout, then the profile's, then the org's (DOC).

    JWTs have a timeout of their own in the app's policy (DOC).
    """
    policies = client.policies if client else {}
    name = "sessionTimeoutInMinutes"
    if token.format is TokenFormat.JWT:
        name = "namedUserJwtTimeout"
    app_minutes = policies.get(name)
    if isinstance(app_minutes, int):
        return app_minutes
    profile = org.records.get("Profile", str(user["ProfileId"]))
    profile_minutes = profile.get("$SessionMinutes") if profile else None
    if isinstance(profile_minutes, int) and profile_minutes > 0:
        return profile_minutes
    return org.info.session_minutes


@dataclass(frozen=True, slots=True)
class ReadySession:
    """A session that needed no login: its access token, and whose it is."""

    access_token: str = field(repr=False)
    username: str
    user_id: str
    org_id: str


def ready_session(orgs: Orgs, username: str = "") -> ReadySession:
    """A session of a user. The default is the administrator, or else the first org's first user.

    Raises :class:`CannotError` for a user that no org has.
    """
    name = username or _first_username(orgs)
    found = username_of(orgs.default, name)
    org = orgs.org(found[0]) if found else None
    user = user_by_username(org, name) if org else None
    if org is None or user is None:
        raise CannotError(f"no org of this server has a user {name}")
    client = find_client(orgs, org, PLATFORM_CLI)
    token = issue_access(client, user, client.scopes)
    return ReadySession(token, str(user["Username"]), str(user["Id"]), org.id)


def _first_username(orgs: Orgs) -> str:
    org = orgs.default
    if user_by_username(org, ADMIN) is not None:
        return ADMIN
    return str(org.records.all("User")[0]["Username"])
