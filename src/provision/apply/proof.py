"""Proof: a real token request that shows the app works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import requests

from provision.apply.explanation import explained
from provision.errors import LoginRefused, NotProven, OrgError
from provision.keys.private_key import PrivateKey
from provision.metadata.canonical import split_names, split_urls
from provision.metadata.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.metadata.scope import scope_of
from provision.org.clock import Clock
from provision.org.http import translated
from provision.org.login.jwt_bearer import audiences_for, jwt_login
from provision.org.oauth import JwtClaims, Token, authorize_error
from provision.org.org import ReadableOrg
from provision.plan.facts import ActualApp
from provision.spec.spec import Spec

__all__ = ["Proof", "ProofKind", "Prover"]

_FIRST_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 30.0
_MOST_SAID: Final = 300

# An app that was just made or changed answers these until the change has reached every server,
# which takes 2 to 10 minutes as a rule and up to 30 (OBS).
_MAY_PASS: Final = (
    "invalid_client_id",
    "app_not_found",
    "invalid_app_access",
    "hasn't approved",
    "not installed in this org",
    "invalid assertion",
    "invalid client credentials",
)

Say = Callable[[str], None]


class ProofKind(Enum):
    """How an app was proven."""

    JWT_LOGIN = "JWT login"
    AUTHORIZE_PROBE = "authorize probe"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown: which proof, as whom, and what it did, in a sentence."""

    kind: ProofKind
    username: str
    detail: str


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves apps in one org. ``wait`` is how long, in seconds, a refusal may be "not yet"."""

    org: ReadableOrg
    clock: Clock
    wait: float
    say: Say

    def prove(self, spec: Spec, actual: ActualApp) -> Proof:
        """Log in with the app, and call the API once; or probe its authorize URL.

        With a private key in the spec a JWT login as ``prove_as`` (by default the session's
        user), without one the probe. Raises :class:`NotProven` with what to do about it.
        """
        consumer_key = actual.consumer_key
        if not consumer_key:
            raise NotProven(
                f"{actual.app} has no consumer key to log in with",
                next_step="Add an `oauth:` section to the spec, or run with --no-proof.",
            )
        if spec.private_key is None:
            return self._patiently(lambda: self._probe(consumer_key, actual), self.wait)
        username = _prove_as(spec) or self.org.session.username
        if not username:
            raise NotProven(
                "nobody knows whose login should prove it: the session does not name its user",
                next_step="Write prove_as beside the private key in the spec.",
            )
        key = spec.private_key
        wait = self.wait if _is_restricted(actual) else 0
        return self._patiently(lambda: self._log_in(key, consumer_key, username), wait)

    def _patiently(self, attempt: Callable[[], Proof], wait: float) -> Proof:
        deadline = self.clock.monotonic() + wait
        pause = _FIRST_WAIT
        while True:
            try:
                return attempt()
            except OrgError as error:
                late = self.clock.monotonic() + pause > deadline
                if late or not _may_pass(error):
                    waited = f" (for {wait:.0f} seconds)" if late and wait else ""
                    raise NotProven(
                        f"not proven{waited}: {error.message}",
                        next_step=explained(error.message),
                    ) from error
                self.say(f"not yet: {error.message}; trying again in {pause:.0f} s")
            self.clock.sleep(pause)
            pause = min(pause * 1.6, _LONGEST_WAIT)

    def _log_in(self, key: PrivateKey, consumer_key: str, username: str) -> Proof:
        token = self._token(key, consumer_key, username)
        path = f"/services/data/v{self.org.api_version}.0/"
        if not {"api", "full"} & set(token.scopes):
            scopes = " ".join(token.scopes) or "none"
            detail = f"token granted; no API call, since its scopes ({scopes}) allow none"
            return Proof(ProofKind.JWT_LOGIN, username, detail)
        url = f"{token.instance_url.rstrip('/')}{path}"
        headers = {"Authorization": f"Bearer {token.access_token}"}
        response = translated(url, lambda: self.org.http.get(url, headers=headers))
        if response.status_code != requests.codes.ok:
            raise LoginRefused(
                f"the token was granted, and GET {path} refused: {response.text[:_MOST_SAID]}"
            )
        return Proof(ProofKind.JWT_LOGIN, username, f"token granted, GET {path} answered 200")

    def _token(self, key: PrivateKey, consumer_key: str, username: str) -> Token:
        host = self.org.session.instance_url
        claims = [JwtClaims(consumer_key, username, audience) for audience in audiences_for(host)]
        return jwt_login(self.org.http, host, claims, key.sign_rs256, self.clock)

    def _probe(self, consumer_key: str, actual: ActualApp) -> Proof:
        urls = split_urls(_text(actual, GLOBAL_OAUTH_SETTINGS.name, "callbackUrl"))
        if not urls:
            raise LoginRefused("the app has no callback URL, so its authorize URL proves nothing")
        tokens = split_names(_text(actual, OAUTH_SETTINGS.name, "commaSeparatedOauthScopes"))
        scopes = tuple(scope.names[0] for token in tokens if (scope := scope_of(token)))
        host = self.org.session.instance_url
        refused = authorize_error(self.org.http, host, consumer_key, urls[0], scopes)
        if refused:
            raise LoginRefused(f"the authorize URL answers {refused}")
        return Proof(
            ProofKind.AUTHORIZE_PROBE,
            "",
            "the org would ask a user to log in; the spec names no private key, so nobody did",
        )


def _text(actual: ActualApp, type_name: str, field: str) -> str:
    component = actual.components.get(type_name)
    return component.text(field) if component else ""


def _prove_as(spec: Spec) -> str:
    oauth = spec.document.oauth
    return (oauth.jwt_bearer.prove_as or "") if oauth and oauth.jwt_bearer else ""


def _is_restricted(actual: ActualApp) -> bool:
    """OBS: with self-authorize a JWT login never succeeds, however long one waits."""
    kind = _text(actual, OAUTH_POLICIES.name, "permittedUsersPolicyType")
    return kind == "AdminApprovedPreAuthorized"


def _may_pass(error: OrgError) -> bool:
    return any(sign in error.message for sign in _MAY_PASS)
