"""`provision lint`: specs, or the apps of an org, against the rules."""

from __future__ import annotations

from typing import Annotated

from provision.cli.option_groups import takes_options
from provision.cli.options import Reading, ReadingRollout, Targets
from provision.cli.output import Output
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Option
from provision.jobs.options import RuleOptions, SpecOptions

__all__ = ["lint"]


@takes_options
def lint(
    targets: Targets,
    specs: SpecOptions,
    rules: RuleOptions,
    rollout: ReadingRollout,
    org: Reading,
    out: Output,
    strict: Annotated[bool, Option("--strict", help="Exit 4 for warnings too.")] = False,
) -> ExitCode:
    """Check specs against rules: exit 4 if there is an error. Offline, except with --org.

    With --org, and for a fleet, the apps in the orgs are checked instead of the specs.

    Examples:
        provision lint spec.yaml --profile partner
        provision lint spec.yaml --org my-sandbox --rules rules.yaml
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.lint import Lint
    from provision.jobs.target import FilesTarget, OrgTarget, Target, target_of

    target: Target = target_of(targets, rollout.orgs)
    if specs.templates and (rollout.orgs or not isinstance(target, OrgTarget)):
        raise CannotError(
            "--templates is for specs, and --org checks what the org has",
            next_step="Leave one of them out.",
        )
    if isinstance(target, OrgTarget) and not rollout.orgs:
        target = FilesTarget(targets)
    job = Lint(target=target, specs=specs, org=org, rules=rules, strict=strict)
    return carry_out(job, out, rollout).exit_code
