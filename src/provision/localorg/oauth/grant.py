"""The grants of the token endpoint: from what a client presents to tokens."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from provision.localorg.domain.org import Org, Orgs
from provision.localorg.domain.people import user_by_username, username_of
from provision.localorg.oauth.client import Client, check_access, check_approved_access, find_client
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.oauth.tokens import Issued, expired, issue_access, issue_refresh
from provision.localorg.store.rows import Row
from provision.localorg.store.tokens import Token, TokenKind

__all__ = [
    "TokenRequest",
    "authorization_code",
    "client_credentials",
    "jwt_bearer",
    "refresh",
]

_CODE_SECONDS = 15 * 60  # DOC: an authorization code expires after 15 minutes


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request to the token endpoint. ``org`` is the org that its host names, if any."""

    orgs: Orgs
    org: Org | None
    form: Mapping[str, str] = field(repr=False)
    authorization: str = field(repr=False, default="")
    base_url: str = ""

    def credentials(self) -> tuple[str, str]:
        """Client id and secret. Clients send them in the Basic header or in the form."""
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
    """The client credentials flow: the app acts as the user in its policy."""
    if "scope" in request.form:  # OBS
        raise OAuthError(OAuthRefusal.SCOPE_PARAMETER)
    key, secret = request.credentials()
    client = find_client(request.orgs, request.org, key)
    client.check_secret(secret)
    if not client.flag("isClientCredentialsFlowEnabled"):
        raise OAuthError(OAuthRefusal.FLOW_OFF)
    username = str(client.policies.get("clientCredentialsFlowUser", ""))
    user = user_by_username(client.org, username) if username else None
    if user is None or client.policies.get("isClientCredentialsFlowEnabled") is not True:
        raise OAuthError(OAuthRefusal.NO_RUN_AS_USER)
    check_access(client, user)
    scopes = client.scopes_for(None)
    return Issued(client, user, scopes, issue_access(client, user, scopes))


def authorization_code(request: TokenRequest) -> Issued:
    """The second half of the web server flow: a code, and the verifier for its PKCE challenge."""
    key, secret = request.credentials()
    code = request.orgs.default.tokens.take_code(request.form.get("code", ""))
    if code is None:
        raise OAuthError(OAuthRefusal.BAD_CODE)
    org = request.orgs.org(code.org)
    client = find_client(request.orgs, org, key)
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
    check_access(client, user)
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
    """A new access token for a refresh token that the app's policy has not expired."""
    key, secret = request.credentials()
    presented = request.form.get("refresh_token", "")
    token = request.orgs.default.tokens.find(presented)
    org = request.orgs.org(token.org) if token else request.org
    client = find_client(request.orgs, org, key)
    if token is None or token.kind is not TokenKind.REFRESH or token.app != client.app:
        # If a rotated token is used again, it was stolen, or the client is broken. Salesforce then
        # revokes the family's current refresh token and its access tokens (help 005316711).
        request.orgs.default.tokens.revoke_family(presented)
        raise OAuthError(OAuthRefusal.EXPIRED_TOKEN)
    if client.flag("isSecretRequiredForRefreshToken") or secret:
        client.check_secret(secret)
    if expired(client, token):
        client.org.tokens.revoke(token)
        raise OAuthError(OAuthRefusal.EXPIRED_TOKEN)
    user = _user(client, token.user)
    check_access(client, user)
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


_AUDIENCES: Final = ("https://login.salesforce.com", "https://test.salesforce.com")
# OBS: the flow is refused with the api scope alone. The app needs one of these as well.
_OFFLINE_SCOPES: Final = frozenset({"refresh_token", "offline_access", "web", "full"})


def jwt_bearer(request: TokenRequest) -> Issued:
    """The JWT bearer flow: tokens for the user that a signed assertion names."""
    assertion = request.form.get("assertion", "")
    claims = _claims(assertion)
    username = str(claims.get("sub", ""))
    found = username_of(request.orgs.default, username)
    org = request.org or (request.orgs.org(found[0]) if found else None)
    client = find_client(request.orgs, org, str(claims.get("iss", "")))
    _check_audience(request, claims)
    _check_expiry(client, claims)
    _check_signature(client, assertion)
    user = user_by_username(client.org, username)
    if user is None:
        raise OAuthError(OAuthRefusal.NOT_APPROVED)
    scopes = client.scopes_for(request.form.get("scope"))
    if _OFFLINE_SCOPES.isdisjoint(client.scopes):
        raise OAuthError(OAuthRefusal.NO_REFRESH_SCOPE)
    check_approved_access(client, user)
    return Issued(client, user, scopes, issue_access(client, user, scopes))


def _claims(assertion: str) -> Mapping[str, object]:
    """The claims of an assertion, not yet verified: which key to use depends on the issuer."""
    try:
        decoded = jwt.PyJWS().decode(assertion, options={"verify_signature": False})
        claims = json.loads(decoded)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise OAuthError(OAuthRefusal.BAD_ASSERTION) from error
    if not isinstance(claims, dict):
        raise OAuthError(OAuthRefusal.BAD_ASSERTION)
    return claims


def _check_audience(request: TokenRequest, claims: Mapping[str, object]) -> None:
    audience = claims.get("aud")
    wanted = audience if isinstance(audience, list) else [audience]
    known = {url.rstrip("/") for url in (*_AUDIENCES, request.base_url)}
    if not any(isinstance(url, str) and url.rstrip("/") in known for url in wanted):
        raise OAuthError(OAuthRefusal.BAD_AUDIENCE)


def _check_expiry(client: Client, claims: Mapping[str, object]) -> None:
    # simple-salesforce sends seconds as a string. The sf CLI sends milliseconds, which orgs read
    # as seconds in the far future (org-protocol 3.1).
    try:
        expiry = float(str(claims.get("exp")))
    except ValueError as error:
        raise OAuthError(OAuthRefusal.BAD_ASSERTION) from error
    # The client uses this machine's clock, which does not move with the org's clock.
    clock = client.org.clock
    if expiry <= clock.now() - clock.offset:
        raise OAuthError(OAuthRefusal.EXPIRED_CODE)


def _check_signature(client: Client, assertion: str) -> None:
    if not client.certificate:  # OBS: the error after a redeploy cleared the certificate
        raise OAuthError(OAuthRefusal.BAD_ASSERTION)
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(client.certificate))
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise OAuthError(OAuthRefusal.BAD_ASSERTION) from error
    if not isinstance(key, RSAPublicKey):
        raise OAuthError(OAuthRefusal.BAD_ASSERTION)
    try:
        jwt.PyJWS().decode(assertion, key=key, algorithms=["RS256"])
    except jwt.InvalidAlgorithmError as error:
        raise OAuthError(OAuthRefusal.BAD_ASSERTION) from error
    except jwt.InvalidTokenError as error:  # OBS: the error for a wrong certificate
        raise OAuthError(OAuthRefusal.BAD_CREDENTIALS) from error
