"""The grants of the token endpoint: from what a client presents to tokens."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.localorg.domain.org import Org
from provision.localorg.domain.people import user_by_username
from provision.localorg.domain.realm import Realm
from provision.localorg.oauth.access import admit
from provision.localorg.oauth.client import Client, find_client
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.oauth.issue import Issued, issue_access, issue_refresh
from provision.localorg.oauth.validity import expired
from provision.localorg.store.records import Row
from provision.localorg.store.tokens import Token, TokenKind

__all__ = ["TokenRequest", "authorization_code", "client_credentials", "refresh"]

_CODE_SECONDS = 15 * 60  # DOC: an authorization code expires after 15 minutes


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One request of the token endpoint. ``org`` is the one that its host names, if any."""

    realm: Realm
    org: Org | None
    form: Mapping[str, str] = field(repr=False)
    authorization: str = field(repr=False, default="")
    base_url: str = ""

    def credentials(self) -> tuple[str, str]:
        """Client id and secret, from the Basic header or from the form (both are sent)."""
        scheme, _, encoded = self.authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                text = base64.b64decode(encoded, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError) as error:
                raise OAuthError(OAuthRefusal.BAD_CREDENTIALS) from error
            client_id, _, secret = text.partition(":")
            return client_id, secret
        return self.form.get("client_id", ""), self.form.get("client_secret", "")


def client_credentials(request: TokenRequest) -> Issued:
    """The client credentials flow: the app acts as the user that its policy names."""
    if "scope" in request.form:  # OBS
        raise OAuthError(OAuthRefusal.SCOPE_PARAMETER)
    key, secret = request.credentials()
    client = find_client(request.realm, request.org, key)
    client.check_secret(secret)
    if not client.flag("isClientCredentialsFlowEnabled"):
        raise OAuthError(OAuthRefusal.FLOW_OFF)
    username = str(client.policies.get("clientCredentialsFlowUser", ""))
    user = user_by_username(client.org, username) if username else None
    if user is None or client.policies.get("isClientCredentialsFlowEnabled") is not True:
        raise OAuthError(OAuthRefusal.NO_RUN_AS_USER)
    admit(client, user)
    scopes = client.scopes_for(None)
    return Issued(client, user, scopes, issue_access(client, user, scopes))


def authorization_code(request: TokenRequest) -> Issued:
    """The second half of the web server flow: a code, and the verifier of its challenge."""
    key, secret = request.credentials()
    code = request.realm.default.tokens.take_code(request.form.get("code", ""))
    if code is None:
        raise OAuthError(OAuthRefusal.BAD_CODE)
    org = request.realm.org(code.org)
    client = find_client(request.realm, org, key)
    if client.app != code.app:
        raise OAuthError(OAuthRefusal.BAD_CODE)
    if client.org.clock.now() - code.issued > _CODE_SECONDS:
        raise OAuthError(OAuthRefusal.EXPIRED_CODE)
    if request.form.get("redirect_uri", "") != code.redirect:
        raise OAuthError(OAuthRefusal.BAD_REDIRECT)
    secret_needed = not client.is_platform and not client.flag("isConsumerSecretOptional")
    if secret_needed or secret:
        client.check_secret(secret)
    if code.challenge:
        _verify(code.challenge, request.form.get("code_verifier", ""))
    user = _user(client, code.user)
    admit(client, user)
    return _with_refresh(client, user, code.scopes)


def _verify(challenge: str, verifier: str) -> None:
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(expected.encode(), challenge.rstrip("=").encode()):
        raise OAuthError(OAuthRefusal.BAD_CODE_VERIFIER)


def _with_refresh(client: Client, user: Row, scopes: tuple[str, ...]) -> Issued:
    wants_refresh = {"refresh_token", "offline_access"} & set(scopes)
    if not wants_refresh or client.policies.get("refreshTokenPolicyType") == "Zero":
        return Issued(client, user, scopes, issue_access(client, user, scopes))
    refresh_text, refresh_id = issue_refresh(client, user, scopes)
    access = issue_access(client, user, scopes, parent=refresh_id)
    return Issued(client, user, scopes, access, refresh_text)


def refresh(request: TokenRequest) -> Issued:
    """A new access token for a refresh token, while the app's policy lets it live."""
    key, secret = request.credentials()
    presented = request.form.get("refresh_token", "")
    token = request.realm.default.tokens.find(presented)
    org = request.realm.org(token.org) if token else request.org
    client = find_client(request.realm, org, key)
    if token is None or token.kind is not TokenKind.REFRESH or token.app != client.app:
        # A rotated token that comes back was stolen, or its client is broken: Salesforce revokes
        # the current refresh token of the family and all its access tokens (help 005316711).
        request.realm.default.tokens.revoke_family(presented)
        raise OAuthError(OAuthRefusal.EXPIRED_TOKEN)
    if client.flag("isSecretRequiredForRefreshToken") or secret:
        client.check_secret(secret)
    if expired(client, token):
        client.org.tokens.revoke(token)
        raise OAuthError(OAuthRefusal.EXPIRED_TOKEN)
    user = _user(client, token.user)
    admit(client, user)
    return _refreshed(client, user, token, _narrowed(token, request.form.get("scope")))


def _narrowed(token: Token, requested: str | None) -> tuple[str, ...]:
    if not requested:
        return token.scopes
    wanted = tuple(requested.split())
    if not set(wanted) <= set(token.scopes):
        raise OAuthError(OAuthRefusal.BAD_SCOPE)
    return wanted


def _refreshed(client: Client, user: Row, token: Token, scopes: tuple[str, ...]) -> Issued:
    tokens = client.org.tokens
    if not client.flag("isRefreshTokenRotationEnabled"):
        tokens.touch(token, client.org.clock.now())
        access = issue_access(client, user, scopes, parent=token.id)
        return Issued(client, user, scopes, access)
    keeps_age = client.flag("isEnforceRefreshTokenTTL")
    text, refresh_id = issue_refresh(
        client, user, token.scopes, first_issued=token.first_issued if keeps_age else None
    )
    tokens.rotate(token, refresh_id)
    return Issued(client, user, scopes, issue_access(client, user, scopes, parent=refresh_id), text)


def _user(client: Client, user_id: str) -> Row:
    user = client.org.records.get("User", user_id)
    if user is None:
        raise OAuthError(OAuthRefusal.NOT_APPROVED)
    return user
