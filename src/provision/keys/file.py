"""Key files: their bytes, PEM blocks and PKCS#12 containers, or a reason with a next step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.errors import CannotError
from provision.sensitive_text import sensitive_kind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates

__all__ = [
    "KeyFileError",
    "PemBlock",
    "is_pkcs12",
    "is_there",
    "named",
    "open_pkcs12",
    "pem_blocks",
    "read_bytes",
]

_MAX_BYTES: Final = 1024 * 1024  # a chain of certificates has a few kilobytes
_SUFFIXES: Final = frozenset(
    {".key", ".pem", ".crt", ".cer", ".cert", ".csr", ".der", ".p8", ".p12", ".pfx"}
)
_UNNAMED: Final = "(not shown, since it may be a secret instead of a path)"
_BLOCK: Final = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----.*?-----END (?P=label)-----", re.DOTALL
)
# RFC 7292: SEQUENCE { INTEGER 3, ...}. A key has version 0 or 1 there, a certificate a SEQUENCE.
_START: Final = re.compile(
    rb"\x30(?:\x80|[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", re.DOTALL
)


class KeyFileError(CannotError):
    """A key or certificate file is missing, unreadable or of the wrong kind, or exists already."""


def is_there(path: Path) -> bool:
    """Whether there is a file at ``path``. A text that cannot be a path is no error."""
    try:
        return path.exists()
    except (OSError, ValueError):  # the text of a key is too long for a name, or contains a NUL
        return False


def named(path: Path) -> str:
    """``path`` for a message: hidden unless it leads to a file, or ends as key files do.

    Some people write the key itself, or its passphrase, instead of the path of its file.
    """
    if sensitive_kind(str(path)) or not str(path).isprintable():
        return _UNNAMED
    return str(path) if path.suffix.lower() in _SUFFIXES or is_there(path) else _UNNAMED


def read_bytes(path: Path, what: str) -> bytes:
    """The content of the file of a ``what`` ("certificate"). Raises :class:`KeyFileError`."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise KeyFileError(
            f"there is no {what} file {named(path)}",
            next_step=f"Make a pair with `provision keys new {_name_for(path)}`, or fix the path "
            "(paths are relative to the spec).",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or "it is not a path"
        raise KeyFileError(
            f"the {what} file {named(path)} cannot be read: {reason}",
            next_step="Fix the path or the file's permissions.",
        ) from None
    if len(data) > _MAX_BYTES:
        raise KeyFileError(
            f"{path} is larger than {_MAX_BYTES} bytes, so it is not a {what} file",
            next_step="Fix the path.",
        )
    return data


def _name_for(path: Path) -> str:
    """What a pair at ``path`` would be called, if the path may be shown."""
    return path.stem if path.stem and named(path) != _UNNAMED else "NAME"


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One block, from its BEGIN line to its END line. Its content is never shown."""

    label: str
    text: bytes = field(repr=False)

    @property
    def is_private_key(self) -> bool:
        """Whether this is a private key of any kind and form."""
        return self.label.endswith("PRIVATE KEY")


def pem_blocks(data: bytes) -> tuple[PemBlock, ...]:
    """The blocks of ``data`` in order; none if it is not PEM."""
    return tuple(
        PemBlock(found["label"].decode("ascii"), found.group()) for found in _BLOCK.finditer(data)
    )


def is_pkcs12(data: bytes) -> bool:
    """Whether ``data`` begins as a PKCS#12 file does."""
    return _START.match(data) is not None


def open_pkcs12(path: Path, data: bytes, passphrase: str | None) -> PKCS12KeyAndCertificates:
    """The content of a PKCS#12 file. Raises :class:`KeyFileError` if it does not open."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    # If there is no passphrase, some programs use none, others the empty one.
    tries = [passphrase.encode()] if passphrase else [None, b""]
    for tried in tries:
        try:
            return load_pkcs12(data, tried)
        except UnsupportedAlgorithm as error:
            raise KeyFileError(
                f"{path} is PKCS#12 with an encryption that is no longer supported",
                next_step=f"Convert it: `openssl pkcs12 -legacy -in {path.name} -out NAME.pem`.",
            ) from error
        except ValueError:
            continue
    if passphrase:
        raise KeyFileError(
            f"{path} (PKCS#12) does not open: wrong passphrase, or damaged",
            next_step="Check the passphrase.",
        )
    raise KeyFileError(
        f"{path} (PKCS#12) is encrypted, and no passphrase was given",
        next_step="Give it as `private_key_passphrase: ${env:NAME}` in a spec, with "
        "--passphrase-env NAME on the command line.",
    )
