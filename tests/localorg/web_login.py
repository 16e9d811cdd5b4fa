"""The web server flow, as a browser and a client go through it."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from provision.localorg import RunningOrg
from tests.localorg.caller import Caller, app_components

CALLBACK = "http://localhost:1717/OauthRedirect"
KEY = "AcmeChosenKey1"
USER = "user@localorg.example"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
DAY = 24 * 3600.0


def app(settings: dict[str, Any] | None = None, **policy: Any) -> list[Any]:
    return app_components(
        settings={
            "consumerKey": KEY,
            "isConsumerSecretOptional": True,
            "isSecretRequiredForRefreshToken": False,
            **(settings or {}),
        },
        policy=policy,
    )


def ask(org: RunningOrg, **changes: str) -> requests.Response:
    """Send the authorize request, without the parameters that are empty."""
    query = {
        "client_id": KEY,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "state": "s1",
        "code_challenge": CHALLENGE.decode(),
        **changes,
    }
    with requests.Session() as browser:
        browser.trust_env = False
        return browser.get(
            f"{org.url}/services/oauth2/authorize",
            params={k: v for k, v in query.items() if v},
            allow_redirects=False,
            timeout=10,
        )


def log_in(org: RunningOrg, username: str = USER, step: str = "allow", **changes: str) -> Any:
    """Log in as a browser does. Returns the query of the last redirect, or else the page."""
    page_url = ask(org, **changes).headers["Location"]
    with requests.Session() as browser:
        browser.trust_env = False
        response = browser.get(page_url, timeout=10)
        assert response.status_code == 200
        form = {"username": username, "step": "login", "source": _source(response.text)}
        response = browser.post(page_url, data=form, allow_redirects=False, timeout=10)
        if response.status_code == 200 and "oaapprove" in response.text:
            form = {**form, "step": step}
            response = browser.post(page_url, data=form, allow_redirects=False, timeout=10)
    if response.status_code == 200:
        return response.text
    location = response.headers["Location"]
    assert location.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def _source(page: str) -> str:
    found = re.search(r'name="source" value="([^"]*)"', page)
    assert found
    return unescape(found.group(1))


def exchange(code: str, **changes: str) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": KEY,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return {name: value for name, value in form.items() if value}


def tokens(caller: Caller, **changes: str) -> dict[str, str]:
    response = caller.token_request(exchange(log_in(caller.org, **changes)["code"]))
    assert response.status_code == 200, response.text
    body: dict[str, str] = response.json()
    return body


def renew(caller: Caller, token: str, **changes: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": KEY, **changes}
    return caller.token_request(form)
