"""Pair: makes a private key and its self-signed certificate, as files."""

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
    """Write ``NAME.key`` (PKCS#8, which only its owner can read) and ``NAME.crt``.

    Returns their paths. ``subject`` is a name in RFC 4514 form or a common name. The certificate is
    valid from ``now`` (aware) for ``days`` days. With a ``passphrase`` the key is encrypted. Both
    files are written or none, and no file is ever overwritten. Raises :class:`KeyFileError` if one
    of them exists or cannot be written, or if the pair cannot be made.
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
    """The paths of a pair."""

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
    """Write a new pair at ``place``, where neither file may exist. See :func:`new_pair`."""
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
    """Write a certificate for the private key that exists at ``place``.

    Raises :class:`KeyFileError` as :func:`new_pair` does, and if the key cannot be read.
    """
    builder = _own(_validity(days, now), subject_name(subject))
    key = read_private_key(place.private_key, passphrase)
    write_new({place.certificate: NewFile(key.sign_certificate(builder))})


def _validity(days: int, now: datetime) -> CertificateBuilder:
    from cryptography import x509

    if days < 1:
        raise KeyFileError(
            f"a certificate for {days} days would never be valid", next_step="Use 1 day or more."
        )
    start = now.astimezone(UTC).replace(microsecond=0)  # X.509 counts whole seconds
    try:
        end = start + timedelta(days=days)
        return x509.CertificateBuilder().not_valid_before(start).not_valid_after(end)
    except (OverflowError, ValueError) as error:
        raise KeyFileError(
            f"a certificate cannot be valid for {days} days", next_step="Use fewer days."
        ) from error


def _own(builder: CertificateBuilder, name: Name) -> CertificateBuilder:
    """A certificate of ``name`` that is issued by ``name`` itself."""
    from cryptography import x509

    return (
        builder.subject_name(name)
        .issuer_name(name)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
