"""The text forms of a certificate in metadata, and its DER bytes."""

from __future__ import annotations

import base64
import binascii
import re

__all__ = ["certificate_body", "certificate_der"]

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


def certificate_der(text: str) -> bytes:
    """The DER bytes of a certificate written as PEM, or as bare base64 as an org returns it.

    Of a chain, the first certificate. Raises :class:`ValueError` if the text is neither.
    """
    armoured = _PEM.search(text)
    body = armoured.group(1) if armoured else text
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("neither PEM nor base64") from error
    if not der.startswith(b"\x30"):  # every certificate is an ASN.1 SEQUENCE
        raise ValueError("not a certificate")
    return der


def certificate_body(der: bytes) -> str:
    """A certificate as an org returns it: base64 in lines of 64, without header (OBS)."""
    encoded = base64.b64encode(der).decode("ascii")
    return "\n".join(encoded[start : start + 64] for start in range(0, len(encoded), 64))
