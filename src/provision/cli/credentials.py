"""`provision credentials`: the consumer key and secret of an app in an org."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes
from provision.cli.console import Console
from provision.cli.credential_options import (
    App,
    FleetFile,
    Force,
    OpenSetting,
    PartChoice,
    Prefix,
    Show,
    To,
)
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    Quiet,
    RunDir,
)
from provision.cli.output import Output
from provision.cli.rollout_options import (
    Concurrency,
    Orgs,
    Resume,
    SessionCacheDir,
    ShardText,
    StopAfter,
    Waves,
)
from provision.cli.telling import raising_stdout
from provision.errors import CannotError, ExitCode
from provision.jobs.part import Part
from provision.report.format import Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from provision.jobs.credentials import CredentialsJob
    from provision.jobs.job import Ran
    from provision.jobs.options import RolloutOptions
    from provision.jobs.target import Target
    from provision.secret import Sink

__all__ = ["revoke", "rotate", "show", "stage"]


def show(
    app: App,
    to: To = "",
    show: Show = False,
    staged: Annotated[
        bool, typer.Option("--staged", help="The pair in the staging slot, not the one in use.")
    ] = False,
    part: PartChoice = Part.BOTH,
    prefix: Prefix = "",
    force: Force = False,
    open_setting: OpenSetting = False,
    org: Org = "",
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Hand consumer key and secret to a sink. Writes nothing to the org without --open-setting."""
    from provision.jobs.credentials import Show as ShowJob
    from provision.jobs.options import CredentialOptions, OrgOptions
    from provision.jobs.target import OrgTarget

    job = ShowJob(
        target=OrgTarget(org),
        org=OrgOptions(api_version, http_timeout, deploy_wait),
        options=CredentialOptions(app, to, prefix, part, force, open_setting),
        staged=staged,
    )
    console = Console(quiet)
    ran = _carried_out(job, console, sink=_sink(app, to, prefix, show=show, force=force))
    console.talk(f"{app}: {ran.result}")


def stage(
    app: App,
    to: To = "",
    show: Show = False,
    part: PartChoice = Part.BOTH,
    prefix: Prefix = "",
    force: Force = False,
    open_setting: OpenSetting = False,
    fleet: FleetFile = None,
    org: Orgs = None,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    waves: Waves = "",
    stop_after: StopAfter = "",
    resume: Resume = "",
    session_cache: SessionCacheDir = None,
    run_dir: RunDir = None,
    allow_exec: AllowExec = False,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Make a new pair beside the one in use, and hand it to a sink. Nothing uses it yet.

    Over a fleet, {org} in SINK is the name of the org: --to file:secrets/{org}.json
    """
    from provision.cli.carry_out import refuse_for_fleet
    from provision.jobs.credentials import Stage
    from provision.jobs.options import (
        CredentialOptions,
        KeepOptions,
        OrgOptions,
        RolloutOptions,
        SpecOptions,
    )

    target = _target(fleet, org or ())
    refuse_for_fleet(target, [("--show", show)])
    job = Stage(
        target=target,
        specs=SpecOptions(allow_exec=allow_exec),
        org=OrgOptions(api_version, http_timeout, deploy_wait, session_cache),
        keep=KeepOptions(run_dir),
        options=CredentialOptions(app, to, prefix, part, force, open_setting),
    )
    console = Console(quiet)
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, waves, stop_after, resume)
    sink = None if fleet else _sink(app, to, prefix, show=show, force=force)
    ran = _carried_out(job, console, rollout, sink=sink)
    if fleet is None:
        console.talk(
            f"{app}: {ran.result}\n"
            f"next: give it to the clients, then `provision credentials rotate {app}`"
        )
    _end(ran, console, is_fleet=fleet is not None)


def rotate(
    app: App,
    yes: Yes = False,
    open_setting: OpenSetting = False,
    fleet: FleetFile = None,
    org: Orgs = None,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    waves: Waves = "",
    stop_after: StopAfter = "",
    resume: Resume = "",
    session_cache: SessionCacheDir = None,
    run_dir: RunDir = None,
    allow_exec: AllowExec = False,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Put the staged pair in use. The old one goes on working for 30 days, or until revoked."""
    from provision.jobs.credentials import Rotate
    from provision.jobs.options import (
        CredentialOptions,
        KeepOptions,
        OrgOptions,
        RolloutOptions,
        SpecOptions,
    )

    job = Rotate(
        target=_target(fleet, org or ()),
        specs=SpecOptions(allow_exec=allow_exec),
        org=OrgOptions(api_version, http_timeout, deploy_wait, session_cache),
        keep=KeepOptions(run_dir),
        options=CredentialOptions(app, open_setting=open_setting),
    )
    console = Console(quiet)
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, waves, stop_after, resume)
    ran = _carried_out(job, console, rollout, yes=yes)
    if fleet is None:
        console.result(f"{app}: {ran.result}")
    _end(ran, console, is_fleet=fleet is not None)


def revoke(
    app: App,
    staged: Annotated[
        bool, typer.Option("--staged", help="Throw away a new pair that was never in use.")
    ] = False,
    yes: Yes = False,
    open_setting: OpenSetting = False,
    org: Org = "",
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """End the old pair now: clients that still use it are shut out."""
    from provision.jobs.credentials import Revoke
    from provision.jobs.options import CredentialOptions, OrgOptions
    from provision.jobs.target import OrgTarget

    job = Revoke(
        target=OrgTarget(org),
        org=OrgOptions(api_version, http_timeout, deploy_wait),
        options=CredentialOptions(app, open_setting=open_setting),
        staged=staged,
    )
    console = Console(quiet)
    console.result(f"{app}: {_carried_out(job, console, yes=yes).result}")


def _target(fleet: Path | None, orgs: Sequence[str]) -> Target:
    from provision.jobs.target import FleetTarget, target_of

    return FleetTarget(fleet.absolute()) if fleet else target_of((), orgs)


def _carried_out(
    job: CredentialsJob,
    console: Console,
    rollout: RolloutOptions | None = None,
    *,
    yes: bool = True,
    sink: Sink | None = None,
) -> Ran:
    from provision.cli.carry_out import hooks_for, ran_quietly
    from provision.jobs.options import RolloutOptions

    out = Output(Format.TEXT, None, console)
    return ran_quietly(job, out, rollout or RolloutOptions(), hooks_for(out, yes=yes, sink=sink))


def _end(ran: Ran, console: Console, *, is_fleet: bool) -> None:
    """Print what came of each org of a fleet, and end with the exit code."""
    if is_fleet:
        console.result("\n".join(_lines(ran)))
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)


def _lines(ran: Ran) -> Iterator[str]:
    from provision.report.report import Report

    entries = ran.result.entries if isinstance(ran.result, Report) else ()
    # One entry an org, in the same order. What it calls the org may be hidden.
    for org, entry in zip(ran.orgs, entries, strict=True):
        if entry.failure is None:
            yield f"{org}: {ran.rows[org].summary}"
        else:
            yield f"{org}: error: {entry.failure.message}"
            if entry.failure.next_step:
                yield f"    next: {entry.failure.next_step}"
    done = sum(entry.failure is None for entry in entries)
    yield f"{done} of {len(ran.orgs)} orgs done."


def _sink(app: str, to: str, prefix: str, *, show: bool, force: bool) -> Sink:
    """The sink that was asked for, which takes what comes. Raises :class:`CannotError`."""
    from provision.secret import sink_for
    from provision.secret.sink import TerminalSink

    if bool(to) is show:
        raise CannotError(
            "a secret goes to one place, and is printed only when asked for",
            next_step="Name it with --to SINK, or say --show.",
        )
    sink = (
        TerminalSink(raising_stdout(), force)
        if show
        else sink_for(to, prefix=prefix or f"{app}_", force=force)
    )
    sink.check()
    return sink
