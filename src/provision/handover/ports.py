"""Ports: those on which the `sf` CLI may wait for the browser, and those that are free."""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import split_urls
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component
from provision.spec.spec import Spec

__all__ = ["PORTS", "SfPorts", "first_free", "free_port_after", "is_free", "sf_ports", "sf_url"]

_ADDRESSES: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
_TIMEOUT: Final = 0.5
_MOST_TRIED: Final = 100

PORTS: Final = range(1, 65536)
"""All ports of TCP."""

# The org compares each letter with the redirect_uri that the CLI sends (DOC, OBS).
_URL: Final = re.compile(r"http://localhost:([1-9][0-9]{0,4})/OauthRedirect")


def is_free(port: int) -> bool:
    """Whether no program answers on ``port`` of this machine, and one could listen there.

    The `sf` CLI checks the same, in this order. Both families count, since the browser may use
    either for "localhost". A port that needs privileges is not free.
    """
    return not any(
        _answers(address, port) or not _can_listen(family, address, port)
        for family, address in _ADDRESSES
    )


def first_free(ports: Iterable[int]) -> int | None:
    """The first of ``ports`` that is free."""
    return next(filter(is_free, ports), None)


def free_port_after(port: int, but: Container[int]) -> int | None:
    """A free port among the hundred above ``port``, except those in ``but``."""
    above = PORTS[port : port + _MOST_TRIED]
    return first_free(each for each in above if each not in but)


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), _TIMEOUT).close()
    except OSError:  # refused, since no program listens; or no IPv6 here
        return False
    return True


def _can_listen(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        return error.errno in _NO_SUCH_ADDRESS  # no IPv6 here, so no program has the port
    return True


def sf_url(port: int) -> str:
    """The callback URL with which the CLI listens on ``port``."""
    return f"http://localhost:{port}/OauthRedirect"


@dataclass(frozen=True, slots=True)
class SfPorts:
    """The ports of an app's callback URLs for the CLI, in their order.

    ``spec`` is the path of the file where more can be added. For several apps, ``app`` and ``spec``
    name all of them.
    """

    app: str
    spec: str
    ports: tuple[int, ...]

    @classmethod
    def common(cls, apps: Sequence[SfPorts]) -> SfPorts:
        """The ports that several apps have in common, for one project file."""
        first, *others = apps
        shared = tuple(port for port in first.ports if all(port in each.ports for each in others))
        specs = " and ".join(each.spec for each in apps)
        return cls(" and ".join(each.app for each in apps), specs, shared)


def sf_ports(spec: Spec, components: Iterable[Component]) -> SfPorts:
    """The ports of the app of ``spec`` with these components; the last of a type counts."""
    settings = [each for each in components if each.type is GLOBAL_OAUTH_SETTINGS]
    urls = split_urls(settings[-1].text("callbackUrl")) if settings else ()
    found = [int(match[1]) for match in map(_URL.fullmatch, urls) if match]
    ports = dict.fromkeys(port for port in found if port in PORTS)
    return SfPorts(spec.app, str(spec.path), tuple(ports))
