"""OAuth requests: token grants, and the authorize URL as a probe."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests

from provision.errors import LoginRefused, OrgError, OrgUnreachable
from provision.org.failure import translated
from provision.org.instance_url import InstanceUrl
from provision.redaction import register
from provision.secret.secret import Secret

__all__ = [
    "LOGIN_AUDIENCE",
    "TEST_AUDIENCE",
    "JwtClaims",
    "Sign",
    "Token",
    "authorize_error",
    "client_credentials_grant",
    "jwt_bearer_grant",
]

LOGIN_AUDIENCE: Final = "https://login.salesforce.com"
TEST_AUDIENCE: Final = "https://test.salesforce.com"

_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_SECONDS: Final = 180  # Salesforce refuses assertions that expire later than 3 minutes

Sign = Callable[[Mapping[str, str | int]], str]
"""Makes a signed JWT of claims: the only use of a private key."""


@dataclass(frozen=True, slots=True)
class Token:
    """The answer of a token endpoint. The token is never shown."""

    access_token: str = field(repr=False)
    instance_url: InstanceUrl
    scopes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        register(self.access_token)


@dataclass(frozen=True, slots=True)
class JwtClaims:
    """Who logs in (``sub``), with which app (``iss``), and where (``aud``)."""

    client_id: str
    username: str
    audience: str


def jwt_bearer_grant(
    http: requests.Session, host: InstanceUrl, claims: JwtClaims, sign: Sign, now: float
) -> Token:
    """Log in with a signed assertion at ``host``; ``now`` is in seconds since 1970.

    Raises :class:`LoginRefused` with OAuth's error code, :class:`OrgUnreachable`.
    """
    assertion = sign(
        {
            "iss": claims.client_id,
            "sub": claims.username,
            "aud": claims.audience,
            "exp": int(now) + _ASSERTION_SECONDS,
        }
    )
    register(assertion)
    return _grant(http, host, lambda: {"grant_type": _JWT_BEARER, "assertion": assertion})


def client_credentials_grant(
    http: requests.Session, host: InstanceUrl, client_id: str, client_secret: Secret
) -> Token:
    """Log in as the app's run-as user. No scope is sent, since orgs refuse it here (OBS).

    Raises :class:`LoginRefused` with OAuth's error code, :class:`OrgUnreachable`.
    """
    return _grant(
        http,
        host,
        lambda: {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret.reveal(),
        },
    )


def _grant(
    http: requests.Session, host: InstanceUrl, form: Callable[[], Mapping[str, str]]
) -> Token:
    url = f"{InstanceUrl(host)}/services/oauth2/token"
    status, answer = _posted(http, url, form)
    if not isinstance(answer, Mapping):
        raise OrgUnreachable(
            f"{url} answered HTTP {status}, and not as a token endpoint does",
            next_step="Check that the instance URL is the org's My Domain URL.",
        )
    if status != requests.codes.ok or "access_token" not in answer:
        code = str(answer.get("error", status))
        description = str(answer.get("error_description", "no description"))
        raise LoginRefused(f"{code}: {description}", code=code)
    return Token(
        access_token=str(answer["access_token"]),
        instance_url=InstanceUrl(str(answer.get("instance_url", host))),
        scopes=tuple(str(answer.get("scope", "")).split()),
    )


def _posted(
    http: requests.Session, url: str, form: Callable[[], Mapping[str, str]]
) -> tuple[int, object]:
    """The status and the JSON of the answer to a form. No exception keeps the form."""
    try:
        response = translated(url, lambda: http.post(url, data=form()))
    except OrgError as error:
        # Its cause has the request with the form, and thus any secret in it. So do the frames of
        # the code that refuses to call a busy org.
        error.__cause__ = error.__context__ = None
        raise error.with_traceback(None)  # noqa: B904  # its causes were just cut off
    try:
        return response.status_code, response.json()
    except requests.exceptions.JSONDecodeError:
        return response.status_code, None


def authorize_error(
    http: requests.Session,
    host: InstanceUrl,
    client_id: str,
    redirect_uri: str,
    scopes: tuple[str, ...],
) -> str:
    """The org's error for an authorize request, empty if it would ask a user to log in.

    Needs no user and no browser: a good request is redirected to a page, a bad one to an error
    (OBS). Raises :class:`OrgUnreachable`.
    """
    url = f"{InstanceUrl(host)}/services/oauth2/authorize"
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "code_challenge": secrets.token_urlsafe(32),  # for apps that require PKCE
        "code_challenge_method": "S256",
    }
    response = translated(url, lambda: http.get(url, params=query, allow_redirects=False))
    location = urlsplit(response.headers.get("Location", ""))
    answer = parse_qs(location.query) | parse_qs(location.fragment)
    if "error" in answer:
        return ": ".join(answer["error"] + answer.get("error_description", []))
    if response.status_code in {requests.codes.found, requests.codes.see_other, requests.codes.ok}:
        return "" if location.path or response.status_code == requests.codes.ok else "no answer"
    return f"HTTP {response.status_code}"
