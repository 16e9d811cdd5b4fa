"""The authorize endpoint: checks a request, then sends the browser to the login page."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from werkzeug.utils import redirect as redirect_to
from werkzeug.wrappers import Response

from provision.localorg.exchange import Exchange
from provision.localorg.oauth.client import Client, find_client
from provision.localorg.oauth.error import OAuthError, OAuthRefusal

__all__ = ["LOGIN_PAGE", "AuthorizeRequest", "authorize", "with_query"]

LOGIN_PAGE = "/setup/secur/RemoteAccessAuthorizationPage.apexp"
_ERROR_PAGE = "/setup/secur/RemoteAccessErrorPage.apexp"


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """What a client asks a user for, as it travels through the login page's ``source``."""

    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str
    code_challenge: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> AuthorizeRequest:
        """The request in a query string."""
        names = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge")
        return cls(*(str(values.get(name, "")) for name in names))

    @classmethod
    def from_source(cls, source: str) -> AuthorizeRequest:
        """The request in a ``source``. Raises :class:`ValueError`."""
        return cls.of(dict(json.loads(base64.urlsafe_b64decode(source.encode()))))

    def source(self) -> str:
        """The request as one opaque word."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    def check(self, exchange: Exchange) -> Client:
        """The client that asks. Raises :class:`OAuthError` if it may not ask this."""
        client = find_client(exchange.realm, exchange.host_org(), self.client_id)
        if not client.accepts_redirect(self.redirect_uri):
            raise OAuthError(OAuthRefusal.BAD_REDIRECT)
        if self.response_type != "code":
            raise OAuthError(OAuthRefusal.BAD_RESPONSE_TYPE)
        if client.flag("isPkceRequired") and not self.code_challenge:
            raise OAuthError(OAuthRefusal.NO_CODE_CHALLENGE)
        client.scopes_for(self.scope)
        return client


def authorize(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``GET /services/oauth2/authorize``: to the login page, or to a page that says why not.

    OBS: where a request ends tells, without any login, whether an app is set up right.
    """
    del arguments
    request = AuthorizeRequest.of({k: str(v) for k, v in exchange.request.values.items()})
    try:
        exchange.org = request.check(exchange).org
    except OAuthError as error:
        values = {"error": error.error, "error_description": error.description}
        return redirect_to(with_query(exchange.base_url + _ERROR_PAGE, values))
    return redirect_to(with_query(exchange.base_url + LOGIN_PAGE, {"source": request.source()}))


def with_query(url: str, values: Mapping[str, str]) -> str:
    """A URL with more parameters."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(values)}"
