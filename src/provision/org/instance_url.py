"""InstanceUrl: the address of an org, and the only kind of URL to which a login is sent."""

from __future__ import annotations

from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from provision.errors import LoginRefused
from provision.sensitive_text import sensitive_kind

__all__ = ["InstanceUrl", "InstanceUrlRefused"]

_NEXT_STEP: Final = "Use the org's My Domain URL, as in https://example.my.salesforce.com."
_OF_LOCAL_ORG: Final = (
    "Use the org's My Domain URL; of the local org, its https URL, or http://localhost:PORT."
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


class InstanceUrlRefused(LoginRefused):
    """A text that is not an instance URL. The message never quotes it: it may be a secret."""

    def __init__(self, reason: str, next_step: str = _NEXT_STEP) -> None:
        super().__init__(f"the instance URL {reason}", next_step=next_step)
        self.reason = reason


class InstanceUrl(str):
    """``https://HOST[:PORT]`` of an org, without user, path, query or fragment.

    Keys, secrets and tokens are sent there, so it must be https. ``http://localhost`` and
    ``http://NAME.localhost`` mean this machine (RFC 6761), and are allowed for the local org; a
    numeric address is not. Raises :class:`InstanceUrlRefused` for anything else.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """``text`` as an instance URL, without a slash at its end."""
        if isinstance(text, cls):
            return text
        return super().__new__(cls, _checked(text.strip()))


def _checked(text: str) -> str:
    if not text:
        raise InstanceUrlRefused("is empty")
    kind = sensitive_kind(text)
    if kind:
        raise InstanceUrlRefused(f"is not one over https: it holds {kind}")
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError if it is not a number
    except ValueError:
        raise InstanceUrlRefused("is not one over https: it is not a URL at all") from None
    if parts.scheme.casefold() != "https" and not _is_local_http(parts):
        next_step = _OF_LOCAL_ORG if parts.hostname in _LOOPBACK else _NEXT_STEP
        raise InstanceUrlRefused("is not one over https", next_step)
    if not parts.hostname or not text.isprintable() or " " in text or "\\" in text:
        raise InstanceUrlRefused("is not one over https: it has no host")
    if "@" in parts.netloc:
        raise InstanceUrlRefused("has a user name or a password in it")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or text[-1] in "?#":
        raise InstanceUrlRefused("has a path, a query or a fragment; it ends after the host")
    return f"{parts.scheme.casefold()}://{parts.netloc}"


def _is_local_http(parts: SplitResult) -> bool:
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme.casefold() == "http" and (
        host == "localhost" or host.endswith(".localhost")
    )
