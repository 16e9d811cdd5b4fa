"""The table of all routes."""

from __future__ import annotations

from typing import Final

from provision.localorg.http import control
from provision.localorg.http.route import Route
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

__all__ = ["ROUTES"]

_DATA: Final = "/services/data/<version>"
_RECORDS: Final = f"{_DATA}/sobjects/<name>"
_RECORD: Final = f"{_RECORDS}/<id>"
_DEPLOYS: Final = f"{_DATA}/metadata/deployRequest"
_COLLECTION: Final = f"{_DATA}/composite/sobjects"
_USAGE: Final = f"{_DATA}/apps/oauth/usage"
_CONSUMERS: Final = f"{_DATA}/apps/oauth/credentials/<app>"
_CONSUMER: Final = f"{_CONSUMERS}/<consumer>"
_STAGED: Final = f"{_CONSUMER}/staged/<staged>"
_OAUTH: Final = "/services/oauth2"
_GET: Final = ("GET", "HEAD")
_ANY: Final = ("GET", "POST")

ROUTES: Final = (
    Route(f"{_OAUTH}/token", _ANY, token.token_operation, token.token),
    Route(f"{_OAUTH}/authorize", _ANY, "oauth:authorize", authorize.authorize),
    Route(f"{_OAUTH}/userinfo", _ANY, "oauth:userinfo", identity.userinfo),
    Route(f"{_OAUTH}/revoke", _ANY, "oauth:revoke", identity.revoke),
    Route(f"{_OAUTH}/introspect", ("POST",), "oauth:introspect", identity.introspect),
    Route(authorize.LOGIN_PAGE, ("GET",), "page:login", authorize.show_page),
    Route(authorize.LOGIN_PAGE, ("POST",), "page:answer", authorize.answer_page),
    Route("/id/keys", ("GET",), "oauth:keys", identity.keys),
    Route("/id/<org>/<user>", _ANY, "oauth:identity", identity.identity),
    Route("/services/Soap/m/<*>", ("POST",), soap_operation, metadata_endpoint),
    Route("/services/Soap/u/<*>", ("POST",), soap_operation, login_endpoint),
    Route("/services/Soap/c/<*>", ("POST",), soap_operation, login_endpoint),
    Route("/services/data", _GET, "rest:versions", resources.versions),
    Route(_DATA, _GET, "rest:resources", resources.resources),
    Route(f"{_DATA}/limits", _GET, "rest:limits", resources.limits),
    Route(f"{_DATA}/query", _GET, "rest:query", query.query),
    Route(f"{_DATA}/queryAll", _GET, "rest:query", query.query),
    Route(f"{_DATA}/query/<locator>", _GET, "rest:queryMore", query.more),
    Route(f"{_DATA}/tooling/query", _GET, "rest:toolingQuery", query.tooling_query),
    Route(f"{_DATA}/sobjects", _GET, "rest:describeGlobal", resources.describe_global),
    Route(_RECORDS, ("POST",), "rest:create", sobjects.create),
    Route(f"{_RECORDS}/describe", _GET, "rest:describe", resources.describe),
    Route(_RECORD, _GET, "rest:read", sobjects.read),
    Route(_RECORD, ("PATCH",), "rest:update", sobjects.update),
    Route(_RECORD, ("DELETE",), "rest:delete", sobjects.delete),
    Route(_DEPLOYS, ("POST",), "rest:deployRequest", deploy.start_deploy),
    Route(f"{_DEPLOYS}/<id>", _GET, "rest:deployStatus", deploy.deploy_status),
    Route(f"{_DEPLOYS}/<id>", ("PATCH",), "rest:cancelDeploy", deploy.cancel_deploy),
    Route(f"{_DATA}/composite", ("POST",), "rest:composite", composite.composite),
    Route(f"{_DATA}/composite/batch", ("POST",), "rest:batch", composite.batch),
    Route(_COLLECTION, ("POST",), "rest:createCollection", composite.collection),
    Route(_COLLECTION, ("DELETE",), "rest:deleteCollection", composite.delete_collection),
    Route(_USAGE, _GET, "connect:usage", usage.usage),
    Route(f"{_USAGE}/tokens/<token>", ("DELETE",), "connect:revokeToken", usage.revoke_token),
    Route(f"{_USAGE}/<app>/users", _GET, "connect:users", usage.users),
    Route(f"{_USAGE}/<app>/tokens", ("DELETE",), "connect:revokeApp", usage.revoke_app),
    Route(f"{_USAGE}/<app>/<user>/tokens", _GET, "connect:tokens", usage.user_tokens),
    Route(f"{_USAGE}/<app>/<user>/tokens", ("DELETE",), "connect:revokeUser", usage.revoke_user),
    Route(_CONSUMERS, _GET, "connect:consumers", credentials.consumer_list),
    Route(_CONSUMER, _GET, "connect:credentials", credentials.credentials),
    Route(f"{_CONSUMER}/staged", _GET, "connect:stagedList", credentials.staged_list),
    Route(f"{_CONSUMER}/staged", ("POST",), "connect:stage", credentials.stage),
    Route(_STAGED, _GET, "connect:staged", credentials.staged_one),
    Route(_STAGED, ("PATCH",), "connect:rotate", credentials.staged_change),
    Route(_STAGED, ("DELETE",), "connect:revokeStaged", credentials.staged_revoke),
    Route("/__localorg__/status", ("GET",), "control:status", control.status),
    Route("/__localorg__/clock", ("POST",), "control:clock", control.clock),
    Route("/__localorg__/quirks", ("PUT",), "control:quirks", control.quirks),
    Route("/__localorg__/faults", ("PUT",), "control:faults", control.faults),
    Route("/__localorg__/api-calls", ("PUT",), "control:api-calls", control.api_calls),
    Route("/__localorg__/session", ("POST",), "control:session", control.session),
    Route("/__localorg__/reset", ("POST",), "control:reset", control.reset),
)
