"""`provision rollback`: an app back to what it was before a run."""

from __future__ import annotations

from typing import Annotated

import typer

from provision.cli.confirmation import Yes
from provision.cli.console import Console
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Quiet,
    RulesFile,
    RunDir,
)
from provision.cli.output import Output
from provision.cli.rollout_options import Orgs
from provision.errors import ExitCode
from provision.report.format import Format

__all__ = ["rollback"]


def rollback(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run's id, or its directory.", show_default=False)
    ],
    org: Orgs = None,
    yes: Yes = False,
    allow: Allow = None,
    rules: RulesFile = None,
    run_dir: RunDir = None,
    allow_exec: AllowExec = False,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Make an app what it was before a run: show the plan, ask, snapshot, deploy, read back.

    An app that was not there before the run is destroyed, which needs --allow irreversible.
    """
    from provision.apply.run_directory import find_run
    from provision.cli.carry_out import carry_out
    from provision.jobs.options import (
        GateOptions,
        KeepOptions,
        OrgOptions,
        RolloutOptions,
        RuleOptions,
        SpecOptions,
    )
    from provision.jobs.rollback import Rollback, target_of_run
    from provision.jobs.workdir import run_base

    kept = find_run(run_base(run_dir), run)
    job = Rollback(
        target=target_of_run(kept, org or ()),
        specs=SpecOptions(allow_exec=allow_exec),
        org=OrgOptions(api_version, http_timeout, deploy_wait),
        rules=RuleOptions(rules),
        keep=KeepOptions(run_dir),
        gates=GateOptions(frozenset(allow or ()), yes),
        kept=kept.path,
    )
    out = Output(Format.TEXT, None, Console(quiet))
    ran = carry_out(job, out, RolloutOptions(tuple(org or ())), yes=yes)
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)
