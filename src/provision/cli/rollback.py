"""`provision rollback`: an app back to what it was before a run."""

from __future__ import annotations

from typing import Annotated

from provision.cli.option_groups import Without, takes_options
from provision.cli.options import OrgName, RulesFile, SingleOrg
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.command_line import Argument
from provision.jobs.options import GateOptions, KeepOptions, SpecOptions

__all__ = ["rollback"]


@takes_options
def rollback(
    run: Annotated[str, Argument("RUN", "The id of a run, or its directory.")],
    rollout: OrgName,
    org: SingleOrg,
    specs: Annotated[SpecOptions, Without("var", "templates")],
    gates: GateOptions,
    rules: RulesFile,
    keep: Annotated[KeepOptions, Without("state")],
    out: Output,
) -> ExitCode:
    """Restore an app as it was before a run.

    Shows the plan, asks, keeps a snapshot, deploys and reads back. An app that did not exist before
    the run is destroyed, which needs --allow irreversible.

    Examples:
        provision rollback 20260131T120000Z-apply-spec
        provision rollback .provision/runs/RUN --org my-sandbox --yes
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.rollback import Rollback, target_of_run
    from provision.jobs.workdir import run_base
    from provision.runs.run_directory import find_run

    kept = find_run(run_base(keep.run_dir), run)
    job = Rollback(
        target=target_of_run(kept, rollout.orgs),
        specs=specs,
        org=org,
        rules=rules,
        keep=keep,
        gates=gates,
        kept=kept.path,
    )
    return carry_out(job, out, rollout, yes=gates.yes).exit_code
