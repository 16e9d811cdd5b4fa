"""A certificate file, and what can be said of it without an org."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from provision.keys.error import KeyFileError
from provision.keys.file import read_bytes

__all__ = ["Certificate", "read_certificate"]

_PEM_MARK: Final = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 certificate: its DER bytes, and what they say.

    ``subject`` is in RFC 4514 form, the two times are aware and in UTC, ``fingerprint`` is SHA-256
    in upper-case hexadecimal pairs with colons, as openssl prints it.
    """

    der: bytes
    subject: str
    not_before: datetime
    not_after: datetime
    fingerprint: str


def read_certificate(path: Path) -> Certificate:
    """The certificate in a PEM or DER file; of a PEM chain the first, which is the leaf.

    Raises :class:`KeyFileError` if there is no such file, or no certificate in it.
    """
    data = read_bytes(path, "certificate")
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        start = data.find(_PEM_MARK)
        if start >= 0:
            parsed = x509.load_pem_x509_certificate(data[start:])
        else:
            parsed = x509.load_der_x509_certificate(data)
        return Certificate(
            der=parsed.public_bytes(Encoding.DER),
            subject=parsed.subject.rfc4514_string(),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            fingerprint=parsed.fingerprint(SHA256()).hex(":").upper(),
        )
    except ValueError as error:
        raise _not_a_certificate(path, data) from error


def _not_a_certificate(path: Path, data: bytes) -> KeyFileError:
    if b"PRIVATE KEY-----" in data:
        return KeyFileError(
            f"{path} holds a private key, not a certificate",
            next_step="Name the .crt file of the pair; a private key never goes to an org.",
        )
    if b"CERTIFICATE REQUEST-----" in data:
        return KeyFileError(
            f"{path} holds a certificate request, not a certificate",
            next_step="Name the certificate that was signed from it.",
        )
    return KeyFileError(
        f"{path} is not a certificate: it is neither PEM nor DER",
        next_step="Name a certificate, or make a pair with `provision keys new NAME`.",
    )
