"""What the values of a login must look like. No reason quotes the value: it may be a secret."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from provision.org.instance_url import InstanceUrl, InstanceUrlRefused
from provision.sensitive_text import sensitive_kind

__all__ = ["alias_fault", "audience_fault", "consumer_key_fault", "username_fault"]

_USERNAME: Final = re.compile(r"[^\s@,:/<>]+@[^\s@,:/<>]+\.[^\s@,:/<>.]+")
_CONSUMER_KEY: Final = re.compile(r"[!-~]+")


def consumer_key_fault(text: str) -> str:
    """Why ``text`` cannot be a consumer key; empty if it can."""
    if not sensitive_kind(text) and "://" not in text and _CONSUMER_KEY.fullmatch(text):
        return ""
    return f"it is not a consumer key{_holding(text)}"


def username_fault(text: str) -> str:
    """Why ``text`` cannot be a username; empty if it can."""
    if not sensitive_kind(text) and _USERNAME.fullmatch(text):
        return ""
    return f"it is not a username, which looks like an email address{_holding(text)}"


def alias_fault(text: str) -> str:
    """Why ``text`` cannot be an alias or a username of the `sf` CLI; empty if it can."""
    if not text.strip():
        return "it is empty"
    if text.startswith("-") or "://" in text or sensitive_kind(text) or not text.isprintable():
        return f"it is not an alias or a username{_holding(text)}"
    return ""


def audience_fault(text: str) -> str:
    """Why ``text`` cannot be an audience; empty if it can.

    That is a login host, an org, or a site, whose URL may have a path.
    """
    try:
        parts = urlsplit(text)
        InstanceUrl(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, InstanceUrlRefused):
        return f"it is not the https URL of a login host{_holding(text)}"
    if parts.query or parts.fragment or sensitive_kind(text):
        return f"it is not the URL of a login host alone{_holding(text)}"
    return ""


def _holding(text: str) -> str:
    kind = sensitive_kind(text)
    return f": it holds {kind}" if kind else ""
