"""Subject: whom a certificate is for, from what a user typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from provision.keys.error import KeyFileError

if TYPE_CHECKING:
    from cryptography.x509 import Name

__all__ = ["subject_name"]

_FULL: Final = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=")
_LONGEST_COMMON_NAME: Final = 64  # RFC 5280, ub-common-name


def subject_name(text: str) -> Name:
    """The X.509 name that ``text`` is: RFC 4514 (``CN=ci,O=Acme``), or a common name alone.

    Raises :class:`KeyFileError`.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    if _FULL.match(text):
        try:
            # OpenSSL's name for what RFC 4514 has no name for.
            return x509.Name.from_rfc4514_string(text, {"emailAddress": NameOID.EMAIL_ADDRESS})
        except ValueError as error:
            raise KeyFileError(
                f"the subject {text!r} is no name as of RFC 4514",
                next_step="Write it as in CN=ci,OU=Platform,O=Acme,C=CH, with a backslash before "
                "a comma or an equals sign that belongs to a value.",
            ) from error
    if not 1 <= len(text) <= _LONGEST_COMMON_NAME:
        raise KeyFileError(
            f"the subject {text!r} is no common name",
            next_step=f"Use 1 to {_LONGEST_COMMON_NAME} characters.",
        )
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
