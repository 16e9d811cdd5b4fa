"""What in a text gives a secret away: keys, tokens, and passwords in URLs."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["sensitive_kind", "without_secrets"]

_HIDDEN: Final = "(hidden)"

# RFC 7468. The end may be cut off, or its line breaks may be escaped, as in a JSON string.
_PEM: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----(?:.*?-----END [A-Z0-9 ]+-----|.*)", re.DOTALL)
_PRIVATE: Final = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
_ANY_PEM: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----")
# An opaque access token begins with the org id; a JWT with the base64 of `{"`. A refresh token
# begins with 5Aep (seen in all public examples).
_TOKEN: Final = re.compile(r"\b00D\w{9,15}!\S+|\beyJ[\w-]{5,}\.[\w.-]+|\b5Aep\S{20,}")
_USER_INFO: Final = re.compile(r"(?<=://)[^\s/?#@]+@|(?<=://)[^\s@]*:[^\s@]*@")
# The sf CLI's login URL: force://CLIENT:SECRET:REFRESH_TOKEN@HOST.
_SFDX_URL: Final = re.compile(r"\bforce://\S+")
# DER in base64, without the lines of PEM around it: a SEQUENCE longer than 255 bytes.
_BASE64: Final = re.compile(r"MII[A-Za-z0-9+/=]{160,}")


def sensitive_kind(text: str) -> str:
    """What sort of secret ``text`` has in it, as "a private key"; empty if none is seen.

    A secret that looks like any other word is not seen. So this says what a misplaced value is;
    it never makes a value safe to show.
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
    if _BASE64.fullmatch("".join(text.split())):
        return "the body of a key or a certificate (base64)"
    return ""


def without_secrets(text: str) -> str:
    """``text``, from another program or from a command line, without the secrets that are seen."""
    for pattern in (_PEM, _SFDX_URL, _TOKEN):
        text = pattern.sub(_HIDDEN, text)
    return _USER_INFO.sub(f"{_HIDDEN}@", text)
