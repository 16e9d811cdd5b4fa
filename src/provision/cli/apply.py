"""`provision apply`: make the org what the spec says, and prove it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from provision.cli.handover import DevHub, Login
from provision.cli.option_groups import takes_options
from provision.cli.options import ProofWait, RulesFile
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.command_line import Argument, Option
from provision.jobs.options import (
    GateOptions,
    KeepOptions,
    OrgOptions,
    RolloutOptions,
    SpecOptions,
)

__all__ = ["apply"]


@takes_options
def apply(
    targets: Annotated[
        tuple[Path, ...], Argument("SPEC", "Specs for one org, one fleet file, or one saved plan.")
    ],
    specs: SpecOptions,
    rollout: RolloutOptions,
    org: OrgOptions,
    gates: GateOptions,
    rules: RulesFile,
    keep: KeepOptions,
    out: Output,
    checksum: Annotated[
        str,
        Option(
            "--checksum",
            metavar="HEX",
            help="Apply only the plan with this checksum, which `plan --checksum` prints.",
        ),
    ] = "",
    no_proof: Annotated[bool, Option("--no-proof", help="Do not log in to prove it.")] = False,
    proof_wait: ProofWait = 600,
    login: Login = None,
    set_default_dev_hub: DevHub = False,
) -> ExitCode:
    """Show the plan, ask, deploy, read back, and prove by a login.

    A snapshot is kept before each write, for `provision rollback`. SPEC is a spec, several specs, a
    fleet, or a plan that `provision plan --out` saved.

    Examples:
        provision apply spec.yaml --org my-sandbox
        provision apply spec.plan --yes
        provision apply fleet.yaml --org group:sandboxes --waves 1,10%
    """
    from provision.cli.carry_out import carry_out, hooks_for, refuse_for_fleet
    from provision.cli.sf_handover import SfHandover
    from provision.jobs.apply import Apply
    from provision.jobs.target import target_of
    from provision.report.sf_login import Handover

    target = target_of(targets, rollout.orgs)
    refuse_for_fleet(
        target,
        [
            ("--checksum", checksum),
            ("--login", login),
            ("--set-default-dev-hub", set_default_dev_hub),
        ],
    )
    job = Apply(
        target=target,
        specs=specs,
        org=org,
        rules=rules,
        keep=keep,
        gates=gates,
        proves=not no_proof,
        proof_wait=proof_wait,
        checksum=checksum,
    ).of_saved_plan()
    handover = SfHandover(Handover(login, set_default_dev_hub), out.console)
    hooks = hooks_for(out, yes=gates.yes, handover=handover)
    return carry_out(job, out, rollout, hooks).exit_code
