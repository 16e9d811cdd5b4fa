"""The authorize endpoint, and the login page where a user allows or denies the app."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from werkzeug.utils import redirect as redirect_to
from werkzeug.wrappers import Response

from provision.localorg.domain.org import Org, random_text
from provision.localorg.domain.people import username_of
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange
from provision.localorg.oauth.client import Client, check_access, find_client
from provision.localorg.oauth.error import ACCESS_DENIED, OAuthError, OAuthRefusal
from provision.localorg.store.rows import Row
from provision.localorg.store.tokens import Code

__all__ = [
    "LOGIN_PAGE",
    "answer_page",
    "authorize",
    "show_page",
]

LOGIN_PAGE = "/setup/secur/RemoteAccessAuthorizationPage.apexp"
_ERROR_PAGE = "/setup/secur/RemoteAccessErrorPage.apexp"


@dataclass(frozen=True, slots=True)
class _AuthorizeRequest:
    """What a client asks a user for. The login page carries it in its parameter ``source``."""

    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str
    code_challenge: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> _AuthorizeRequest:
        """The request in the parameters of a query string."""
        names = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge")
        return cls(*(str(values.get(name, "")) for name in names))

    @classmethod
    def from_source(cls, source: str) -> _AuthorizeRequest:
        """The request in a ``source`` parameter. Raises :class:`ValueError`."""
        return cls.of(dict(json.loads(base64.urlsafe_b64decode(source.encode()))))

    def source(self) -> str:
        """The request as the text of a ``source`` parameter."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    def check(self, exchange: Exchange) -> Client:
        """The client that asks. Raises :class:`OAuthError` if its request is not allowed."""
        client = find_client(exchange.orgs, exchange.host_org(), self.client_id)
        if not client.accepts_redirect(self.redirect_uri):
            raise OAuthError(OAuthRefusal.BAD_REDIRECT)
        if self.response_type != "code":
            raise OAuthError(OAuthRefusal.BAD_RESPONSE_TYPE)
        if client.flag("isPkceRequired") and not self.code_challenge:
            raise OAuthError(OAuthRefusal.NO_CODE_CHALLENGE)
        client.scopes_for(self.scope)
        return client


def authorize(exchange: Exchange) -> Response:
    """``GET /services/oauth2/authorize``: to the login page or an error page.

    OBS: the page shows without a login whether an app is set up correctly.
    """
    request = _AuthorizeRequest.of({k: str(v) for k, v in exchange.request.values.items()})
    try:
        exchange.org = request.check(exchange).org
    except OAuthError as error:
        values = {"error": error.error, "error_description": error.description}
        return redirect_to(_with_query(exchange.base_url + _ERROR_PAGE, values))
    return redirect_to(_with_query(exchange.base_url + LOGIN_PAGE, {"source": request.source()}))


def _with_query(url: str, values: Mapping[str, str]) -> str:
    """A URL with added parameters."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(values)}"


_HEAD: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Local org: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; }}
input, button {{ font: inherit; padding: .4rem .8rem; }}
</style></head><body><main><h1>{title}</h1>
<p>This is a <strong>local org</strong>, an emulation on this machine. No password is asked for.</p>
"""
_LOGIN: Final = """<p><strong>{app}</strong> asks you to log in.</p>
<form method="post"><input type="hidden" name="source" value="{source}">
<p><label for="username">Username</label><br>
<input id="username" name="username" list="users" size="40" autofocus required>
<datalist id="users">{options}</datalist></p>
<p><button id="Login" name="step" value="login">Log In</button></p></form>
"""
_APPROVE: Final = """<p><strong>{app}</strong> is asking <strong>{username}</strong> to allow:</p>
<ul>{scopes}</ul>
<form method="post"><input type="hidden" name="source" value="{source}">
<input type="hidden" name="username" value="{username}">
<p><button id="oaapprove" name="step" value="allow">Allow</button>
<button id="oadeny" name="step" value="deny">Deny</button></p></form>
"""
_FOOT: Final = "</main></body></html>"


def show_page(exchange: Exchange) -> Response:
    """``GET`` of the login page."""
    request, client = _checked_request(exchange)
    return _login_page(exchange, request, client)


def answer_page(exchange: Exchange) -> Response:
    """``POST`` of the login page: log in, allow, or deny."""
    form = exchange.request.form
    request, client = _checked_request(exchange)
    if form.get("step") == "deny":
        # OBS: the error that a client gets when the user denies access.
        return _redirect_back(
            request,
            {
                "error": OAuthRefusal.USER_DENIED.error,
                "error_description": OAuthRefusal.USER_DENIED.description,
            },
        )
    found = username_of(exchange.orgs.default, form.get("username", "").strip())
    org = exchange.orgs.org(found[0]) if found else None
    if found is None or org is None:
        return _login_page(exchange, request, client, note="No org of this server has that user.")
    try:
        client = find_client(exchange.orgs, org, request.client_id)
    except OAuthError as error:
        return _redirect_back(
            request, {"error": error.error, "error_description": error.description}
        )
    exchange.org = org
    user = org.records.get("User", found[1]) or {}
    try:
        check_access(client, user)
    except OAuthError as error:
        # DOC: on the redirect, the refusal of an unapproved user has this code.
        return _redirect_back(
            request,
            {"error": ACCESS_DENIED, "error_description": error.description},
        )
    if _needs_approval(client, user) and form.get("step") != "allow":
        return _approve_page(request, client, user)
    return _redirect_back(request, {"code": _new_code(request, client, user)})


def _checked_request(exchange: Exchange) -> tuple[_AuthorizeRequest, Client]:
    """What the client asked for. It is checked again: anybody can make up the page's URL."""
    try:
        request = _AuthorizeRequest.from_source(str(exchange.request.values.get("source", "")))
        return request, request.check(exchange)
    except (OAuthError, ValueError) as error:
        raise Refused(
            "INVALID_SOURCE", f"This page needs a client that sent you: {error}"
        ) from error


def _needs_approval(client: Client, user: Row) -> bool:
    """Whether the user must approve the app: not if an admin has, and not a second time."""
    org = client.org
    return not client.admin_approved and not org.tokens.approved(
        org.id, client.app, str(user["Id"])
    )


def _new_code(request: _AuthorizeRequest, client: Client, user: Row) -> str:
    org = client.org
    if not client.admin_approved:
        org.tokens.approve(org.id, client.app, str(user["Id"]))
    code = f"aPrx{random_text(60)}"
    org.tokens.put_code(
        code,
        Code(
            org.id,
            client.app,
            str(user["Id"]),
            client.scopes_for(request.scope),
            request.redirect_uri,
            request.code_challenge,
            org.clock.now(),
        ),
    )
    return code


def _redirect_back(request: _AuthorizeRequest, values: Mapping[str, str]) -> Response:
    state = {"state": request.state} if request.state else {}
    return redirect_to(_with_query(request.redirect_uri, {**values, **state}))


def _login_page(
    exchange: Exchange, request: _AuthorizeRequest, client: Client, note: str = ""
) -> Response:
    orgs: list[Org] = [client.org] if not client.is_platform else list(exchange.orgs)
    users = [user for org in orgs for user in org.records.all("User") if user["IsActive"]]
    options = "".join(f'<option value="{escape(str(user["Username"]))}">' for user in users)
    warning = f'<p role="alert">{escape(note)}</p>' if note else ""
    body = _LOGIN.format(app=escape(client.name), source=escape(request.source()), options=options)
    return _page("Log In", warning + body)


def _approve_page(request: _AuthorizeRequest, client: Client, user: Row) -> Response:
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in client.scopes_for(request.scope))
    body = _APPROVE.format(
        app=escape(client.name),
        username=escape(str(user["Username"])),
        scopes=scopes,
        source=escape(request.source()),
    )
    return _page("Allow Access?", body)


def _page(title: str, body: str) -> Response:
    return Response(
        _HEAD.format(title=title) + body + _FOOT, content_type="text/html;charset=UTF-8"
    )
