"""A new pair: a private key and its self-signed certificate, on disk."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.keys.error import KeyFileError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

__all__ = ["new_pair"]

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LEAST_BITS: Final = 2048  # RFC 7518 section 3.3: RS256 takes no shorter key
_LONGEST_COMMON_NAME: Final = 64  # RFC 5280, ub-common-name
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644


def new_pair(
    name: str,
    directory: Path,
    *,
    bits: int = 2048,
    subject: str,
    days: int = 365,
    now: datetime,
) -> tuple[Path, Path]:
    """Write ``NAME.key`` (PKCS#8, for its owner alone) and ``NAME.crt``; their paths.

    ``subject`` is the certificate's common name; it holds from ``now`` (aware) for ``days`` days.
    Both files are written or none, and no file is ever overwritten. Raises
    :class:`KeyFileError` if one of them exists, cannot be written, or the pair cannot be made.
    """
    _check(name, bits=bits, subject=subject, days=days)
    key_path, certificate_path = directory / f"{name}.key", directory / f"{name}.crt"
    for path in (key_path, certificate_path):
        if os.path.lexists(path):
            raise _in_the_way(path, name)
    key_pem, certificate_pem = _make(bits, subject, days, now)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write_both({key_path: (key_pem, _PRIVATE), certificate_path: (certificate_pem, _PUBLIC)})
    except FileExistsError as error:
        raise _in_the_way(Path(error.filename or directory), name) from error
    except OSError as error:
        raise KeyFileError(
            f"{error.filename or directory} cannot be written: {error.strerror}",
            next_step="Name a directory that you can write to.",
        ) from error
    return key_path, certificate_path


def _check(name: str, *, bits: int, subject: str, days: int) -> None:
    if not _FILE_NAME.fullmatch(name):
        raise KeyFileError(
            f"{name!r} is no name for a pair",
            next_step="Use letters, digits, dots, dashes and underscores.",
        )
    if bits < _LEAST_BITS:
        raise KeyFileError(
            f"a key of {bits} bits is too short for RS256",
            next_step=f"Use {_LEAST_BITS} bits or more.",
        )
    if days < 1:
        raise KeyFileError(
            f"a certificate for {days} days would never hold", next_step="Use 1 day or more."
        )
    if not 1 <= len(subject) <= _LONGEST_COMMON_NAME:
        raise KeyFileError(
            f"the subject {subject!r} is no common name",
            next_step=f"Use 1 to {_LONGEST_COMMON_NAME} characters.",
        )


def _in_the_way(path: Path, name: str) -> KeyFileError:
    return KeyFileError(
        f"{path} exists, and keys are never overwritten; nothing was written",
        next_step=f"Choose another name than {name}, or move the old pair away first.",
    )


def _make(bits: int, subject: str, days: int, now: datetime) -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key_pem, _certify(key, subject, days, now).public_bytes(Encoding.PEM)


def _certify(key: RSAPrivateKey, subject: str, days: int, now: datetime) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    start = now.astimezone(UTC).replace(microsecond=0)  # X.509 counts whole seconds
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    try:
        end = start + timedelta(days=days)
        builder = x509.CertificateBuilder().not_valid_before(start).not_valid_after(end)
    except (OverflowError, ValueError) as error:
        raise KeyFileError(
            f"a certificate cannot hold for {days} days", next_step="Use fewer days."
        ) from error
    return (
        builder.subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )


def _write_both(files: dict[Path, tuple[bytes, int]]) -> None:
    """Write every file, none of which exists; whatever stops it, take away those already made."""
    made: list[Path] = []
    complete = False
    try:
        for path, (content, mode) in files.items():
            # O_EXCL: whatever appeared at this path meanwhile, a link too, is not written to.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            made.append(path)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        complete = True
    finally:
        if not complete:
            for path in made:
                path.unlink(missing_ok=True)
