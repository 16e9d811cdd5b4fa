"""Certificate rotation: puts a new certificate into an org, or the old one back.

An app has one certificate, so that there is never a time in which both keys log in. If anything
fails after the new certificate is in (the proof, the network, an interruption), the old certificate
is put back at once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from provision.apply.proof import Proof, Shows
from provision.apply.propagation import lag_refusals
from provision.apply.prover import Prover
from provision.apply.rotation_preparation import Rotation, prepared_now
from provision.apply.run import Applied, apply_plan, deployed
from provision.errors import (
    ApplyFailed,
    GateRefused,
    NotProven,
    OrgError,
    ProvisionError,
    WriteUnknown,
)
from provision.org.org import WritableOrg
from provision.org.quota import NO_RESERVE
from provision.org.written import WriteNote, unnoted
from provision.render.template import Templates

__all__ = ["Rotated", "Rotator"]


_WAS_IN: Final = "the new certificate was in"


@dataclass(frozen=True, slots=True)
class Rotated:
    """The result of a rotation: the app as read back, and the login with the new key."""

    applied: Applied
    proof: Proof


@dataclass(frozen=True, slots=True)
class Rotator:
    """Rotates certificates in one org. ``prover`` logs in with the keys.

    ``note`` is called before each write is sent, and with what became of it.
    """

    org: WritableOrg
    templates: Templates
    prover: Prover
    note: WriteNote = unnoted

    def rotate(self, rotation: Rotation) -> Rotated:
        """Put the new certificate in, and log in with the new key. If that fails, put the old back.

        The new pair is kept as long as the org has its certificate, or may yet get it. Raises what
        :func:`apply_plan` raises if nothing was written, and otherwise :class:`ApplyFailed`, which
        says which certificate the org has.
        """
        try:
            applied = self._apply(rotation)
            self.prover.say("logging in with the new key")
            proof = self.prover.prove_key(
                rotation.new.spec, applied.actual, lag_refusals(applied.plan)
            )
        except ProvisionError as error:
            if not rotation.pair.kept:
                raise
            raise self._after_failure(rotation, error) from error
        except KeyboardInterrupt as error:
            raise self._put_back(rotation, "interrupted", in_doubt=_in_doubt(error)) from error
        except Exception as error:
            bug = f"a bug stopped this rotation: {type(error).__name__}: {error}"
            raise self._put_back(rotation, bug, in_doubt=_in_doubt(error)) from error
        app, org = rotation.old.app, self.org.name
        now = f"{app} has the new certificate in {org}; its key is {rotation.pair.private_key}."
        self.org.written.correct(deployed(app, org), now)
        return Rotated(applied, proof)

    def _apply(self, rotation: Rotation) -> Applied:
        rotation.pair.kept = True
        try:
            return apply_plan(rotation.new, self.org, self.prover.say, self.note)
        except (GateRefused, OrgError) as error:  # nothing was written
            rotation.pair.kept = _in_doubt(error)
            raise

    def _after_failure(self, rotation: Rotation, error: ProvisionError) -> ApplyFailed:
        if _is_unknown(error):
            return _unknown(rotation, error)
        if isinstance(error, NotProven):
            failure = f"{_WAS_IN}, and the new key did not log in: {error.message}"
            return self._put_back(rotation, failure, error.next_step)
        return self._put_back(rotation, error.message, in_doubt=_in_doubt(error))

    def _put_back(
        self, rotation: Rotation, failure: str, meaning: str = "", *, in_doubt: bool = False
    ) -> ApplyFailed:
        """Put the old certificate back, and log in with the old key; the error that tells it all.

        ``in_doubt``: nobody knows how a deploy ended that was sent, so that the new pair is kept.
        """
        # A new deployer: the old one remembers an interruption, which must not end the way back.
        org = dataclasses.replace(self.org, reserve=NO_RESERVE)
        try:
            self.prover.say("putting the old certificate back")
            # No gates: this is the way back.
            old = prepared_now(rotation.old, self.templates, self.org)
            applied = apply_plan(old, org, self.prover.say, self.note)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # any error is in the message
            return ApplyFailed(
                f"{failure}\nThe old certificate could not be put back: {_reason(error)}\n"
                f"{_both_pairs(rotation)}",
                next_step=f"Run `provision apply {rotation.old.path}`, which puts the old one "
                "back, when the org answers.",
            )
        rotation.pair.kept = in_doubt
        new_pair = "the new pair is deleted, since no org has it"
        if in_doubt:
            new_pair = (
                f"the new pair ({rotation.pair.private_key}) is kept, since the org may yet take "
                "the deploy that was sent"
            )
        was_in = not old.plan.is_empty and not failure.startswith(_WAS_IN)
        lead = "The new certificate was put in, and the old one is back.\n" if was_in else ""
        state = (
            f"{lead}{failure}\nThe org has the old certificate (read back), the spec is as before, "
            f"and {new_pair}."
        )
        try:
            self.prover.say("logging in with the old key")
            proof = self.prover.prove_key(rotation.old, applied.actual, lag_refusals(applied.plan))
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the old certificate is in anyway
            return ApplyFailed(
                f"{state}\nThe old key does not log in yet: {_reason(error)}",
                next_step=f"Run `provision prove {rotation.old.path}` in some minutes.",
            )
        return ApplyFailed(
            f"{state}\n{_shown(proof)}.",
            next_step=f"{meaning} Rotate again when that is settled.".lstrip(),
        )


def _shown(proof: Proof) -> str:
    if proof.shows is Shows.REFUSAL:
        return f"The login of {proof.username} is refused, as asked"
    return f"The old key logs in as {proof.username}"


def _is_unknown(error: ProvisionError) -> bool:
    return isinstance(error, WriteUnknown) or isinstance(error.__cause__, WriteUnknown)


def _in_doubt(error: BaseException) -> bool:
    """Whether ``error`` comes from a write of which nobody knows whether the org made it."""
    found: BaseException | None = error
    seen: list[BaseException] = []  # an error that was raised from itself is its own cause
    while found is not None and found not in seen:
        if isinstance(found, WriteUnknown):
            return True
        seen.append(found)
        found = found.__cause__ or found.__context__
    return False


def _unknown(rotation: Rotation, error: ProvisionError) -> ApplyFailed:
    """The error if nothing is put back: nobody knows which of two running deploys ends last."""
    return ApplyFailed(
        f"{error.message}\nThe org has the old certificate, or will have the new one.\n"
        f"{_both_pairs(rotation)}",
        next_step=f"{error.next_step} When that deploy has ended, `provision apply "
        f"{rotation.old.path}` puts the old one back, if the org has the new one.",
    )


def _both_pairs(rotation: Rotation) -> str:
    return (
        f"Keep both pairs until it is clear which one the org has: the new one is "
        f"{rotation.pair.private_key} and {rotation.pair.certificate}; the spec names the old one."
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, ProvisionError):
        return error.message
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return f"a bug in provision: {type(error).__name__}: {error}"
