"""Routes: which handler answers a request, and what the request is called in the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from werkzeug.wrappers import Request, Response

from provision.catalogue.catalogue import NEWEST_API
from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.exchange import Exchange

__all__ = ["Handler", "Match", "Route", "Router"]

Handler: TypeAlias = Callable[[Exchange, Mapping[str, str]], Response]
Namer: TypeAlias = Callable[[Request], str]

_VERSION: Final = re.compile(r"v(\d{1,3})\.0")


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. ``operation`` is its name in the log, or how to find the name.

    In ``path``, ``<name>`` captures a segment, ``<version>`` one like ``v67.0`` as its number,
    and ``<*>`` at the end stands for whatever follows.
    """

    path: str
    methods: tuple[str, ...]
    operation: str | Namer
    handler: Handler

    def name(self, request: Request) -> str:
        """What a request of this route is called."""
        return self.operation if isinstance(self.operation, str) else self.operation(request)


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the parts of the path that it captured."""

    route: Route
    arguments: Mapping[str, str]


class Router:
    """All routes of the local org. Where two fit, the first is meant."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(_segments(route.path), route) for route in routes]

    def match(self, request: Request) -> Match:
        """The route of a request. Raises :class:`Refused` (404, 405)."""
        path = _segments(request.path)
        allowed: set[str] = set()
        for template, route in self._routes:
            arguments = _captured(template, path)
            if arguments is None:
                continue
            if request.method not in route.methods:
                allowed.update(route.methods)
            elif int(arguments.get("version", 0)) > NEWEST_API:
                raise not_found()
            else:
                return Match(route, arguments)
        if not allowed:
            raise not_found()
        raise Refused(
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(sorted(allowed))}",
            status=405,
        )


def _segments(path: str) -> tuple[str, ...]:
    """A path's segments; a slash at its end means nothing."""
    return tuple(path.strip("/").split("/"))


def _captured(template: tuple[str, ...], path: tuple[str, ...]) -> dict[str, str] | None:
    if template[-1] == "<*>":
        template, path = template[:-1], path[: len(template) - 1]
    if len(template) != len(path):
        return None
    arguments: dict[str, str] = {}
    for wanted, segment in zip(template, path, strict=True):
        if wanted == "<version>":
            version = _VERSION.fullmatch(segment)
            if version is None:
                return None
            arguments["version"] = version.group(1)
        elif wanted.startswith("<"):
            arguments[wanted[1:-1]] = segment
        elif wanted != segment:
            return None
    return arguments
