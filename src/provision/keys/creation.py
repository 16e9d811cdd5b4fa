"""Creation: a new RSA key, its subject, and its files."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.keys.file import KeyFileError
from provision.keys.private_key import LEAST_BITS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Name

__all__ = ["NewFile", "check_free", "key_pem", "new_key", "subject_name", "write_new"]

_MOST_BITS: Final = 4096  # DOC: the longest key of a certificate that Setup accepts

_FULL: Final = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=")
_LONGEST_COMMON_NAME: Final = 64  # RFC 5280, ub-common-name
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644
_ELSEWHERE: Final = "Name a directory that you can write to."


def new_key(bits: int) -> RSAPrivateKey:
    """A new key of ``bits`` bits. Raises :class:`KeyFileError` for a length that is not allowed."""
    if bits < LEAST_BITS:
        raise KeyFileError(
            f"a key of {bits} bits is too short for RS256",
            next_step=f"Use {LEAST_BITS} bits or more.",
        )
    if bits > _MOST_BITS:
        raise KeyFileError(
            f"a key of {bits} bits is longer than Salesforce accepts",
            next_step=f"Use {_MOST_BITS} bits or fewer.",
        )
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_pem(key: RSAPrivateKey, passphrase: str | None) -> bytes:
    """``key`` as PKCS#8 in PEM, encrypted if there is a passphrase."""
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


def subject_name(text: str) -> Name:
    """``text`` as an X.509 name: in RFC 4514 form (``CN=ci,O=Acme``), or only a common name.

    Raises :class:`KeyFileError`.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    if _FULL.match(text):
        try:
            # RFC 4514 has no name for this attribute; this is OpenSSL's.
            return x509.Name.from_rfc4514_string(text, {"emailAddress": NameOID.EMAIL_ADDRESS})
        except ValueError as error:
            raise KeyFileError(
                f"the subject {text!r} is not a name in RFC 4514 form",
                next_step="Write it as in CN=ci,OU=Platform,O=Acme,C=CH, with a backslash before "
                "a comma or an equals sign that belongs to a value.",
            ) from error
    if not 1 <= len(text) <= _LONGEST_COMMON_NAME:
        raise KeyFileError(
            f"the subject {text!r} is not a common name",
            next_step=f"Use 1 to {_LONGEST_COMMON_NAME} characters.",
        )
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True, slots=True)
class NewFile:
    """The content of a new file. Only its owner can read a private one."""

    content: bytes = field(repr=False)
    private: bool = False


def check_free(directory: Path, name: str, suffixes: tuple[str, ...]) -> list[Path]:
    """The paths of the new files. Raises :class:`KeyFileError` if one of them exists."""
    if not _FILE_NAME.fullmatch(name):
        raise KeyFileError(
            f"{name!r} is not a name for a pair",
            next_step="Use letters, digits, dots, dashes and underscores.",
        )
    paths = [directory / f"{name}{suffix}" for suffix in suffixes]
    for path in paths:
        if os.path.lexists(path):
            raise _in_the_way(path)
    return paths


def write_new(files: Mapping[Path, NewFile]) -> None:
    """Write all files, none of which may exist, or none. Raises :class:`KeyFileError`."""
    made: list[Path] = []
    complete = False
    try:
        for path, file in files.items():
            _write(path, file, made)
        complete = True
    finally:
        if not complete:
            for path in made:
                path.unlink(missing_ok=True)


def _write(path: Path, file: NewFile, made: list[Path]) -> None:
    """Write one file, and add it to ``made`` as soon as it exists."""
    mode = _PRIVATE if file.private else _PUBLIC
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: does not write to a file or a link that has appeared at this path.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        made.append(path)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content)
            opened.flush()
            os.fsync(
                descriptor
            )  # the certificate goes to an org next, so its key must survive a crash
    except FileExistsError as error:
        raise _in_the_way(Path(error.filename or path)) from error
    except OSError as error:  # an error of a write names no file, unlike that of an open
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise KeyFileError(
            f"{error.filename or path} cannot be written: {error.strerror}",
            next_step="Make room on the disk." if is_full else _ELSEWHERE,
        ) from error


def _in_the_way(path: Path) -> KeyFileError:
    return KeyFileError(
        f"{path} exists, and keys are never overwritten; nothing was written",
        next_step=f"Choose another name than {path.stem}, or move the old pair away first.",
    )
