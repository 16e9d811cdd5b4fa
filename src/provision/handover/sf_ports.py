"""SfPorts: the ports on which an app lets the `sf` CLI await the browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import split_urls
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component
from provision.handover.loopback import PORTS
from provision.spec.spec import Spec

__all__ = ["SfPorts", "sf_ports", "sf_url"]

# The org compares it letter by letter with the redirect_uri that the CLI sends (DOC, OBS).
_URL: Final = re.compile(r"http://localhost:([1-9][0-9]{0,4})/OauthRedirect")


def sf_url(port: int) -> str:
    """The callback URL with which the CLI listens on ``port``."""
    return f"http://localhost:{port}/OauthRedirect"


@dataclass(frozen=True, slots=True)
class SfPorts:
    """The ports of an app's callback URLs for the CLI, in their order, and whose they are.

    ``spec`` is the path of the file where more can be added; of several apps, all of them.
    """

    app: str
    spec: str
    ports: tuple[int, ...]

    @classmethod
    def common(cls, apps: Sequence[SfPorts]) -> SfPorts:
        """The ports that several apps have in common: one project file is for all of them."""
        first, *others = apps
        shared = tuple(port for port in first.ports if all(port in each.ports for each in others))
        specs = " and ".join(each.spec for each in apps)
        return cls(" and ".join(each.app for each in apps), specs, shared)


def sf_ports(spec: Spec, components: Iterable[Component]) -> SfPorts:
    """The ports of the app of ``spec``, whose components these are; the last of a type counts."""
    settings = [each for each in components if each.type is GLOBAL_OAUTH_SETTINGS]
    urls = split_urls(settings[-1].text("callbackUrl")) if settings else ()
    found = [int(match[1]) for match in map(_URL.fullmatch, urls) if match]
    ports = dict.fromkeys(port for port in found if port in PORTS)
    return SfPorts(spec.app, str(spec.path), tuple(ports))
