"""The routes of the local org: which handler answers a request, and its name in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request, Response

from provision.catalogue.catalogue import NEWEST_API
from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.exchange import Exchange
from provision.localorg.http import control
from provision.localorg.login import authorize, identity, token
from provision.localorg.rest import (
    composite,
    credentials,
    deploy,
    query,
    resources,
    sobjects,
    usage,
)
from provision.localorg.soap.endpoint import login_endpoint, metadata_endpoint, soap_operation

__all__ = ["ROUTES", "Match", "find_route"]

Handler: TypeAlias = Callable[..., Response]
"""Answers a request. Takes its exchange, and the captured parts of its path by name."""


class _Version(BaseConverter):
    """A path segment such as ``v67.0``; its value is 67."""

    regex = r"v\d{1,3}\.0"

    def to_python(self, value: str) -> int:
        """The version's number."""
        return int(value.removeprefix("v").removesuffix(".0"))


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """What answers a route. ``operation`` is its name in the log, or finds it in a request."""

    operation: str | Callable[[Request], str]
    handler: Handler

    def name(self, request: Request) -> str:
        """The name of a request's operation in the log."""
        return self.operation if isinstance(self.operation, str) else self.operation(request)


def _route(
    path: str,
    methods: tuple[str, ...],
    operation: str | Callable[[Request], str],
    handler: Handler,
) -> Rule:
    rule = Rule(path, methods=methods, endpoint=_Endpoint(operation, handler))
    # Rule allows HEAD wherever it allows GET. The org allows HEAD only where it is listed.
    rule.methods = set(methods)
    return rule


@dataclass(frozen=True, slots=True)
class Match:
    """What a request asks for. ``version`` is 0 if the path has no API version."""

    operation: str
    version: int
    handler: Handler
    arguments: Mapping[str, Any]


def find_route(request: Request) -> Match:
    """The route of a request. Raises :class:`Refused` (404, 405)."""
    # A slash at the end makes no difference.
    path = "/" + request.path.strip("/")
    try:
        endpoint, captured = _MAP.match(path, request.method)
    except NotFound as error:
        raise not_found() from error
    except MethodNotAllowed as error:
        allowed = ",".join(sorted(error.valid_methods or ()))
        raise Refused(
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}",
            status=405,
        ) from error
    arguments = dict(captured)
    version = int(arguments.pop("version", 0))
    if version > NEWEST_API:
        raise not_found()
    return Match(endpoint.name(request), version, endpoint.handler, arguments)


_DATA: Final = "/services/data/<version:version>"
_RECORDS: Final = f"{_DATA}/sobjects/<name>"
_RECORD: Final = f"{_RECORDS}/<record_id>"
_DEPLOYS: Final = f"{_DATA}/metadata/deployRequest"
_COLLECTION: Final = f"{_DATA}/composite/sobjects"
_USAGE: Final = f"{_DATA}/apps/oauth/usage"
_TOKENS: Final = f"{_USAGE}/<app_id>/<user_id>/tokens"
_CONSUMERS: Final = f"{_DATA}/apps/oauth/credentials/<app_id>"
_CONSUMER: Final = f"{_CONSUMERS}/<consumer_id>"
_STAGED: Final = f"{_CONSUMER}/staged/<pair_id>"
_OAUTH: Final = "/services/oauth2"
_GET: Final = ("GET", "HEAD")
_GET_ALONE: Final = ("GET",)
_POST: Final = ("POST",)
_PUT: Final = ("PUT",)
_PATCH: Final = ("PATCH",)
_DELETE: Final = ("DELETE",)
_GET_OR_POST: Final = ("GET", "POST")


def _soap_routes(api: str, handler: Handler) -> tuple[Rule, Rule]:
    """The endpoint of a SOAP API. A path without a version gets a SOAP fault instead of a 404."""
    path = f"/services/Soap/{api}"
    return (
        _route(path, _POST, soap_operation, handler),
        _route(f"{path}/<path:tail>", _POST, soap_operation, handler),
    )


def _control_route(
    name: str, methods: tuple[str, ...], handler: Callable[[Exchange], Response]
) -> Rule:
    return _route(f"/__localorg__/{name}", methods, f"control:{name}", control.guarded(handler))


ROUTES: Final = (
    _route(f"{_OAUTH}/token", _GET_OR_POST, token.token_operation, token.token),
    _route(f"{_OAUTH}/authorize", _GET_OR_POST, "oauth:authorize", authorize.authorize),
    _route(f"{_OAUTH}/userinfo", _GET_OR_POST, "oauth:userinfo", identity.userinfo),
    _route(f"{_OAUTH}/revoke", _GET_OR_POST, "oauth:revoke", identity.revoke),
    _route(f"{_OAUTH}/introspect", _POST, "oauth:introspect", identity.introspect),
    _route(authorize.LOGIN_PAGE, _GET_ALONE, "page:login", authorize.show_page),
    _route(authorize.LOGIN_PAGE, _POST, "page:answer", authorize.answer_page),
    _route("/id/keys", _GET_ALONE, "oauth:keys", identity.keys),
    _route("/id/<org_id>/<user_id>", _GET_OR_POST, "oauth:identity", identity.identity),
    *_soap_routes("m", metadata_endpoint),
    *_soap_routes("u", login_endpoint),
    *_soap_routes("c", login_endpoint),
    _route("/services/data", _GET, "rest:versions", resources.versions),
    _route(_DATA, _GET, "rest:resources", resources.resources),
    _route(f"{_DATA}/limits", _GET, "rest:limits", resources.limits),
    _route(f"{_DATA}/query", _GET, "rest:query", query.query),
    _route(f"{_DATA}/queryAll", _GET, "rest:query", query.query),
    _route(f"{_DATA}/query/<locator>", _GET, "rest:queryMore", query.more),
    _route(f"{_DATA}/tooling/query", _GET, "rest:toolingQuery", query.tooling_query),
    _route(f"{_DATA}/sobjects", _GET, "rest:describeGlobal", resources.describe_global),
    _route(_RECORDS, _POST, "rest:create", sobjects.create),
    _route(f"{_RECORDS}/describe", _GET, "rest:describe", resources.describe),
    _route(_RECORD, _GET, "rest:read", sobjects.read),
    _route(_RECORD, _PATCH, "rest:update", sobjects.update),
    _route(_RECORD, _DELETE, "rest:delete", sobjects.delete),
    _route(_DEPLOYS, _POST, "rest:deployRequest", deploy.start_deploy),
    _route(f"{_DEPLOYS}/<job_id>", _GET, "rest:deployStatus", deploy.deploy_status),
    _route(f"{_DEPLOYS}/<job_id>", _PATCH, "rest:cancelDeploy", deploy.cancel_deploy),
    _route(f"{_DATA}/composite", _POST, "rest:composite", composite.composite),
    _route(f"{_DATA}/composite/batch", _POST, "rest:batch", composite.batch),
    _route(_COLLECTION, _POST, "rest:createCollection", composite.collection),
    _route(_COLLECTION, _DELETE, "rest:deleteCollection", composite.delete_collection),
    _route(_USAGE, _GET, "connect:usage", usage.usage),
    _route(f"{_USAGE}/tokens/<token_id>", _DELETE, "connect:revokeToken", usage.revoke_token),
    _route(f"{_USAGE}/<app_id>/users", _GET, "connect:users", usage.users),
    _route(f"{_USAGE}/<app_id>/tokens", _DELETE, "connect:revokeApp", usage.revoke_app),
    _route(_TOKENS, _GET, "connect:tokens", usage.user_tokens),
    _route(_TOKENS, _DELETE, "connect:revokeUser", usage.revoke_user),
    _route(_CONSUMERS, _GET, "connect:consumers", credentials.consumer_list),
    _route(_CONSUMER, _GET, "connect:credentials", credentials.credentials),
    _route(f"{_CONSUMER}/staged", _GET, "connect:stagedList", credentials.staged_list),
    _route(f"{_CONSUMER}/staged", _POST, "connect:stage", credentials.stage),
    _route(_STAGED, _GET, "connect:staged", credentials.staged_one),
    _route(_STAGED, _PATCH, "connect:rotate", credentials.staged_change),
    _route(_STAGED, _DELETE, "connect:revokeStaged", credentials.staged_revoke),
    _control_route("status", _GET_ALONE, control.status),
    _control_route("clock", _POST, control.clock),
    _control_route("quirks", _PUT, control.quirks),
    _control_route("faults", _PUT, control.faults),
    _control_route("api-calls", _PUT, control.api_calls),
    _control_route("session", _POST, control.session),
    _control_route("reset", _POST, control.reset),
)

_MAP: Final = Map(
    ROUTES,
    converters={"version": _Version},
    strict_slashes=False,
    merge_slashes=False,
    redirect_defaults=False,
).bind("localhost")
