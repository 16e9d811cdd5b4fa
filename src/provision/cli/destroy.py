"""`provision destroy`: take an app out of an org, for good."""

from __future__ import annotations

from provision.cli.confirmation import Yes
from provision.cli.console import Console
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    Quiet,
    RunDir,
    SpecFiles,
    Var,
)
from provision.cli.output import Output
from provision.report.format import Format

__all__ = ["destroy"]


def destroy(
    specs: SpecFiles,
    org: Org = "",
    yes: Yes = False,
    allow: Allow = None,
    var: Var = None,
    allow_exec: AllowExec = False,
    run_dir: RunDir = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Show what goes with the app, ask, keep a snapshot, delete it, and make sure that it is gone.

    Needs --allow irreversible: key, secret and tokens are lost for good.
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.destroy import Destroy
    from provision.jobs.options import GateOptions, KeepOptions, OrgOptions, SpecOptions
    from provision.jobs.target import OrgTarget

    job = Destroy(
        target=OrgTarget(org, tuple(specs)),
        specs=SpecOptions(tuple(var or ()), allow_exec),
        org=OrgOptions(api_version, http_timeout, deploy_wait),
        keep=KeepOptions(run_dir),
        gates=GateOptions(frozenset(allow or ()), yes),
    )
    carry_out(job, Output(Format.TEXT, None, Console(quiet)), yes=yes)
