"""Loopback: which ports a program can listen on, on this machine."""

from __future__ import annotations

import errno
import socket
from collections.abc import Container, Iterable
from typing import Final

__all__ = ["PORTS", "first_free", "free_port_after", "is_free"]

_ADDRESSES: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
_TIMEOUT: Final = 0.5
_MOST_TRIED: Final = 100

PORTS: Final = range(1, 65536)
"""All the ports that there are."""


def is_free(port: int) -> bool:
    """Whether nobody answers on ``port`` of this machine, and a program could listen there.

    That is what the `sf` CLI tries, in this order. Both families count: the browser may take
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
    """A free port among the hundred above ``port``, and not among ``but``."""
    above = PORTS[port : port + _MOST_TRIED]
    return first_free(each for each in above if each not in but)


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), _TIMEOUT).close()
    except OSError:  # refused: nobody is there; or no IPv6 here
        return False
    return True


def _can_listen(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        return error.errno in _NO_SUCH_ADDRESS  # no IPv6 here: nobody is in the way
    return True
