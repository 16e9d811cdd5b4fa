"""`provision doctor`: what must hold before the first write."""

from __future__ import annotations

from typing import Annotated

from provision.cli.option_groups import takes_options
from provision.cli.options import Asking, ReadingRollout, Targets
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.command_line import Option
from provision.jobs.options import OrgOptions, SpecOptions

__all__ = ["doctor"]


@takes_options
def doctor(
    targets: Targets,
    specs: SpecOptions,
    rollout: ReadingRollout,
    org: OrgOptions,
    gates: Asking,
    out: Output,
    fix: Annotated[
        bool, Option("--fix", help="Fix what a deploy can fix: the org's settings.")
    ] = False,
    strict: Annotated[bool, Option("--strict", help="Exit 4 for warnings too.")] = False,
) -> ExitCode:
    """Check what apply needs: exit 4 if there is an error.

    Examples:
        provision doctor spec.yaml --org my-sandbox
        provision doctor spec.yaml --org my-sandbox --fix
    """
    from provision.cli.carry_out import carry_out, refuse_for_fleet
    from provision.jobs.doctor import Doctor
    from provision.jobs.target import target_of

    target = target_of(targets, rollout.orgs)
    refuse_for_fleet(target, [("--fix", fix)])
    job = Doctor(target=target, specs=specs, org=org, strict=strict, fix=fix)
    return carry_out(job, out, rollout, yes=gates.yes).exit_code
