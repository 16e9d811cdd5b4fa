"""Proof: a real token request that shows the app works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from provision.apply.proof_kind import ProofKind
from provision.apply.propagation import Propagation, Say
from provision.apply.secret_login import NoLogin, SecretLogin, secret_login
from provision.apply.token_use import used
from provision.errors import LoginRefused, NotProven
from provision.keys.private_key import PrivateKey
from provision.metadata.canonical import split_names, split_urls
from provision.metadata.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.metadata.scope import scope_of
from provision.org.clock import Clock
from provision.org.login.jwt_bearer import audiences_for, jwt_login
from provision.org.oauth import JwtClaims, authorize_error
from provision.org.org import ReadableOrg
from provision.plan.facts import ActualApp
from provision.spec.spec import Spec

__all__ = ["Proof", "ProofKind", "Prover"]

_NO_KEY: Final = NoLogin(
    "the spec names no private key, so nobody did",
    "Name oauth.jwt_bearer.private_key in the spec for a login, or a callback URL.",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown: which proof, as whom, and what it did, in a sentence.

    ``also`` is what was shown besides: an app with two flows has two proofs.
    """

    kind: ProofKind
    username: str
    detail: str
    also: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves apps in one org. ``wait`` is how long, in seconds, a refusal may be "not yet"."""

    org: ReadableOrg
    clock: Clock
    wait: float
    say: Say

    def prove(self, spec: Spec, actual: ActualApp) -> Proof:
        """Log in with the app by each flow of the spec, and call the API; or probe its URL.

        A private key allows a JWT login, `oauth.client_credentials` a client credentials login if
        its secret can be had. The authorize URL is probed where neither could be made. Raises
        :class:`NotProven` with what to do about it.
        """
        _require_consumer_key(actual)
        flow = spec.document.oauth.client_credentials if spec.document.oauth else None
        if flow is None:
            has_key = spec.private_key is not None
            return self.prove_key(spec, actual) if has_key else self._probe(actual, _NO_KEY)
        login = secret_login(flow, actual, self.org)
        if isinstance(login, NoLogin):
            self.say(login.remedy)
            if spec.private_key is None:
                return self._probe(actual, login)
            proof = self.prove_key(spec, actual)
            return replace(proof, detail=f"{proof.detail}; {login.why}")
        if spec.private_key is None:
            return self._log_in_by_secret(login)
        proof = self.prove_key(spec, actual)
        try:
            return replace(proof, also=(self._log_in_by_secret(login),))
        except NotProven as error:
            raise NotProven(
                f"proven by {proof.kind.value} as {proof.username}, and {error.message}",
                next_step=error.next_step,
            ) from error

    def prove_key(self, spec: Spec, actual: ActualApp) -> Proof:
        """The JWT login alone, as ``prove_as``, by default the session's user.

        Raises :class:`NotProven`.
        """
        consumer_key = _require_consumer_key(actual)
        key = spec.private_key
        if key is None:
            raise NotProven("there is no private key to log in with", next_step=_NO_KEY.remedy)
        username = _prove_as(spec) or self.org.session.username
        if not username:
            raise NotProven(
                "nobody knows whose login should prove it: the session does not name its user",
                next_step="Write prove_as beside the private key in the spec.",
            )
        wait = self.wait if _is_restricted(actual) else 0
        kind = ProofKind.JWT_LOGIN
        detail = self._propagation.awaited(
            lambda: self._log_in(key, consumer_key, username), kind, wait
        )
        return Proof(kind, username, detail)

    @property
    def _propagation(self) -> Propagation:
        return Propagation(self.clock, self.say)

    def _log_in(self, key: PrivateKey, consumer_key: str, username: str) -> str:
        host = self.org.session.instance_url
        claims = [JwtClaims(consumer_key, username, audience) for audience in audiences_for(host)]
        token = jwt_login(self.org.http, host, claims, key.sign_rs256, self.clock)
        return used(token, self.org)

    def _log_in_by_secret(self, login: SecretLogin) -> Proof:
        kind = ProofKind.CLIENT_CREDENTIALS_LOGIN
        username, detail = self._propagation.awaited(login.make, kind, self.wait)
        return Proof(kind, username, detail)

    def _probe(self, actual: ActualApp, no_login: NoLogin) -> Proof:
        """The authorize URL's answer, for want of a login."""
        urls = split_urls(_text(actual, GLOBAL_OAUTH_SETTINGS.name, "callbackUrl"))
        if not urls:
            raise NotProven(
                "not proven: the app has no callback URL, so its authorize URL proves nothing; "
                f"{no_login.why}",
                next_step=no_login.remedy,
            )
        kind = ProofKind.AUTHORIZE_PROBE
        self._propagation.awaited(lambda: self._ask(actual, urls[0]), kind, self.wait)
        return Proof(kind, "", f"the org would ask a user to log in; {no_login.why}")

    def _ask(self, actual: ActualApp, callback_url: str) -> None:
        tokens = split_names(_text(actual, OAUTH_SETTINGS.name, "commaSeparatedOauthScopes"))
        scopes = tuple(scope.names[0] for token in tokens if (scope := scope_of(token)))
        host = self.org.session.instance_url
        refused = authorize_error(self.org.http, host, actual.consumer_key, callback_url, scopes)
        if refused:
            raise LoginRefused(f"the authorize URL answers {refused}")


def _require_consumer_key(actual: ActualApp) -> str:
    if not actual.consumer_key:
        raise NotProven(
            f"{actual.app} has no consumer key to log in with",
            next_step="Add an `oauth:` section to the spec, or run with --no-proof.",
        )
    return actual.consumer_key


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
