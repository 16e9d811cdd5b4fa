"""Rollback: an app of one org back to what it was before a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from provision.apply.destroy import check_removals, prepare_removal
from provision.apply.freshness import RecordLearned, check_known
from provision.apply.gating import check_gates, gated
from provision.apply.prepare import bare_spec
from provision.apply.recording import intent_of
from provision.apply.restoring import restoration_of, restore
from provision.apply.rollback import (
    KeptRun,
    check_restored,
    check_run_org,
    learn_names,
    prepare_rollback,
    read_run,
    rollback_exceptions,
    rollback_notices,
)
from provision.apply.run import apply_plan
from provision.errors import CannotError, GateName
from provision.fleet.file_kind import is_fleet
from provision.fleet.fleet import FleetOrg
from provision.jobs.context import OrgContext
from provision.jobs.destroy import destroyed
from provision.jobs.job import Job
from provision.jobs.opening import folder_of_org
from provision.jobs.options import GateOptions
from provision.jobs.progress import Unattended
from provision.jobs.target import FleetTarget, Target, target_of
from provision.org.org import WritableOrg
from provision.org.quota import NO_RESERVE
from provision.plan.facts import ActualApp
from provision.runs.app_record import read_record
from provision.runs.rows import read_record as read_rows
from provision.runs.run_directory import ROWS, RunDirectory
from provision.runs.run_lock import is_under_way

__all__ = ["Rollback", "target_of_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback(Job):
    """Makes the apps of each org what they were before the run in the directory ``kept``."""

    verb: ClassVar = "rollback"
    writes: ClassVar = True

    gates: GateOptions = GateOptions()
    kept: Path

    @property
    def needs_specs(self) -> bool:
        """What the apps were is kept with the run."""
        return False

    @property
    def lifted(self) -> frozenset[GateName]:
        """The gates that are lifted."""
        return self.gates.allow

    def selected(self, orgs: Sequence[FleetOrg]) -> tuple[FleetOrg, ...]:
        """The ``orgs`` that the run wrote to. Raises :class:`CannotError` if there are none."""
        found = tuple(org for org in orgs if self._of_org(org.name))
        if not found:
            raise CannotError(
                f"the run {self.kept.name} wrote to none of the orgs that are selected",
                next_step=f"Run `provision runs show {self.kept.name}` to see what it did.",
            )
        return found

    def api_version(self, org: FleetOrg) -> int | None:
        """That of the run: what an older version shows is what can be compared."""
        version = super(Rollback, self).api_version(org)
        return version or read_record(self._directories(org.name)[0]).org.api_version

    def preview(self) -> Job:
        """What would be done, without doing it."""
        return _Preview(
            target=self.target,
            specs=self.specs,
            org=self.org,
            rules=self.rules,
            keep=self.keep,
            command=self.command,
            gates=self.gates,
            kept=self.kept,
        )

    def question(self, orgs: int) -> str:
        """Whether to do it in all of them."""
        return f"Roll {orgs} org{'s' if orgs != 1 else ''} back to before {self.kept.name}?"

    def run(self, context: OrgContext) -> str:
        """Show each plan, have it approved, and do it; what came of it."""
        # A quota that is low does not keep anybody from going back.
        org = dataclasses.replace(context.writable(), reserve=NO_RESERVE)
        return "\n".join(
            self._rolled_back(read_run(directory), org, context)
            for directory in self._directories(context.org.name)
        )

    def _directories(self, org: str) -> tuple[RunDirectory, ...]:
        """What the run kept of each app of the org, the last one first."""
        # A single org may have another name by now: its id is compared later.
        found = self._of_org(org) or RunDirectory(self.kept).apps()
        if not found:
            raise CannotError(f"the run {self.kept.name} wrote nothing that could be rolled back")
        return found

    def _of_org(self, org: str) -> tuple[RunDirectory, ...]:
        return RunDirectory(self.kept).apps_in(folder_of_org(self.kept, org))

    def _rolled_back(self, kept: KeptRun, org: WritableOrg, context: OrgContext) -> str:
        check_run_org(kept, org)
        learn_names(kept, org)
        actual = org.find_app(kept.record.app, wholly=True)
        if kept.record.app_existed:
            return self._restored(kept, actual, org, context)
        return self._removed(kept, org, context)

    def _restored(
        self, kept: KeptRun, actual: ActualApp, org: WritableOrg, context: OrgContext
    ) -> str:
        """Restore, planned again for each record that the org names and no read had shown."""
        while True:
            try:
                return self._restored_known(kept, actual, org, context)
            except RecordLearned as learned:
                if isinstance(context.approval, Unattended):
                    raise  # the answer was for another plan
                context.progress.talk(learned.notice)
                actual = org.find_app(kept.record.app, wholly=True)
                check_known(actual, learned)

    def _restored_known(
        self, kept: KeptRun, actual: ActualApp, org: WritableOrg, context: OrgContext
    ) -> str:
        app, progress, rules = kept.record.app, context.progress, context.shared.rules
        prepared = gated(prepare_rollback(kept, actual, org, context.clock.today()), org, rules)
        restoration = restoration_of(kept.snapshot.dependents, actual)
        progress.show(prepared.plan)
        lines = tuple(restoration.lines())
        if lines:
            progress.show("\n".join((*lines, "")))
        for notice in rollback_notices(kept, actual):
            progress.talk(f"notice: {notice}")
        if prepared.plan.is_empty and not restoration.deployed:
            return f"app: {app} is what it was before {kept.directory.run_id} already"
        check_gates([prepared.plan], self.gates.allow, rules.thresholds)
        context.approval.ask(f"Roll {app} back in {org.name}?")
        intent = intent_of(prepared, "rollback", restores=bool(restoration.deployed))
        with context.recorder.recording(intent, org) as recording:
            applied = apply_plan(prepared, org, progress.talk, recording.note)
            check_restored(applied)
            restore(restoration, org, recording.note)
        differs = ", ".join(rollback_exceptions(kept, actual, applied.actual, restoration))
        result = (
            f"app: {app} is what it was before {kept.directory.run_id} (read back)"
            f"{f', but for {differs}' if differs else ''}"
        )
        if applied.consumer_key != kept.record.consumer_key:
            result += f"\nconsumer key: {applied.consumer_key}"
        progress.show(result)
        return result

    def _removed(self, kept: KeptRun, org: WritableOrg, context: OrgContext) -> str:
        app = kept.record.app
        removal = prepare_removal(bare_spec(app, kept.directory.path), org)
        context.progress.show(removal)
        if removal.is_empty:
            return f"app: {app} is absent already"
        if kept.record.adds:
            added = ", ".join(kept.record.adds)
            context.progress.talk(f"notice: left as they are, where the run added them: {added}")
        check_removals([removal], self.gates.allow)
        context.approval.ask(f"Destroy {app} in {org.name}? It was not there before the run.")
        return destroyed(removal, org, context)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Preview(Rollback):
    """What a rollback would do, in a line an app."""

    verb: ClassVar = "plan rollback"
    writes: ClassVar = False

    def run(self, context: OrgContext) -> str:
        """Read the org, and tell what would be done to each app."""
        return "\n".join(
            _previewed(read_run(directory), context)
            for directory in self._directories(context.org.name)
        )


def _previewed(kept: KeptRun, context: OrgContext) -> str:
    app, org, rules = kept.record.app, context.org, context.shared.rules
    check_run_org(kept, org)
    learn_names(kept, org)
    actual = org.find_app(app, wholly=True)
    if not kept.record.app_existed:
        return f"{app}: to be destroyed" if actual.exists else f"{app}: absent already"
    plan = gated(prepare_rollback(kept, actual, org, context.clock.today()), org, rules).plan
    if plan.is_empty:
        return f"{app}: nothing to restore"
    count = len(tuple(plan.changes))
    gates = ", ".join(gate.name for gate in plan.gates if gate.name not in context.job.lifted)
    refused = f" (refused by the gate {gates})" if gates else ""
    return f"{app}: {count} field{'' if count == 1 else 's'} to restore{refused}"


def target_of_run(run: RunDirectory, orgs: Sequence[str]) -> Target:
    """The orgs in which ``run`` can be rolled back: those of its fleet, or the one that is named.

    Raises :class:`CannotError` where the run was over a fleet whose file is gone, and while the
    run is under way.
    """
    if is_under_way(run.path):
        raise CannotError(
            f"the run {run.id} is under way", next_step="Wait until it has ended, or stop it."
        )
    if not (run.path / ROWS).is_file():
        return target_of((), orgs)
    header = read_rows(run.path / ROWS).header
    if header.fleet and is_fleet(Path(header.fleet)):
        return FleetTarget(Path(header.fleet))
    if len(header.orgs) > 1:
        raise CannotError(
            f"the run {run.id} was over the orgs of {header.fleet}, which is no fleet file now",
            next_step="Put the file back, or name the directory of one app with its --org.",
        )
    return target_of((), orgs)
