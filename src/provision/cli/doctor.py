"""`provision doctor`: what must hold before the first write."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes, confirm
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
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    OrgChoice,
    Quiet,
    SpecFiles,
    TemplateDirectory,
    Var,
    variables,
)
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.cli.workdir import setting_notes, write_log
from provision.errors import ExitCode, VersionUnsupported
from provision.findings import Finding, Severity
from provision.report.format import Format

if TYPE_CHECKING:
    from provision.doctor.check import Subject
    from provision.doctor.diagnosis import Diagnosis
    from provision.doctor.setting import Setting

__all__ = ["doctor"]


def doctor(
    specs: SpecFiles,
    org: Orgs = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what a deploy can fix: the org's settings.")
    ] = False,
    yes: Yes = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 for warnings too.")] = False,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Check what must hold before the first write: exit 4 when something does not."""
    from provision.cli.examining import subjects_of
    from provision.cli.specs import load_specs
    from provision.doctor.checks.app_settings import AppSettings
    from provision.render.template import Templates
    from provision.report.findings import Findings

    console = Console(quiet)
    over = FleetChoice(org, shard, concurrency, resume, session_cache, executor)
    if is_over_fleet(specs):
        from provision.cli.fleets.errand import Errand
        from provision.cli.fleets.running import FleetRun

        refuse_over_fleet({"--fix": fix})
        errand = Errand(
            verb="doctor",
            fleet=specs[0].absolute(),
            var=tuple(var or ()),
            allow_exec=allow_exec,
            templates=templates,
            strict=strict,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(
            FleetRun(errand, over, Output(output_format, output, console), console).look()
        )
    over.refuse_without_fleet()
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    subjects = subjects_of(loaded, Templates(templates))
    choice = OrgChoice(one_org(org), api_version, http_timeout, deploy_wait)
    examined = _examined(subjects, choice, fix=fix)
    findings = examined.diagnosis.findings
    if examined.fixable:
        findings = _fixed(examined.fixable, subjects, choice, console, yes=yes)
    elif fix and AppSettings.id not in examined.diagnosis.unchecked:
        console.talk("nothing that a deploy can fix")
    checked = tuple(spec.app for spec in loaded)
    hidden = frozenset(text for spec in loaded for text in spec.sensitive)
    reported = Findings("doctor", findings, checked, hidden)
    Output(output_format, output, console).findings(reported)
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in bad for finding in findings):
        raise typer.Exit(ExitCode.FOUND)


@dataclass(frozen=True, slots=True)
class _Examined:
    """What the checks found, and what a deploy can fix of it, if that was asked for."""

    diagnosis: Diagnosis
    fixable: tuple[Setting, ...] = ()


def _examined(subjects: Sequence[Subject], choice: OrgChoice, *, fix: bool) -> _Examined:
    from provision.cli.connection import reading
    from provision.cli.examining import examined, fixable_settings, unfit

    with ExitStack() as stack:
        try:
            org = stack.enter_context(reading(choice))
        except VersionUnsupported as error:
            return _Examined(unfit(error, choice.name))
        diagnosis = examined(org, subjects)
        return _Examined(diagnosis, fixable_settings(org, subjects, diagnosis) if fix else ())


def _fixed(
    settings: Sequence[Setting],
    subjects: Sequence[Subject],
    choice: OrgChoice,
    console: Console,
    *,
    yes: bool,
) -> tuple[Finding, ...]:
    """What the checks find once the settings are switched."""
    from provision.cli.connection import writing
    from provision.cli.examining import examined
    from provision.doctor.setting import write_settings

    listed = ", ".join(map(str, settings))
    with writing(choice) as org:
        console.talk(f"{org.name}: to be switched: {listed}")
        if not yes:
            confirm(f"Switch it in {org.name}?")
        write_settings(org, settings, write_log(org, console.talk).note)
        setting_notes().delete_left(org.session.instance_url)
        console.talk(f"{org.name}: switched: {listed}")
        return examined(org, subjects).findings
