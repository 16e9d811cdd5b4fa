"""Rotate: a new certificate for an app of one org, proven, or the old one put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provision.apply.certificate_rotation import Rotator
from provision.apply.gating import check_gates
from provision.apply.key_pair import named_pair, next_pair
from provision.apply.prover import Prover
from provision.apply.recording import intent_of
from provision.apply.rotation_preparation import Rotation, RotationPreparation
from provision.apply.spec_edit import SpecEdit, spec_edit
from provision.errors import GateName
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.options import GateOptions

__all__ = ["RotateCertificate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateCertificate(Job):
    """Makes a new pair of keys for one spec, puts its certificate in, and proves it.

    ``days`` is how long the new certificate is valid, ``bits`` the size of the RSA key (``None``:
    that of the old one), ``proof_wait`` for how many seconds a refused login is tried again.
    """

    verb: ClassVar = "rotate certificate"
    writes: ClassVar = True

    gates: GateOptions = GateOptions()
    days: int = 365
    bits: int | None = None
    proof_wait: float = 0

    @property
    def lifted(self) -> frozenset[GateName]:
        """The gates that are lifted."""
        return self.gates.allow

    def run(self, context: OrgContext) -> str:
        """Do it for the only spec; the result tells where the pairs of keys are."""
        [old] = context.specs
        named_pair(old)
        org, progress, rules = context.writable(), context.progress, context.shared.rules
        templates = context.shared.templates
        prover = Prover(org, context.clock, self.proof_wait, progress.talk)
        preparation = RotationPreparation(org, templates, rules, prover)
        usage = preparation.check(old)
        with next_pair(old, context.clock.now(), days=self.days, bits=self.bits) as pair:
            rotation = preparation.prepare(old, pair, usage)
            progress.show(rotation.new.plan)
            check_gates([rotation.new.plan], self.gates.allow, rules.thresholds)
            preparation.validate(rotation)
            context.approval.ask(f"Rotate the certificate of {old.app} in {org.name}?")
            with context.recorder.recording(intent_of(rotation.new), org) as recording:
                rotated = Rotator(org, templates, prover, recording.note).rotate(rotation)
                # Before anything else can fail: a spec that names the old pair would undo it.
                edit = spec_edit(old, pair)
                is_written = edit.write()
                progress.show(rotated.applied)
                progress.show(rotated.proof)
                pairs = _pairs(rotation, edit, is_written=is_written)
                progress.show(pairs)
                recording.applied(rotated.applied)
        return pairs


def _pairs(rotation: Rotation, edit: SpecEdit, *, is_written: bool) -> str:
    """Where the pairs of keys are, and what the spec says."""
    old = named_pair(rotation.old)
    kept = f"{old.private_key}, {old.jwt.certificate}"
    if is_written:
        spec = [f"spec: {edit.path} names the new pair"]
    else:
        spec = [f"spec: {edit.path} is unchanged; before the next apply, write in its jwt_bearer:"]
        spec += [f"  {line}" for line in edit.lines]
    return "\n".join(
        (
            f"new pair: {rotation.pair.private_key}, {rotation.pair.certificate}",
            f"old pair: {kept} (kept; the app accepts no login with it any more)",
            *spec,
        )
    )
