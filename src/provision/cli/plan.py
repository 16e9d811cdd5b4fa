"""`provision plan` and `provision diff`: what would change, without writing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from provision.cli.option_groups import takes_options
from provision.cli.options import Reading, ReadingRollout, RulesFile, Targets
from provision.cli.output import Output
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Option
from provision.jobs.options import KeepOptions, SpecOptions
from provision.report.format import Format

__all__ = ["diff", "plan"]


@takes_options
def plan(
    targets: Targets,
    specs: SpecOptions,
    rollout: ReadingRollout,
    org: Reading,
    rules: RulesFile,
    keep: KeepOptions,
    out: Output,
    exit_code: Annotated[
        bool, Option("--exit-code", help="Exit 4 if there is something to change.")
    ] = False,
    save: Annotated[
        Path | None, Option("--out", metavar="FILE", help="Save the plan for `apply FILE`.")
    ] = None,
    checksum: Annotated[
        bool, Option("--checksum", help="Print only the checksum, for `apply --checksum`.")
    ] = False,
    validate: Annotated[
        bool, Option("--validate", help="Let the org check the deploy. Nothing is written.")
    ] = False,
) -> ExitCode:
    """Show what apply would do, with its risks and gates. Writes nothing to the org.

    Examples:
        provision plan spec.yaml --org my-sandbox
        provision plan spec.yaml --org my-sandbox --out spec.plan
        provision plan fleet.yaml --org tag:production --format html -o plan.html
    """
    from provision.cli.carry_out import hooks_for, ran_quietly, refuse_for_fleet, show
    from provision.jobs.plan import Plan
    from provision.jobs.target import target_of

    target = target_of(targets, rollout.orgs)
    refuse_for_fleet(target, [("--out", save), ("--checksum", checksum), ("--validate", validate)])
    if checksum and out.format is not Format.TEXT and out.file is None:
        raise CannotError(
            "--checksum prints a checksum, which has no other format",
            next_step="Leave --format out, or write the plan to a file with --output.",
        )
    job = Plan(
        target=target,
        specs=specs,
        org=org,
        rules=rules,
        keep=keep,
        validate=validate,
        out=save,
        checksum=checksum,
    )
    # The checksum alone is on stdout, for a shell to take.
    live = replace(out, format=Format.TEXT, output=None) if checksum else out
    ran = ran_quietly(job, out, rollout, hooks_for(live, yes=True))
    if not checksum or out.file is not None:
        show(job, ran, out)
    is_found = ran.exit_code is ExitCode.FOUND
    return ExitCode.OK if is_found and not exit_code else ran.exit_code


@takes_options
def diff(
    targets: Targets,
    specs: SpecOptions,
    rollout: ReadingRollout,
    org: Reading,
    keep: KeepOptions,
    out: Output,
    strict: Annotated[bool, Option("--strict", help="Count advice as a difference.")] = False,
) -> ExitCode:
    """Show where the org differs from the spec: exit 4 if it does.

    Examples:
        provision diff spec.yaml --org my-sandbox
        provision diff fleet.yaml --format json --quiet
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.plan import Diff
    from provision.jobs.target import target_of

    target = target_of(targets, rollout.orgs)
    job = Diff(target=target, specs=specs, org=org, keep=keep, strict=strict)
    return carry_out(job, out, rollout).exit_code
