"""Callback URLs: where an org may send a browser back to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from provision.sensitive_text import is_credential, sensitive_kind

__all__ = ["callback_url"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_UNFIT: Final = re.compile(r"[\s\x00-\x1f\x7f<>\"]")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?P<rest>.+)")


def callback_url(text: str) -> str:
    """``text``, if it is a callback URL that an org would take.

    That is ``https://host...``, ``http://`` of this machine alone, or an app's own scheme (mobile
    apps). Raises :class:`ValueError` with the reason.
    """
    if is_credential(text):
        raise ValueError(f"it holds {sensitive_kind(text)}, where a callback URL is due")
    if _UNFIT.search(text):
        raise ValueError(f"{text!r} is not a URL: it has blanks or characters that no URL has")
    if not _SCHEME.fullmatch(text):
        raise ValueError(f"{text!r} is not an absolute URL; write https://...")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        parts.port  # noqa: B018  # raises for a port that is none
    except ValueError as error:
        raise ValueError(f"{text!r} is not a URL: {error}") from None
    if parts.scheme in {"http", "https"} and not host:
        raise ValueError(f"{text!r} is not a URL: it has no host")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError(
            f"{text!r} sends authorization codes unencrypted: http is for localhost and "
            "127.0.0.1 alone; write https"
        )
    return text
