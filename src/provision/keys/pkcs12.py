"""PKCS#12: a key and its certificates in one file, as Windows and Java like it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.keys.error import KeyFileError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates

__all__ = ["is_pkcs12", "open_pkcs12"]

# RFC 7292: SEQUENCE { INTEGER 3, ...}; keys have version 0 or 1 there, certificates a SEQUENCE.
_START: Final = re.compile(
    rb"\x30(?:\x80|[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", re.DOTALL
)


def is_pkcs12(data: bytes) -> bool:
    """Whether ``data`` begins as a PKCS#12 file does."""
    return _START.match(data) is not None


def open_pkcs12(path: Path, data: bytes, passphrase: str | None) -> PKCS12KeyAndCertificates:
    """The content of a PKCS#12 file. Raises :class:`KeyFileError` if it does not open."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    # Without a passphrase, programs disagree on whether that is none or the empty one.
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
