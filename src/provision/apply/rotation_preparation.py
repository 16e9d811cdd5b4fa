"""Rotation preparation: checks everything that can be checked before a rotation writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from provision.apply.freshness import RecordLearned
from provision.apply.gating import gated
from provision.apply.key_pair import NamedPair, NextPair, named_pair
from provision.apply.prepare import Prepared, prepare
from provision.apply.prover import Prover
from provision.apply.steps import Steps
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.errors import CannotError, LoginRefused, NotProven
from provision.findings import ADVICE, Finding, Severity
from provision.org.app_names import no_app
from provision.org.org import WritableOrg
from provision.plan.gate import Usage
from provision.plan.names import Wanted
from provision.plan.plan import Action, Plan
from provision.render.template import Templates
from provision.rules.rule import RuleSet
from provision.spec.spec import Spec

__all__ = ["Rotation", "RotationPreparation", "prepared_now"]

_CHANGED: Final = (GLOBAL_OAUTH_SETTINGS, "certificate")
_MOST_USERS: Final = 5


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation from the pair of ``old`` to ``pair``, by the plan of ``new``. It was checked."""

    old: Spec
    new: Prepared
    pair: NextPair


@dataclass(frozen=True, slots=True)
class RotationPreparation:
    """Prepares rotations in one org. Nothing here writes to it."""

    org: WritableOrg
    templates: Templates
    rules: RuleSet
    prover: Prover

    def check(self, spec: Spec) -> Usage:
        """Check that the org is as ``spec`` says, and that its key logs in now.

        Returns who used the app before that login, which makes a token itself. Raises
        :class:`CannotError` if the org differs, :class:`LoginRefused` if the key does not log in.
        """
        named_pair(spec)
        plan = self._seen(spec)
        if plan.creates_app:
            raise no_app(self.org.name, spec.app, plan.actual.packages)
        if not plan.is_empty:
            raise CannotError(
                f"{spec.app} in {self.org.name} is not what the spec says: {_differing(plan)}; a "
                "rotation changes the certificate and nothing else",
                next_step=f"Run `provision apply {spec.path}` first.",
            )
        usage = self.org.usage(spec.app, Wanted())
        self.prover.say("logging in with the old key")
        try:
            # Without waiting: if the old key does not log in now, nothing should be changed now.
            dataclasses.replace(self.prover, wait=0).prove_key(spec, plan.actual)
        except NotProven as error:
            raise LoginRefused(
                "the old key does not log in, so nothing could show that it logs in again if the "
                f"rotation fails: {error.message}",
                next_step=f"{error.next_step} Or change the certificate without a way back: "
                "`provision keys new NAME`, name the pair in the spec, `provision apply`.",
            ) from error
        return usage

    def _seen(self, spec: Spec) -> Plan:
        """The plan of ``spec``, after the org has named the records that its reads do not show.

        Raises :class:`CannotError` if the org does not name them all.
        """
        prepared = prepared_now(spec, self.templates, self.org)
        if _unknown(prepared.plan):
            self.prover.say("validating a deploy, so that the org names what its reads do not show")
            try:
                Steps(prepared, self.org, self.prover.say).validate()
            except RecordLearned as learned:
                self.prover.say(learned.notice)
                prepared = prepared_now(spec, self.templates, self.org)
        if unknown := _unknown(prepared.plan):
            raise CannotError(
                f"{self.org.name} does not show whether {spec.app} has {', '.join(unknown)}, so "
                "it is not known whether the app is what the spec says",
                next_step=f"Run `provision apply {spec.path}` first.",
            )
        return prepared.plan

    def prepare(self, spec: Spec, pair: NextPair, usage: Usage) -> Rotation:
        """The rotation of ``spec`` to ``pair``, with its gates and consequences.

        ``usage`` is what :meth:`check` returned. Raises :class:`CannotError` if it would change
        anything but the certificate.
        """
        key, certificate = pair.spec.private_key, pair.spec.certificate
        if key is None or certificate is None or not key.matches(certificate):
            raise CannotError(f"{pair.private_key} is not the key of {pair.certificate}")
        new = prepared_now(pair.spec, self.templates, self.org)
        changed = [(change.component, change.field.name) for change in new.plan.changes]
        if changed != [_CHANGED] or new.plan.access:
            changes = _differing(new.plan) or "nothing (see accept in the spec)"
            raise CannotError(
                f"a rotation changes the certificate and nothing else; this would change {changes}",
                next_step=f"Look at `provision plan {spec.path}`.",
            )
        new = gated(new, self.org, self.rules)
        consequences = self._consequences(named_pair(spec), pair, _users(spec.app, usage))
        advice = (
            *new.plan.advice,
            *(Finding(Severity.NOTE, ADVICE, each) for each in consequences),
        )
        return Rotation(spec, new.with_plan(dataclasses.replace(new.plan, advice=advice)), pair)

    def validate(self, rotation: Rotation) -> None:
        """Have the org check the deploy. Raises :class:`ApplyFailed` if the org would refuse it."""
        self.prover.say("validating the deploy (nothing is written)")
        Steps(rotation.new, self.org, self.prover.say).validate()

    def _consequences(self, old: NamedPair, pair: NextPair, users: str) -> Iterator[str]:
        yield (
            "an app has one certificate: logins with the old key fail as soon as the new one is "
            f"in. {users}"
        )
        if old.certificate.issuer != old.certificate.subject:
            yield (
                f"the old certificate was issued by {old.certificate.issuer}; the new one, "
                f"{pair.certificate}, is self-signed"
            )
        if not self.org.session.client_id:
            yield (
                "the session does not tell which app it came from; make sure that it is not "
                f"{pair.spec.app}"
            )


def prepared_now(spec: Spec, templates: Templates, org: WritableOrg) -> Prepared:
    """The plan that makes the app what ``spec`` says, by the org's clock and without gates."""
    today = datetime.fromtimestamp(org.clock.time(), UTC).date()
    return prepare(spec, templates, org, today)


def _unknown(plan: Plan) -> list[str]:
    return [i.desired.type.name for i in plan.components if i.action is Action.UNKNOWN]


def _users(app: str, usage: Usage) -> str:
    """Who has tokens of the app, as far as the org tells, in a sentence."""
    if not usage.known:
        return f"The org does not say who uses {app}."
    names = sorted(user.username for user in usage.users)
    if not names:
        return f"Nobody has a token of {app} now."
    more = f" and {len(names) - _MOST_USERS} more" if len(names) > _MOST_USERS else ""
    return f"These have tokens of {app} now: {', '.join(names[:_MOST_USERS])}{more}."


def _differing(plan: Plan) -> str:
    keys = [change.key for change in plan.changes]
    return ", ".join(dict.fromkeys([*keys, *(["who has access"] if plan.access else [])]))
