"""A new pair: a private key and its self-signed certificate, on disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from provision.keys.creation import NewFile, check_free, key_pem, new_key, subject_name, write_new
from provision.keys.file import KeyFileError
from provision.keys.private_key import PrivateKey, read_private_key

if TYPE_CHECKING:
    from cryptography.x509 import CertificateBuilder, Name

__all__ = ["PairPlace", "new_pair", "write_certificate", "write_pair"]


def new_pair(
    name: str,
    directory: Path,
    *,
    bits: int = 2048,
    subject: str,
    days: int = 365,
    now: datetime,
    passphrase: str | None = None,
) -> tuple[Path, Path]:
    """Write ``NAME.key`` (PKCS#8, for its owner alone) and ``NAME.crt``; their paths.

    ``subject`` is a name as of RFC 4514 or a common name; the certificate holds from ``now``
    (aware) for ``days`` days; with a ``passphrase`` the key is encrypted. Both files are written
    or none, and no file is ever overwritten. Raises :class:`KeyFileError` if one of them exists,
    cannot be written, or the pair cannot be made.
    """
    key_path, certificate_path = check_free(directory, name, (".key", ".crt"))
    write_pair(
        PairPlace(key_path, certificate_path),
        bits=bits,
        subject=subject,
        days=days,
        now=now,
        passphrase=passphrase,
    )
    return key_path, certificate_path


@dataclass(frozen=True, slots=True)
class PairPlace:
    """Where a pair is to be."""

    private_key: Path
    certificate: Path


def write_pair(
    place: PairPlace,
    *,
    bits: int = 2048,
    subject: str,
    days: int = 365,
    now: datetime,
    passphrase: str | None = None,
) -> None:
    """Write a new pair at ``place``, where neither file is; for the rest as :func:`new_pair`."""
    builder = _own(_validity(days, now), subject_name(subject))
    key = new_key(bits)
    write_new(
        {
            place.private_key: NewFile(key_pem(key, passphrase), private=True),
            place.certificate: NewFile(PrivateKey(key).sign_certificate(builder)),
        }
    )


def write_certificate(
    place: PairPlace, *, subject: str, days: int = 365, now: datetime, passphrase: str | None = None
) -> None:
    """Write the certificate of a private key that is at ``place`` already.

    Raises :class:`KeyFileError` as :func:`new_pair` does, and for a key that cannot be read.
    """
    builder = _own(_validity(days, now), subject_name(subject))
    key = read_private_key(place.private_key, passphrase)
    write_new({place.certificate: NewFile(key.sign_certificate(builder))})


def _validity(days: int, now: datetime) -> CertificateBuilder:
    from cryptography import x509

    if days < 1:
        raise KeyFileError(
            f"a certificate for {days} days would never hold", next_step="Use 1 day or more."
        )
    start = now.astimezone(UTC).replace(microsecond=0)  # X.509 counts whole seconds
    try:
        end = start + timedelta(days=days)
        return x509.CertificateBuilder().not_valid_before(start).not_valid_after(end)
    except (OverflowError, ValueError) as error:
        raise KeyFileError(
            f"a certificate cannot hold for {days} days", next_step="Use fewer days."
        ) from error


def _own(builder: CertificateBuilder, name: Name) -> CertificateBuilder:
    """A certificate of ``name`` that says itself that it is of ``name``."""
    from cryptography import x509

    return (
        builder.subject_name(name)
        .issuer_name(name)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
