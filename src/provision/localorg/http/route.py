"""Routes: which handler answers a request, and what the request is called in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.http.exchange import Exchange
from provision.metadata.catalogue import NEWEST_API

__all__ = ["Handler", "Match", "Route", "Router"]

Handler: TypeAlias = Callable[[Exchange, Mapping[str, str]], Response]
Namer: TypeAlias = Callable[[Request], str]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. ``operation`` is its name in the log, or how to find the name."""

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
    """All routes of the local org."""

    def __init__(self, routes: Sequence[Route]) -> None:
        rules = [Rule(each.path, methods=each.methods, endpoint=each) for each in routes]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False)

    def match(self, request: Request) -> Match:
        """The route of a request. Raises :class:`Refused` (404, 405)."""
        adapter = self._map.bind("127.0.0.1")
        try:
            route, arguments = adapter.match(request.path, method=request.method)
        except (NotFound, RequestRedirect) as error:
            raise not_found() from error
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(error.valid_methods or ()))
            raise Refused(
                "METHOD_NOT_ALLOWED",
                f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}",
                status=405,
            ) from error
        version = arguments.get("version")
        if isinstance(version, int) and version > NEWEST_API:
            raise not_found()
        return Match(route, {name: str(value) for name, value in arguments.items()})
