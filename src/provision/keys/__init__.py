"""Private keys and certificates: create, read, match and inspect them, without a spec or an org.

Importing this package does not import `cryptography`; using it does.
"""

from __future__ import annotations

from provision.keys.certificate import Certificate, read_certificate
from provision.keys.file import KeyFileError
from provision.keys.inspection import Contents, Inspection, inspect, read_contents
from provision.keys.pair import new_pair
from provision.keys.private_key import PrivateKey, read_private_key
from provision.keys.request import Request, new_request, read_request

__all__ = [
    "Certificate",
    "Contents",
    "Inspection",
    "KeyFileError",
    "PrivateKey",
    "Request",
    "inspect",
    "new_pair",
    "new_request",
    "read_certificate",
    "read_contents",
    "read_private_key",
    "read_request",
]
