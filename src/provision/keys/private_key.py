"""A private key file: it proves an app, and never leaves this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.keys.certificate import Certificate
from provision.keys.error import KeyFileError
from provision.keys.file import read_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["PrivateKey", "read_private_key"]

_ENCRYPTED_MARKS: Final = (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED")


class PrivateKey:
    """An RSA private key that can sign, and cannot be shown or copied out."""

    __slots__ = ("_key",)

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def __repr__(self) -> str:
        return f"<PrivateKey of {self._key.key_size} bits>"

    def __reduce__(self) -> str:
        raise TypeError("a private key is not to be pickled")

    def matches(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` certifies this key's public half."""
        from cryptography import x509
        from cryptography.exceptions import UnsupportedAlgorithm

        parsed = x509.load_der_x509_certificate(certificate.der)
        try:
            return parsed.public_key() == self._key.public_key()
        except (UnsupportedAlgorithm, ValueError):  # a kind of key that is not RSA
            return False

    def sign_rs256(self, claims: Mapping[str, object]) -> str:
        """``claims`` as a JSON Web Token signed with RS256, the one that Salesforce takes."""
        import jwt

        return jwt.encode(dict(claims), self._key, algorithm="RS256")


def read_private_key(path: Path, passphrase: str | None = None) -> PrivateKey:
    """The RSA key in a PEM file: PKCS#8, PKCS#1, or either of them encrypted.

    A passphrase for a key that is not encrypted is not used. Raises :class:`KeyFileError` if there
    is no such file, no RSA key in it, or the passphrase is missing or wrong.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = read_bytes(path, "private key")
    encrypted = any(mark in data for mark in _ENCRYPTED_MARKS)
    if encrypted and not passphrase:
        raise KeyFileError(
            f"the private key {path} is encrypted, and no passphrase was given",
            next_step="Give it as `private_key_passphrase: ${env:NAME}`.",
        )
    secret = passphrase.encode() if encrypted and passphrase else None
    try:
        key = load_pem_private_key(data, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unreadable(path, data, encrypted=encrypted) from error
    if not isinstance(key, RSAPrivateKey):
        raise KeyFileError(
            f"the private key {path} is not an RSA key; Salesforce verifies RS256 alone",
            next_step="Make an RSA pair with `provision keys new NAME`.",
        )
    return PrivateKey(key)


def _unreadable(path: Path, data: bytes, *, encrypted: bool) -> KeyFileError:
    if encrypted:
        return KeyFileError(
            f"the private key {path} does not open: wrong passphrase, or damaged",
            next_step="Check the passphrase.",
        )
    if b"-----BEGIN CERTIFICATE-----" in data and b"PRIVATE KEY-----" not in data:
        return KeyFileError(
            f"{path} holds a certificate, not a private key",
            next_step="Name the .key file of the pair.",
        )
    return KeyFileError(
        f"{path} is not a private key in PEM form (PKCS#8 or PKCS#1)",
        next_step="Convert it with `openssl pkcs8 -topk8 -nocrypt`, or make a new pair with "
        "`provision keys new NAME`.",
    )
