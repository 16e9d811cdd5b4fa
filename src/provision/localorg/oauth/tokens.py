"""Tokens: how they are made and signed, and when a refresh token expires."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from provision.localorg.domain.org import Org, random_text
from provision.localorg.oauth.client import Client
from provision.localorg.store.database import Database
from provision.localorg.store.rows import Row
from provision.localorg.store.tokens import Token, TokenFormat, TokenKind

__all__ = [
    "Issued",
    "end_of_period",
    "expired",
    "issue_access",
    "issue_refresh",
    "jwks",
    "sign",
]


@dataclass(frozen=True, slots=True)
class Issued:
    """The result of a grant: an access token, perhaps a refresh token, and their user."""

    client: Client
    user: Row
    scopes: tuple[str, ...]
    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)


def _opaque_token(org: Org) -> str:
    """A session id: the org id, an exclamation mark, and random text."""
    return f"{org.short_id}!{random_text(96)}"


def issue_access(client: Client, user: Row, scopes: tuple[str, ...], parent: str = "") -> str:
    """Make an access token. ``parent`` is the id of the refresh token that it comes from."""
    if client.flag("isNamedUserJwtEnabled"):
        text, form = _jwt_token(client, user, scopes), TokenFormat.JWT
    else:
        text, form = _opaque_token(client.org), TokenFormat.OPAQUE
    _keep(client, user, scopes, text, TokenKind.ACCESS, parent=parent, form=form)
    return text


def _jwt_token(client: Client, user: Row, scopes: tuple[str, ...]) -> str:
    """DOC: with isNamedUserJwtEnabled access tokens are JWTs, with the scopes in ``scp``."""
    org = client.org
    now = int(org.clock.now())
    minutes = client.policies.get("namedUserJwtTimeout", org.info.session_minutes)
    claims = {
        "scp": " ".join(scopes),
        "aud": ["https://localhost"],
        "sub": f"uid:{user['Id']}",
        "iss": "https://localhost",
        "client_id": client.key,
        "mty": "oauth",
        "tnk": f"core/local/{org.id}",
        "jti": random_text(20),
        "iat": now,
        "nbf": now,
        "exp": now + 60 * int(str(minutes)),
    }
    return sign(org.database, claims)


def issue_refresh(
    client: Client, user: Row, scopes: tuple[str, ...], *, first_issued: float | None = None
) -> tuple[str, str]:
    """Make a refresh token. Returns it and its id. A rotated token keeps its ``first_issued``."""
    text = f"5Aep861{random_text(80)}"
    token = _keep(client, user, scopes, text, TokenKind.REFRESH, first_issued=first_issued)
    return text, token.id


def _keep(
    client: Client,
    user: Row,
    scopes: tuple[str, ...],
    text: str,
    kind: TokenKind,
    *,
    form: TokenFormat = TokenFormat.OPAQUE,
    parent: str = "",
    first_issued: float | None = None,
) -> Token:
    org = client.org
    now = org.clock.now()
    token = Token(
        org.database.new_id("0CQ"),
        kind,
        org.id,
        client.app,
        str(user["Id"]),
        scopes,
        form,
        now,
        now,
        now if first_issued is None else first_issued,
        parent,
    )
    org.tokens.put(text, token)
    return token


_KEY: Final = "signing-key"
_KEY_ID: Final = "local"
_EXPONENT: Final = 65537
_BITS: Final = 2048


def sign(database: Database, claims: Mapping[str, Any], kind: str = "JWT") -> str:
    """A JWT with these claims, signed with the server's key (RS256)."""
    headers = {"kid": _KEY_ID, "typ": kind}
    return jwt.encode(dict(claims), _key(database), "RS256", headers=headers)


def jwks(database: Database) -> dict[str, Any]:
    """The public key, in the format in which clients fetch it."""
    public = json.loads(RSAAlgorithm.to_jwk(_key(database).public_key()))
    return {"keys": [{**public, "kid": _KEY_ID, "alg": "RS256", "use": "sig"}]}


def _key(database: Database) -> rsa.RSAPrivateKey:
    """The server's key. It is made when it is first needed, and stored in the database."""
    text = database.setting(_KEY)
    if text is None:
        key = rsa.generate_private_key(_EXPONENT, _BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        database.keep(_KEY, pem.decode())
        return key
    loaded = serialization.load_pem_private_key(text.encode(), None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("the signing key in the database is not an RSA key")
    return loaded


_SECONDS = {"Hours": 3600, "Days": 24 * 3600}


def expired(client: Client, token: Token) -> bool:
    """Whether a refresh token has expired by the policy of its client (DOC: read at each use)."""
    kind = client.policies.get("refreshTokenPolicyType", "Infinite")
    if kind == "Infinite":
        return False
    if kind == "Zero":
        return True
    start = token.first_issued if kind == "SpecificLifetime" else token.used
    period = client.policies.get("refreshTokenValidityPeriod")
    unit = client.policies.get("refreshTokenValidityUnit")
    if not isinstance(period, int) or not isinstance(unit, str):
        return False
    return client.org.clock.now() >= end_of_period(start, period, unit)


def end_of_period(start: float, period: int, unit: str) -> float:
    """``start`` plus a period of hours, days or calendar months, in seconds since 1970."""
    if unit in _SECONDS:
        return start + period * _SECONDS[unit]
    moment = datetime.fromtimestamp(start, UTC)
    months = moment.year * 12 + moment.month - 1 + period
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day).timestamp()
