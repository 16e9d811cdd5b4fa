"""JWTs that the org signs: named-user access tokens, and OpenID Connect id tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from provision.localorg.store.database import Database

__all__ = ["jwks", "sign"]

_KEY: Final = "signing-key"
_KEY_ID: Final = "local"
_EXPONENT: Final = 65537
_BITS: Final = 2048


def sign(database: Database, claims: Mapping[str, Any], kind: str = "JWT") -> str:
    """A JWT with these claims, signed with the server's key (RS256)."""
    headers = {"kid": _KEY_ID, "typ": kind}
    return jwt.encode(dict(claims), _key(database), "RS256", headers=headers)


def jwks(database: Database) -> dict[str, Any]:
    """The public key, as clients fetch it to check a signature."""
    public = json.loads(RSAAlgorithm.to_jwk(_key(database).public_key()))
    return {"keys": [{**public, "kid": _KEY_ID, "alg": "RS256", "use": "sig"}]}


def _key(database: Database) -> rsa.RSAPrivateKey:
    """The server's key, made when it is first needed, and kept in the database."""
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
