"""Destroy: take apps out of one org, for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provision.apply.destroy import Removal, check_removals, destroy_app, prepare_removal
from provision.apply.recording import Intent
from provision.errors import GateName
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.options import GateOptions
from provision.org.org import WritableOrg

__all__ = ["Destroy", "destroyed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroy(Job):
    """Shows what goes with each app, has it approved, and destroys the apps."""

    verb: ClassVar = "destroy"
    writes: ClassVar = True

    gates: GateOptions = GateOptions()

    @property
    def lifted(self) -> frozenset[GateName]:
        """The gates that are lifted."""
        return self.gates.allow

    def run(self, context: OrgContext) -> str:
        """Destroy the apps that the org has; the result names them."""
        org = context.writable()
        removals = [prepare_removal(spec, org) for spec in context.specs]
        for removal in removals:
            context.progress.show(removal)
        going = [removal for removal in removals if not removal.is_empty]
        check_removals(going, self.gates.allow)
        if going:
            names = ", ".join(removal.actual.app for removal in going)
            context.approval.ask(f"Destroy {names} in {org.name}?")
        return "\n".join(destroyed(removal, org, context) for removal in going)


def destroyed(removal: Removal, org: WritableOrg, context: OrgContext) -> str:
    """Destroy one app, with a run of its own; what came of it."""
    intent = Intent("destroy", removal.spec, removal.actual)
    with context.recorder.recording(intent, org) as recording:
        destroy_app(removal, org, context.progress.talk, recording.note)
    org.written.settle()
    result = f"app: {removal.actual.app} is gone (read back)"
    context.progress.show(result)
    return result
