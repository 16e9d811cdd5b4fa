"""Prover: shows by real token requests that an app does what its spec asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from provision.apply.login_attempt import (
    NO_KEY,
    JwtLogin,
    NoLogin,
    SecretLogin,
    login_with_own_secret,
    secret_login,
)
from provision.apply.proof import Proof, ProofKind, Shows
from provision.apply.propagation import NOTHING_CHANGED, LagRefusals, Propagation
from provision.apply.switched_off import (
    APP_IS_OFF,
    FLOW_IS_OFF,
    RefusedLogin,
    app_off,
    client_credentials_off,
    is_off_in_org,
)
from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    is_admin_approved,
)
from provision.catalogue.scope import scope_of
from provision.errors import LoginRefused, NotProven
from provision.org.clock import Clock
from provision.org.login.checks import known_of
from provision.org.oauth import authorize_error
from provision.org.org import ReadableOrg
from provision.plan.facts import ActualApp
from provision.refusals.app import APP_OFF
from provision.refusals.dictionary import find
from provision.refusals.refusal import Known
from provision.refusals.request import FLOW_DISABLED
from provision.refusals.user import NOT_APPROVED
from provision.spec.model import ClientCredentials
from provision.spec.spec import Spec

__all__ = ["Prover"]

# Salesforce's own page for a login whose result no program waits for.
_SOME_CALLBACK: Final = "https://login.salesforce.com/services/oauth2/success"


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves apps in one org.

    ``wait`` is for how many seconds an attempt is repeated after a refusal that a lag can cause.
    """

    org: ReadableOrg
    clock: Clock
    wait: float
    say: Callable[[str], None]

    def prove(self, spec: Spec, actual: ActualApp, lags: LagRefusals = NOTHING_CHANGED) -> Proof:
        """Show that the app logs in, or that it does not if the spec switches it off.

        An app logs in by each flow of the spec, and calls the API: with a private key by the JWT
        bearer flow, with `oauth.client_credentials` by that flow if its secret can be had. A login
        that the spec switches off must be refused. If no login can be made, the authorize URL is
        probed. Of the refusals that were not asked for, only ``lags`` are waited for: those that
        a lag of what was changed can cause. Raises :class:`NotProven` with what to do about it.
        """
        asked = app_off(spec)
        if asked and not actual.consumer_key and is_off_in_org(actual):
            detail = "the org has the app switched off, and it has no consumer key to log in with"
            return Proof(ProofKind.AUTHORIZE_PROBE, "", detail, shows=Shows.PROBE)
        _require_consumer_key(actual)
        if asked:
            return self._prove_app_off(spec, actual, asked, lags)
        if is_off_in_org(actual):
            # The org itself has it so, as read: that the app is off is not the lag of a server.
            lags = lags.without(APP_OFF).without(FLOW_DISABLED)
        flow = spec.document.oauth.client_credentials if spec.document.oauth else None
        if flow is not None:
            return self._prove_with_secret(spec, actual, flow, lags)
        refused = self._prove_flow_off(spec, actual, lags)
        if spec.private_key is not None:
            proof = self.prove_key(spec, actual, lags)
        elif refused is not None and not _callback_urls(actual):
            return refused
        else:
            proof = self._probe(actual, NO_KEY, lags)
        return replace(proof, also=(refused,)) if refused else proof

    def prove_key(
        self, spec: Spec, actual: ActualApp, lags: LagRefusals = NOTHING_CHANGED
    ) -> Proof:
        """The proof by a JWT login of ``prove_as``, by default the session's user.

        For an app that the spec switches off, it is the login's refusal. Raises
        :class:`NotProven`.
        """
        consumer_key = _require_consumer_key(actual)
        key = spec.private_key
        if key is None:
            raise NotProven("there is no private key to log in with", next_step=NO_KEY.remedy)
        username = _prove_as(spec) or self.org.session.username
        if not username:
            raise NotProven(
                "the session does not name its user, and the spec names no user for the login",
                next_step="Write prove_as beside the private key in the spec.",
            )
        kind = ProofKind.JWT_LOGIN
        login = JwtLogin(self.org, self.clock, consumer_key, key, username)
        if asked := app_off(spec):
            refused = RefusedLogin(kind, username, asked, APP_IS_OFF, login.token)
            return refused.proof(self._propagation(actual), self.wait, lags)
        if not _is_restricted(actual):
            # Each user approves the app once, in a browser. No waiting does that for them.
            lags = lags.without(NOT_APPROVED)
        detail = self._propagation(actual).awaited(login.make, kind, self.wait, lags)
        return Proof(kind, username, detail)

    def _propagation(self, actual: ActualApp) -> Propagation:
        known = {*known_of(self.org.session.instance_url), *_known(actual)}
        return Propagation(self.clock, self.say, frozenset(known))

    def _prove_with_secret(
        self, spec: Spec, actual: ActualApp, flow: ClientCredentials, lags: LagRefusals
    ) -> Proof:
        login = secret_login(flow, actual, self.org)
        if isinstance(login, NoLogin):
            self.say(login.remedy)
            if spec.private_key is None:
                return self._probe(actual, login, lags)
            proof = self.prove_key(spec, actual, lags)
            return replace(proof, detail=f"{proof.detail}; {login.why}")
        if spec.private_key is None:
            return self._log_in_by_secret(login, actual, lags)
        proof = self.prove_key(spec, actual, lags)
        try:
            return replace(proof, also=(self._log_in_by_secret(login, actual, lags),))
        except NotProven as error:
            raise NotProven(
                f"proven by {proof.kind.value} as {proof.username}, and {error.message}",
                next_step=error.next_step,
            ) from error

    def _log_in_by_secret(self, login: SecretLogin, actual: ActualApp, lags: LagRefusals) -> Proof:
        kind = ProofKind.CLIENT_CREDENTIALS_LOGIN
        username, detail = self._propagation(actual).awaited(login.make, kind, self.wait, lags)
        return Proof(kind, username, detail)

    def _prove_app_off(self, spec: Spec, actual: ActualApp, asked: str, lags: LagRefusals) -> Proof:
        """The refusal of each login that the spec makes possible, or else a probe."""
        proofs = [self.prove_key(spec, actual, lags)] if spec.private_key else []
        flow = spec.document.oauth.client_credentials if spec.document.oauth else None
        login = secret_login(flow, actual, self.org) if flow else NO_KEY
        if isinstance(login, SecretLogin):
            kind, user = ProofKind.CLIENT_CREDENTIALS_LOGIN, login.run_as
            refused = RefusedLogin(kind, user, asked, APP_IS_OFF, login.token)
            proofs.append(refused.proof(self._propagation(actual), self.wait, lags))
        if not proofs:
            no_login = login if isinstance(login, NoLogin) else NO_KEY
            return self._probe_app_off(actual, asked, no_login)
        first, *others = proofs
        return replace(first, also=tuple(others))

    def _prove_flow_off(self, spec: Spec, actual: ActualApp, lags: LagRefusals) -> Proof | None:
        """The refusal of a client credentials login, ``None`` if there is none to prove.

        The spec must switch the flow off, and the org must give the app's secret.
        """
        asked = client_credentials_off(spec)
        login = login_with_own_secret(actual, self.org) if asked else NO_KEY
        if isinstance(login, NoLogin):
            return None
        kind = ProofKind.CLIENT_CREDENTIALS_LOGIN
        refused = RefusedLogin(kind, "", asked, FLOW_IS_OFF, login.token)
        return refused.proof(self._propagation(actual), self.wait, lags)

    def _probe(self, actual: ActualApp, no_login: NoLogin, lags: LagRefusals) -> Proof:
        """The answer of the authorize URL, which is asked if no login can be made."""
        urls = _callback_urls(actual)
        if not urls:
            raise NotProven(
                "not proven: the app has no callback URL, so its authorize URL proves nothing; "
                f"{no_login.why}",
                next_step=no_login.remedy,
            )
        kind = ProofKind.AUTHORIZE_PROBE

        def ask() -> None:
            if answer := self._authorize(actual, urls[0]):
                raise LoginRefused(f"the authorize URL answers {answer}")

        self._propagation(actual).awaited(ask, kind, self.wait, lags)
        detail = f"the org would ask a user to log in; {no_login.why}"
        return Proof(kind, "", detail, shows=Shows.PROBE)

    def _probe_app_off(self, actual: ActualApp, asked: str, no_login: NoLogin) -> Proof:
        """The answer of the authorize URL of an app that should be off.

        It is not known whether every org refuses before the login, so an answer that leads to the
        login page does not show that the app is on.
        """
        if not is_off_in_org(actual):
            raise NotProven(
                f"not proven: the spec says {asked}, and the org has the app switched on",
                next_step="Run `provision apply`.",
            )
        kind = ProofKind.AUTHORIZE_PROBE
        url = next(iter(_callback_urls(actual)), _SOME_CALLBACK)

        def ask() -> str:
            answer = self._authorize(actual, url)
            if answer and NOTHING_CHANGED.may_pass(LoginRefused(answer), kind):
                raise LoginRefused(f"the authorize URL answers {answer}")
            return answer

        answer = self._propagation(actual).awaited(ask, kind, self.wait, NOTHING_CHANGED)
        row = find(answer, kind.flow)
        if row is not None and row.name in APP_IS_OFF:
            detail = f"the authorize URL answers {answer}, as asked"
        else:
            seen = f"answers {answer}" if answer else "still leads to the login page"
            detail = f"the authorize URL {seen}; whether a login is refused was not tried"
        return Proof(kind, "", f"{detail}; {no_login.why}", shows=Shows.PROBE)

    def _authorize(self, actual: ActualApp, callback_url: str) -> str:
        """The org's objection to a login in a browser, empty if it has none."""
        tokens = split_names(_value(actual, OAUTH_SETTINGS.name, "commaSeparatedOauthScopes"))
        scopes = tuple(scope.names[0] for token in tokens if (scope := scope_of(token)))
        host = self.org.session.instance_url
        return authorize_error(self.org.http, host, actual.consumer_key, callback_url, scopes)


def _callback_urls(actual: ActualApp) -> tuple[str, ...]:
    return split_urls(_value(actual, GLOBAL_OAUTH_SETTINGS.name, "callbackUrl"))


def _require_consumer_key(actual: ActualApp) -> str:
    if GLOBAL_OAUTH_SETTINGS.name in actual.unknown:
        raise NotProven(
            f"the org does not show the consumer key of {actual.app}: it lists no "
            f"{GLOBAL_OAUTH_SETTINGS.name} to this session",
            next_step="Use a session that may see metadata, or run with --no-proof.",
        )
    if not actual.consumer_key:
        raise NotProven(
            f"{actual.app} has no consumer key to log in with",
            next_step="Add an `oauth:` section to the spec, or run with --no-proof.",
        )
    return actual.consumer_key


def _value(actual: ActualApp, type_name: str, field: str) -> str:
    component = actual.components.get(type_name)
    return component.text(field) if component else ""


def _prove_as(spec: Spec) -> str:
    oauth = spec.document.oauth
    return (oauth.jwt_bearer.prove_as or "") if oauth and oauth.jwt_bearer else ""


def _known(actual: ActualApp) -> Iterator[Known]:
    """What is known of the app as it was read, which rules out some causes of a refusal."""
    yield Known.AS_IN_ORG
    yield Known.ADMIN_APPROVED if _is_restricted(actual) else Known.SELF_AUTHORIZED
    if not is_off_in_org(actual):
        yield Known.SWITCHED_ON


def _is_restricted(actual: ActualApp) -> bool:
    """Whether an administrator approves users. If not, each user approves the app."""
    return is_admin_approved(actual.components.get(OAUTH_POLICIES.name))
