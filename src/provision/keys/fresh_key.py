"""A fresh RSA key, before it is a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.keys.error import KeyFileError
from provision.keys.private_key import LEAST_BITS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["key_pem", "new_key"]

_MOST_BITS: Final = 4096  # DOC: the longest key of a certificate that Setup takes


def new_key(bits: int) -> RSAPrivateKey:
    """A key of ``bits`` bits. Raises :class:`KeyFileError` for a length that is no use."""
    if bits < LEAST_BITS:
        raise KeyFileError(
            f"a key of {bits} bits is too short for RS256",
            next_step=f"Use {LEAST_BITS} bits or more.",
        )
    if bits > _MOST_BITS:
        raise KeyFileError(
            f"a key of {bits} bits is longer than Salesforce takes",
            next_step=f"Use {_MOST_BITS} bits or fewer.",
        )
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_pem(key: RSAPrivateKey, passphrase: str | None) -> bytes:
    """``key`` as PKCS#8 in PEM, encrypted where there is a passphrase."""
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        KeySerializationEncryption,
        NoEncryption,
        PrivateFormat,
    )

    how: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
