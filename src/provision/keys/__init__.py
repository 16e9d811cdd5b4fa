"""Private keys and certificates: create, read, match. Knows no spec and no org.

Importing this package does not import `cryptography`; using it does.
"""

from __future__ import annotations

from provision.keys.certificate import Certificate, read_certificate
from provision.keys.error import KeyFileError
from provision.keys.pair import new_pair
from provision.keys.private_key import PrivateKey, read_private_key

__all__ = [
    "Certificate",
    "KeyFileError",
    "PrivateKey",
    "new_pair",
    "read_certificate",
    "read_private_key",
]
