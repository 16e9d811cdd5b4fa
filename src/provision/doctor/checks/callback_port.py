"""Whether the ports of callback URLs on this machine are free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import ClassVar, Final
from urllib.parse import urlsplit

from provision.doctor.check import Context
from provision.doctor.finding import CheckFinding, Severity
from provision.spec.spec import Spec

__all__ = ["CallbackPort"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESSES: Final = ("127.0.0.1", "::1")
_TIMEOUT: Final = 0.5
_HTTP_PORT: Final = 80


class CallbackPort:
    """A connection to each port: whoever answers keeps the `sf` CLI from listening there.

    `sf org login web` listens on 1717, or on oauthLocalPort of sfdx-project.json, for the browser
    to come back to.
    """

    id: ClassVar = "callback-port"
    title: ClassVar = "The ports of callback URLs on localhost are free on this machine."
    mending: ClassVar = (
        "End the program that listens there, or add a callback URL with another port and set "
        "oauthLocalPort in sfdx-project.json to it."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[CheckFinding]:
        """A warning for each port that is taken: the app is fine, a web login is not."""
        for subject in context.subjects:
            for port in _ports(subject.spec):
                if _is_taken(port):
                    yield CheckFinding(
                        self.id,
                        Severity.WARNING,
                        f"port {port} of a callback URL is taken on this machine: a web login "
                        "with it cannot end",
                        self.mending,
                        app=subject.spec.app,
                        position=subject.spec.positions.of(("oauth", "callback_urls")),
                        key="oauth.callback_urls",
                    )


def _ports(spec: Spec) -> tuple[int, ...]:
    oauth = spec.document.oauth
    parts = [urlsplit(url) for url in (oauth.callback_urls or () if oauth else ())]
    local = [part for part in parts if part.scheme == "http" and part.hostname in _LOOPBACK]
    return tuple(dict.fromkeys(part.port or _HTTP_PORT for part in local))


def _is_taken(port: int) -> bool:
    return any(_answers(address, port) for address in _ADDRESSES)


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), _TIMEOUT).close()
    except OSError:  # refused: nobody is there; or no IPv6 here
        return False
    return True
