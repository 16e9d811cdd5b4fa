"""`provision rotate`: a new certificate for an app."""

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
    Org,
    ProofWait,
    Quiet,
    RulesFile,
    RunDir,
    SpecFile,
    State,
    TemplateDirectory,
    Var,
)
from provision.cli.output import Output
from provision.report.format import Format

__all__ = ["certificate"]


def certificate(
    spec: SpecFile,
    org: Org = "",
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, help="How long the new one is valid.")
    ] = 365,
    bits: Annotated[
        int | None,
        typer.Option(
            "--bits",
            min=2048,
            max=4096,
            help="RSA key size. [default: the old one's]",
            show_default=False,
        ),
    ] = None,
    yes: Yes = False,
    allow: Allow = None,
    rules: RulesFile = None,
    run_dir: RunDir = None,
    state: State = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    proof_wait: ProofWait = 600,
    quiet: Quiet = False,
) -> None:
    """Make a new pair, put its certificate in, prove it, or put the old one back (exit 5).

    The new pair lies beside the old, NAME-YYYYMMDD, and the spec names it at the end. Logins with
    the old key fail from then on: an app has one certificate.
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.options import (
        GateOptions,
        KeepOptions,
        OrgOptions,
        RuleOptions,
        SpecOptions,
    )
    from provision.jobs.rotate import RotateCertificate
    from provision.jobs.target import OrgTarget

    job = RotateCertificate(
        target=OrgTarget(org, (spec,)),
        specs=SpecOptions(tuple(var or ()), allow_exec, templates),
        org=OrgOptions(api_version, http_timeout, deploy_wait),
        rules=RuleOptions(rules),
        keep=KeepOptions(run_dir, state),
        gates=GateOptions(frozenset(allow or ()), yes),
        days=days,
        bits=bits,
        proof_wait=proof_wait,
    )
    carry_out(job, Output(Format.TEXT, None, Console(quiet)), yes=yes)
