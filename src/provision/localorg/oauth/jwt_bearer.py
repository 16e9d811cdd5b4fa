"""The JWT bearer flow: an assertion, really checked against the app's certificate."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Final

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from provision.localorg.domain.people import user_by_username, username_of
from provision.localorg.oauth.access import admit_without_asking
from provision.localorg.oauth.client import Client, find_client
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.oauth.grant import TokenRequest
from provision.localorg.oauth.issue import Issued, issue_access

__all__ = ["jwt_bearer"]

_AUDIENCES: Final = ("https://login.salesforce.com", "https://test.salesforce.com")
# OBS: with the api scope alone the flow is refused; one of these must stand beside it.
_OFFLINE_SCOPES: Final = frozenset({"refresh_token", "offline_access", "web", "full"})


def jwt_bearer(request: TokenRequest) -> Issued:
    """Tokens for the user that a signed assertion names. Raises :class:`OAuthError`."""
    assertion = request.form.get("assertion", "")
    claims = _claims(assertion)
    username = str(claims.get("sub", ""))
    found = username_of(request.realm.default, username)
    org = request.org or (request.realm.org(found[0]) if found else None)
    client = find_client(request.realm, org, str(claims.get("iss", "")))
    _check_audience(request, claims)
    _check_expiry(client, claims)
    _check_signature(client, assertion)
    user = user_by_username(client.org, username)
    if user is None:
        raise OAuthError(OAuthRefusal.NOT_APPROVED)
    scopes = client.scopes_for(request.form.get("scope"))
    if _OFFLINE_SCOPES.isdisjoint(client.scopes):
        raise OAuthError(OAuthRefusal.NO_REFRESH_SCOPE)
    admit_without_asking(client, user)
    return Issued(client, user, scopes, issue_access(client, user, scopes))


def _claims(assertion: str) -> Mapping[str, object]:
    """What an assertion claims, not checked yet: the key to check it with hangs on the issuer."""
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
    # simple-salesforce sends a string of seconds; the sf CLI sends milliseconds, which orgs take
    # for seconds of a far future (org-protocol 3.1).
    try:
        expiry = float(str(claims.get("exp")))
    except ValueError as error:
        raise OAuthError(OAuthRefusal.BAD_ASSERTION) from error
    # Who signs goes by this machine's clock, which does not move when the org's is moved.
    clock = client.org.clock
    if expiry <= clock.now() - clock.offset:
        raise OAuthError(OAuthRefusal.EXPIRED_CODE)


def _check_signature(client: Client, assertion: str) -> None:
    if not client.certificate:  # OBS: the answer after a redeploy had cleared it
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
    except jwt.InvalidTokenError as error:  # OBS: what a wrong certificate gives
        raise OAuthError(OAuthRefusal.BAD_CREDENTIALS) from error
