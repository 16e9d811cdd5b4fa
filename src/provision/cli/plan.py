"""`provision plan` and `provision diff`: what would change, without writing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.fleets.options import (
    Concurrency,
    ExecutorUrl,
    FleetChoice,
    Orgs,
    Resume,
    SessionCacheDir,
    ShardText,
    is_over_fleet,
    one_org,
    refuse_over_fleet,
)
from provision.cli.keeping import RunDir, State, recorder
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    OrgChoice,
    Quiet,
    RulesFile,
    SpecFiles,
    Strict,
    TemplateDirectory,
    Var,
    variables,
)
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.errors import CannotError, ExitCode
from provision.report.format import Format

if TYPE_CHECKING:
    from provision.spec.spec import Spec

__all__ = ["diff", "plan"]


def plan(
    specs: SpecFiles,
    org: Orgs = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 4 when there is something to change.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Save the plan, for apply FILE.", show_default=False
        ),
    ] = None,
    checksum: Annotated[
        bool, typer.Option("--checksum", help="Print the checksum alone, for apply --checksum.")
    ] = False,
    validate: Annotated[
        bool,
        typer.Option("--validate", help="Have the org check the deploy; nothing is written."),
    ] = False,
    rules: RulesFile = None,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    run_dir: RunDir = None,
    state: State = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Show what apply would do, its risks, and the gates in its way. Writes nothing to the org."""
    from provision.apply.plan_file import save, write_saved
    from provision.cli.connection import reading, writing
    from provision.cli.planning import Planner, found_code
    from provision.cli.replanning import validated
    from provision.cli.rules import rule_set
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.org.org import WritableOrg
    from provision.render.template import Templates
    from provision.report.results import AppResult, Results

    console = Console(quiet)
    over = FleetChoice(org, shard, concurrency, resume, session_cache, executor)
    if is_over_fleet(specs):
        from provision.cli.fleets.errand import Errand
        from provision.cli.fleets.running import FleetRun

        refuse_over_fleet({"--out": out, "--checksum": checksum, "--validate": validate})
        errand = Errand(
            verb="plan",
            fleet=specs[0].absolute(),
            var=tuple(var or ()),
            allow_exec=allow_exec,
            templates=templates,
            rules=rules,
            run_dir=run_dir,
            state=state,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        code = FleetRun(errand, over, Output(output_format, output, console), console).look()
        raise typer.Exit(ExitCode.OK if code is ExitCode.FOUND and not exit_code else code)
    over.refuse_without_fleet()
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    _check_alone(loaded, wanted=bool(out or checksum))
    keeper = recorder(run_dir, state, console, writes=False)
    choice = OrgChoice(one_org(org), api_version, http_timeout, deploy_wait=600)
    results: list[AppResult] = []
    with writing(choice) if validate else reading(choice) as target:
        planner = Planner(target, Templates(templates), keeper.state, rule_set(rules))
        for spec in loaded:
            prepared = planner.prepare(spec)
            if isinstance(target, WritableOrg):
                prepared = validated(
                    prepared, target, lambda item: planner.prepare(item.spec), console
                )
            code = found_code(prepared.plan, strict=False)
            results.append(AppResult(spec, target.name, code, plan=prepared.plan))
            if out or checksum:
                saved = save(prepared, target, SystemClock().now(), Path())
                if not checksum:
                    console.talk(f"checksum: {saved.checksum}")
                if out:
                    write_saved(out, saved)
                    console.talk(f"saved: {out}")
    reported = Results("plan", tuple(results))
    if not checksum:
        Output(output_format, output, console).results(reported)
    else:  # the checksum alone, for a shell to take
        if output is not None:
            Output(output_format, output, console).results(reported)
        console.result(saved.checksum)
    if exit_code and reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)


def _check_alone(specs: Sequence[Spec], *, wanted: bool) -> None:
    if wanted and len(specs) > 1:
        raise CannotError(
            "--out and --checksum are for one spec", next_step="Plan the specs one by one."
        )


def diff(
    specs: SpecFiles,
    org: Orgs = None,
    strict: Strict = False,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    run_dir: RunDir = None,
    state: State = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Show where the org is not what the spec says: exit 4 when it is not. Writes nothing."""
    from provision.cli.connection import reading
    from provision.cli.planning import Planner, found_code
    from provision.cli.specs import load_specs
    from provision.render.template import Templates
    from provision.report.results import Results

    console = Console(quiet)
    over = FleetChoice(org, shard, concurrency, resume, session_cache, executor)
    if is_over_fleet(specs):
        from provision.cli.fleets.errand import Errand
        from provision.cli.fleets.running import FleetRun

        errand = Errand(
            verb="diff",
            fleet=specs[0].absolute(),
            var=tuple(var or ()),
            allow_exec=allow_exec,
            templates=templates,
            strict=strict,
            run_dir=run_dir,
            state=state,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(
            FleetRun(errand, over, Output(output_format, output, console), console).look()
        )
    over.refuse_without_fleet()
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    keeper = recorder(run_dir, state, console, writes=False)
    with reading(OrgChoice(one_org(org), api_version, http_timeout)) as target:
        planner = Planner(target, Templates(templates), keeper.state)
        found = planner.results(loaded, lambda each: found_code(each, strict=strict))
    reported = Results("diff", tuple(found))
    Output(output_format, output, console).results(reported)
    if reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)
