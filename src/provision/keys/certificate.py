"""Certificate: a certificate file, as far as it can be checked without an org."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.keys.file import KeyFileError, is_pkcs12, open_pkcs12, pem_blocks, read_bytes

if TYPE_CHECKING:
    from cryptography import x509

__all__ = ["Certificate", "is_der_certificate", "read_certificate"]

_LABELS: Final = frozenset(
    {"CERTIFICATE", "X509 CERTIFICATE"}
)  # RFC 7468, and old versions of openssl


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 certificate of an RSA key: its DER bytes, and their meaning.

    ``subject`` and ``issuer`` are in RFC 4514 form, the two times are aware and in UTC,
    ``fingerprint`` is SHA-256 in upper-case hexadecimal pairs with colons, as openssl prints it.
    """

    der: bytes
    subject: str
    not_before: datetime
    not_after: datetime
    fingerprint: str
    issuer: str
    serial: int
    bits: int

    def days_left(self, now: datetime) -> int:
        """Whole days from ``now`` (aware) to the end; negative after the end."""
        return (self.not_after - now).days


def read_certificate(
    path: Path,
    passphrase: str | None = None,
    *,
    belongs_to: Callable[[Certificate], bool] | None = None,
) -> Certificate:
    """The certificate in a PEM, DER or PKCS#12 file (only PKCS#12 may need the passphrase).

    Of a chain, in any order, it is the one for which ``belongs_to`` (``PrivateKey.matches``) is
    true, or else the leaf: the first one that issued none of the others. Raises
    :class:`KeyFileError` if there is no such file, or no certificate of an RSA key in it.
    """
    data = read_bytes(path, "certificate")
    try:
        chain = _chain(path, data, passphrase)
        leaf = _leaf(chain)
        if belongs_to is not None and len(chain) > 1:
            of_rsa = [each for each in map(_certificate, chain) if each is not None]
            for each in of_rsa:
                if belongs_to(each):
                    return each
        certificate = _certificate(leaf)
    except (ValueError, IndexError) as error:
        raise _not_a_certificate(path, data) from error
    if certificate is None:
        raise KeyFileError(
            f"{path} is not the certificate of an RSA key; Salesforce verifies JWTs with RS256",
            next_step="Make an RSA pair with `provision keys new NAME`.",
        )
    return certificate


def is_der_certificate(data: bytes) -> bool:
    """Whether ``data`` is one certificate in DER."""
    from cryptography import x509

    try:
        x509.load_der_x509_certificate(data)
    except ValueError:
        return False
    return True


def _chain(path: Path, data: bytes, passphrase: str | None) -> list[x509.Certificate]:
    """The certificates of a file in its order. The one that PKCS#12 marks comes first."""
    from cryptography import x509

    if is_pkcs12(data):
        opened = open_pkcs12(path, data, passphrase)
        marked = [opened.cert] if opened.cert else []
        return [each.certificate for each in (*marked, *opened.additional_certs)]
    blocks = pem_blocks(data)
    if blocks:
        return [x509.load_pem_x509_certificate(b.text) for b in blocks if b.label in _LABELS]
    return [x509.load_der_x509_certificate(data)]


def _leaf(chain: Sequence[x509.Certificate]) -> x509.Certificate:
    """Raises IndexError for an empty chain."""
    for each in chain:
        if not any(other.issuer == each.subject for other in chain if other is not each):
            return each
    return chain[0]


def _certificate(parsed: x509.Certificate) -> Certificate | None:
    """The certificate as a value, ``None`` if its key is not an RSA key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        key = parsed.public_key()
    except UnsupportedAlgorithm:
        return None
    if not isinstance(key, RSAPublicKey):
        return None
    return Certificate(
        der=parsed.public_bytes(Encoding.DER),
        subject=parsed.subject.rfc4514_string(),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        fingerprint=parsed.fingerprint(SHA256()).hex(":").upper(),
        issuer=parsed.issuer.rfc4514_string(),
        serial=parsed.serial_number,
        bits=key.key_size,
    )


def _not_a_certificate(path: Path, data: bytes) -> KeyFileError:
    if b"PRIVATE KEY-----" in data or _is_der_key(data):
        return KeyFileError(
            f"{path} holds a private key, not a certificate",
            next_step="Name the .crt file of the pair; a private key never goes to an org.",
        )
    if b"CERTIFICATE REQUEST-----" in data:
        return KeyFileError(
            f"{path} holds a certificate request, not a certificate",
            next_step="Name the certificate that was signed from it.",
        )
    if b"-----BEGIN PKCS7-----" in data:
        return KeyFileError(
            f"{path} is PKCS#7, not a certificate",
            next_step=f"Convert it: `openssl pkcs7 -print_certs -in {path.name} -out NAME.crt`.",
        )
    return KeyFileError(
        f"{path} is not a certificate: it is neither PEM nor DER nor PKCS#12",
        next_step="Name a certificate, or make a pair with `provision keys new NAME`.",
    )


def _is_der_key(data: bytes) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        load_der_private_key(data, None)
    except (ValueError, UnsupportedAlgorithm):
        return False
    except TypeError:  # encrypted: a key all the same
        return True
    return True
