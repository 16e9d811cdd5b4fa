"""OAuth clients, and who may use them. A client is an app, or the PlatformCLI of every org."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Value
from provision.catalogue.field import MetadataType
from provision.catalogue.scope import granted, scope_of
from provision.localorg.domain.grants import is_granted
from provision.localorg.domain.org import Org, Orgs
from provision.localorg.domain.people import has_permission, is_frozen
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.quirks import SwitchedOffApp, UnapprovedUser
from provision.localorg.store.consumers import Consumer
from provision.localorg.store.rows import Row

__all__ = [
    "PLATFORM_CLI",
    "Client",
    "check_access",
    "check_approved_access",
    "client_of_app",
    "find_client",
]

PLATFORM_CLI: Final = "PlatformCLI"

_FULL: Final = "full"
_SYNONYMS: Final = {"offline_access": "refresh_token"}


@dataclass(frozen=True, slots=True)
class Client:
    """One OAuth client of one org.

    ``app`` is the record id of its app (``PlatformCLI`` for the client that every org has).
    ``scopes`` are OAuth names. ``secrets`` are those that work now: after a rotation the old one
    works beside the new one for a while.
    """

    org: Org
    app: str
    name: str
    key: str
    secrets: tuple[str, ...] = field(repr=False)
    scopes: tuple[str, ...]
    callbacks: tuple[str, ...]
    settings: Mapping[str, Value]
    policies: Mapping[str, Value]

    @property
    def is_platform(self) -> bool:
        """Whether this is the client that every org has."""
        return self.app == PLATFORM_CLI

    @property
    def admin_approved(self) -> bool:
        """Whether an admin decides who may use the client, instead of each user."""
        return self.policies.get("permittedUsersPolicyType") == "AdminApprovedPreAuthorized"

    @property
    def certificate(self) -> str:
        """The certificate in base64, empty if the JWT bearer flow is off."""
        return str(self.settings.get("certificate", ""))

    def flag(self, name: str) -> bool:
        """Whether a flag of the global settings is on."""
        return self.settings.get(name) is True

    def check_secret(self, secret: str) -> None:
        """Raise :class:`OAuthError` if the secret does not work."""
        if not any(hmac.compare_digest(secret.encode(), s.encode()) for s in self.secrets):
            raise OAuthError(OAuthRefusal.BAD_CREDENTIALS)

    def accepts_redirect(self, uri: str) -> bool:
        """Whether a redirect URI is a callback URL. PlatformCLI accepts any port of localhost."""
        if self.is_platform:
            parts = urlsplit(uri)
            return parts.hostname == "localhost" and parts.path == "/OauthRedirect"
        return uri in self.callbacks

    def scopes_for(self, requested: str | None) -> tuple[str, ...]:
        """The scopes of a token: the requested ones, or else all. Raises :class:`OAuthError`."""
        if not self.scopes:
            raise OAuthError(OAuthRefusal.NO_SCOPES)
        if not requested:
            return self.scopes
        names = requested.split()
        have = {_SYNONYMS.get(name, name) for name in self.scopes}
        wanted = {_SYNONYMS.get(name, name) for name in names}
        # DOC: full includes everything except the refresh token.
        in_full = wanted - {"refresh_token"} if _FULL in have else set()
        if wanted - have - in_full:
            raise OAuthError(OAuthRefusal.BAD_SCOPE)
        return tuple(names)


def find_client(orgs: Orgs, org: Org | None, key: str) -> Client:
    """The client with a consumer key. Raises :class:`OAuthError`.

    ``org`` is the org that the request names, if it names one. The key of an app in another org of
    this server is refused as not installed (OBS).
    """
    if key == PLATFORM_CLI:
        return _platform(org or orgs.default)
    consumer = orgs.default.consumers.with_key(key)
    secrets: tuple[str, ...] = ()
    if consumer is None:
        consumer, secrets = _by_retired_key(orgs, key)
    owner = orgs.org(consumer.org) if consumer else None
    if consumer is None or owner is None or not _propagated(owner, consumer):
        raise OAuthError(OAuthRefusal.UNKNOWN_CLIENT)
    if org is not None and owner is not org:
        raise OAuthError(OAuthRefusal.NOT_INSTALLED)
    return _client(owner, consumer, key, secrets or _secrets(owner, consumer))


def _by_retired_key(orgs: Orgs, key: str) -> tuple[Consumer | None, tuple[str, ...]]:
    """DOC: after a rotation the old pair is in the staging slot, and works for 30 more days."""
    consumers = orgs.default.consumers
    pair = consumers.staged_with_key(key)
    if pair is None or pair.state != "Rotated" or pair.expires <= orgs.clock.now():
        return None, ()
    return consumers.with_id(pair.consumer), (pair.secret,)


def _secrets(org: Org, consumer: Consumer) -> tuple[str, ...]:
    pair = org.consumers.staged_of(consumer.id)
    same_key = pair is not None and pair.key == consumer.key and pair.state == "Rotated"
    if pair is not None and same_key and pair.expires > org.clock.now():
        return (consumer.secret, pair.secret)
    return (consumer.secret,)


def _propagated(org: Org, consumer: Consumer) -> bool:
    # OBS: the token endpoint does not know a new app for some minutes.
    return org.clock.now() >= consumer.minted + org.quirks.propagation_seconds


def _platform(org: Org) -> Client:
    return Client(
        org,
        PLATFORM_CLI,
        PLATFORM_CLI,
        PLATFORM_CLI,
        (),
        ("refresh_token", "api", "web"),
        (),
        {},
        {},
    )


def client_of_app(org: Org, app: str) -> Client | None:
    """The client of an app, given by its record id, or ``None`` if the app no longer exists.

    Raises :class:`OAuthError` if the app is blocked.
    """
    if app == PLATFORM_CLI:
        return _platform(org)
    consumer = org.consumers.of_app(app)
    if consumer is None:
        return None
    return _client(org, consumer, consumer.key, _secrets(org, consumer))


def _client(org: Org, consumer: Consumer, key: str, secrets: tuple[str, ...]) -> Client:
    app = org.components.by_id(EXTERNAL_CLIENT_APPLICATION, consumer.app)
    if app is None:
        raise OAuthError(OAuthRefusal.UNKNOWN_CLIENT)
    name = app.component.full_name
    settings = _fields(org, GLOBAL_OAUTH_SETTINGS, name)
    tokens = split_names(
        str(_fields(org, OAUTH_SETTINGS, name).get("commaSeparatedOauthScopes", ""))
    )
    general = _fields(org, POLICIES, name)
    if general.get("isEnabled") is False or general.get("isOauthPluginEnabled") is False:
        if org.quirks.switched_off_app is SwitchedOffApp.OAUTH_FLOW_DISABLED:
            raise OAuthError(OAuthRefusal.SWITCHED_OFF)
        raise OAuthError(OAuthRefusal.BLOCKED)
    return Client(
        org,
        consumer.app,
        name,
        key,
        secrets,
        tuple(_names(tokens)),
        split_urls(str(settings.get("callbackUrl", ""))),
        settings,
        _fields(org, OAUTH_POLICIES, name),
    )


def _names(tokens: Iterable[str]) -> list[str]:
    """The OAuth names of scope tokens, in their order. A token can stand for several names."""
    names: list[str] = []
    for token in tokens:
        implied = sorted(granted([token]) - {token})
        for meaning in (token, *implied):
            scope = scope_of(meaning)
            name = scope.names[0] if scope else meaning
            if name not in names:
                names.append(name)
    return names


def _fields(org: Org, metadata_type: MetadataType, app: str) -> Mapping[str, Value]:
    """OBS: for some minutes after a change, logins still use an app's old settings."""
    moment = org.clock.now() - org.quirks.propagation_seconds
    return org.components.fields_at(metadata_type, app, moment)


def check_access(client: Client, user: Row) -> None:
    """Raise :class:`OAuthError` if a user may not use a client.

    DOC: a user with Use Any API Client may use every app, even one for admin-approved users only.
    """
    user_id = str(user["Id"])
    if not user["IsActive"] or is_frozen(client.org, user_id):
        raise OAuthError(OAuthRefusal.INACTIVE_USER)
    if not client.admin_approved or has_permission(client.org, user_id, "UseAnyApiClient"):
        return
    if not is_granted(client.org, client.app, user):
        # Reports disagree on the error (OBS), so it is a quirk.
        if client.org.quirks.unapproved_user is UnapprovedUser.INVALID_GRANT:
            raise OAuthError(OAuthRefusal.NOT_APPROVED)
        raise OAuthError(OAuthRefusal.NOT_ADMIN_APPROVED)


def check_approved_access(client: Client, user: Row) -> None:
    """As :func:`check_access`, for a login without a browser: the user must have approved the app.

    OBS: with AllSelfAuthorized, a JWT login cannot work without a browser.
    """
    check_access(client, user)
    approved = client.org.tokens.approved(client.org.id, client.app, str(user["Id"]))
    if not client.admin_approved and not client.is_platform and not approved:
        raise OAuthError(OAuthRefusal.NOT_APPROVED)
