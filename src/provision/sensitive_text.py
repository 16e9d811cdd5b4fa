"""What looks like a secret in a text: keys, tokens, and passwords in URLs."""

from __future__ import annotations

import base64
import re
from typing import Final

__all__ = ["HIDDEN", "is_credential", "sensitive_kind", "without_secrets"]

HIDDEN: Final = "(hidden)"
"""What stands in the place of a secret."""

# RFC 7468. The end may be cut off, or its line breaks may be escaped, as in a JSON string.
_PEM: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----(?:.*?-----END [A-Z0-9 ]+-----|.*)", re.DOTALL)
_PRIVATE: Final = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
_ANY_PEM: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----")
# An opaque access token begins with the org id; a JWT with the base64 of `{"`. A refresh token
# begins with 5Aep (seen in all public examples).
_TOKEN: Final = re.compile(r"\b00D\w{9,15}!\S+|\beyJ[\w-]{5,}\.[\w.-]+|\b5Aep\S{20,}")
# A colon before a port is not one before a password.
_USER_INFO: Final = re.compile(
    r"(?<=://)[^\s/?#@]+@|(?<=://)[^\s@/:]*:(?!\d{1,5}(?:[/?#]|\Z))[^\s@]*@"
)
# The sf CLI's login URL: force://CLIENT:SECRET:REFRESH_TOKEN@HOST.
_SFDX_URL: Final = re.compile(r"\bforce://\S+")
# How CI servers keep files in variables: the base64 of "-----BEGIN ".
# The other two are for text after one or two other characters: base64 encodes three bytes at once.
_BASE64_OF_PEM: Final = re.compile(
    r"[A-Za-z0-9+/_-]*(?:LS0tLS1CRUdJTi|0tLS0tQkVHSU4|tLS0tLUJFR0lO)[A-Za-z0-9+/=_-]{16,}"
    r"(?:\n[A-Za-z0-9+/=_-]+)*"
)
# DER in base64, without the lines of PEM around it.
_BASE64: Final = re.compile(r"M[A-Za-z0-9+/]{40,}={0,2}")
# The same within a text, and with the line breaks of PEM.
_BASE64_LINES: Final = re.compile(r"\bM[A-Za-z0-9+/]{40,}(?:\n[A-Za-z0-9+/]+)*={0,2}")
_SEQUENCE: Final = 0x30
_VERSION: Final = b"\x02\x01"  # how the private keys of PKCS #1, PKCS #8 and SEC 1 begin
# As Setup shows it: 64 capital letters and digits (OBS). Our own digests are in lower case.
_CONSUMER_SECRET: Final = re.compile(r"\b[0-9A-Z]{64}\b")


def sensitive_kind(text: str) -> str:
    """The kind of secret in ``text``, such as "a private key"; empty if none is recognised.

    A secret that looks like an ordinary word is not recognised. So this can name a misplaced value,
    but an empty answer does not mean that a value is safe to show.
    """
    if _PRIVATE.search(text):
        return "a private key itself (PEM)"
    if _ANY_PEM.search(text):
        return "the content of a PEM file"
    if _SFDX_URL.search(text):
        return "the sf CLI's login URL"
    if _USER_INFO.search(text):
        return "a URL with a user name or a password in it"
    if _TOKEN.search(text):
        return "a token"
    joined = "".join(text.replace("\\n", "").split())
    if _BASE64_OF_PEM.search(joined):
        return "the content of a PEM file (base64)"
    if _BASE64.fullmatch(joined) and _is_der(joined):
        return "the body of a key or a certificate (base64)"
    if _CONSUMER_SECRET.fullmatch(joined):
        return "what looks like a consumer secret"
    return ""


def is_credential(text: str) -> bool:
    """Whether ``text`` has a private key or a token in it, as :func:`sensitive_kind` sees them.

    A certificate is not one, nor is a URL with a password: it may be intended.
    """
    secrets = (_PRIVATE, _BASE64_OF_PEM, _SFDX_URL, _TOKEN)
    if any(pattern.search(text) for pattern in secrets):
        return True
    return any(_is_private_key(found[0]) for found in _BASE64_LINES.finditer(text))


def _is_der(text: str) -> bool:
    """Whether ``text`` is the base64 of one ASN.1 SEQUENCE, as keys and certificates are."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    if data[0] != _SEQUENCE:
        return False
    if data[1] < 0x80:  # the length itself
        return data[1] == len(data) - 2
    end = 2 + data[1] % 0x80  # how many bytes the length has
    return int.from_bytes(data[2:end]) == len(data) - end


def _is_private_key(text: str) -> bool:
    """Whether ``text`` is the base64 of a private key, or of the beginning of one."""
    joined = "".join(text.split())
    data = base64.b64decode(joined[: len(joined) // 4 * 4])
    header = 2 + (data[1] % 0x80 if data[1] >= 0x80 else 0)
    return data[0] == _SEQUENCE and data[header : header + 2] == _VERSION


def _hidden_key(found: re.Match[str]) -> str:
    return HIDDEN if _is_private_key(found[0]) else found[0]


def without_secrets(text: str) -> str:
    """``text``, from another program or a command line, without whatever looks like a secret."""
    for pattern in (_PEM, _BASE64_OF_PEM, _SFDX_URL, _TOKEN, _CONSUMER_SECRET):
        text = pattern.sub(HIDDEN, text)
    text = _BASE64_LINES.sub(_hidden_key, text)
    return _USER_INFO.sub(f"{HIDDEN}@", text)
