"""`provision credentials`: the consumer key and secret of an app in an org."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

from provision.cli.option_groups import Without, takes_options
from provision.cli.options import Asking, OrgName, SingleOrg
from provision.cli.output import Output
from provision.cli.telling import raising_stdout
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Option, shown
from provision.jobs.options import (
    CredentialOptions,
    KeepOptions,
    OrgOptions,
    RolloutOptions,
    SpecOptions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provision.jobs.credentials import CredentialsJob
    from provision.jobs.job import Ran
    from provision.jobs.target import Target
    from provision.secret.sink import Sink

__all__ = ["revoke", "rotate", "show", "stage"]

_NO_ROLLOUT = RolloutOptions()

_Print: TypeAlias = Annotated[bool, Option("--show", help="Print it on the terminal.")]
_Fleet: TypeAlias = Annotated[
    Path | None, Option("--fleet", metavar="FLEET", help="Do it in the orgs of this fleet file.")
]
_Rollout: TypeAlias = Annotated[RolloutOptions, Without("executor")]
_NoSink: TypeAlias = Annotated[CredentialOptions, Without("sink", "prefix", "part", "force")]
_Login: TypeAlias = Annotated[SpecOptions, Without("var", "templates")]
_Keep: TypeAlias = Annotated[KeepOptions, Without("state")]


@takes_options
def show(
    options: CredentialOptions,
    orgs: OrgName,
    org: SingleOrg,
    out: Output,
    prints: _Print = False,
    staged: Annotated[
        bool, Option("--staged", help="Copy the staged pair, not the one in use.")
    ] = False,
) -> ExitCode:
    """Copy the consumer key and secret to a sink. Writes only with --open-setting.

    Examples:
        provision credentials show Robot --org my-sandbox --to file:secret.json
        provision credentials show Robot --part key --show
    """
    from provision.jobs.credentials import Show
    from provision.jobs.target import org_target

    job = Show(target=org_target((), orgs.orgs), org=org, options=options, staged=staged)
    ran = _carried_out(job, out, sink=_sink(options, out, prints=prints))
    _show(job, ran, out, is_talk=True)
    return ran.exit_code


@takes_options
def stage(
    options: CredentialOptions,
    rollout: _Rollout,
    org: OrgOptions,
    specs: _Login,
    keep: _Keep,
    out: Output,
    prints: _Print = False,
    fleet: _Fleet = None,
) -> ExitCode:
    """Create a new key and secret, and copy them to a sink.

    No client uses them until `provision credentials rotate` activates them. Over a fleet, {org} in
    SINK is the name of the org: --to file:secrets/{org}.json

    Examples:
        provision credentials stage Robot --org my-sandbox --to env-file:.env
        provision credentials stage Robot --fleet fleet.yaml --to file:{org}.json
    """
    from provision.cli.carry_out import refuse_for_fleet
    from provision.jobs.credentials import Stage

    target = _target(fleet, rollout.orgs)
    refuse_for_fleet(target, [("--show", prints)])
    job = Stage(target=target, specs=specs, org=org, keep=keep, options=options)
    sink = None if fleet else _sink(options, out, prints=prints)
    ran = _carried_out(job, out, rollout, sink=sink)
    _show(job, ran, out, is_talk=True)
    if fleet is None:
        rotation = CredentialOptions(options.app, open_setting=options.open_setting)
        rotate_it = shown(["provision", "credentials", "rotate"], rotation, rollout, org)
        out.console.talk(f"next: Give it to the clients. Then run `{rotate_it}`.")
    return ran.exit_code


@takes_options
def rotate(
    options: _NoSink,
    rollout: _Rollout,
    org: OrgOptions,
    specs: _Login,
    keep: _Keep,
    gates: Asking,
    out: Output,
    fleet: _Fleet = None,
) -> ExitCode:
    """Activate the staged key and secret. The old pair works for up to 30 days.

    `provision credentials revoke` ends the old pair sooner.

    Examples:
        provision credentials rotate Robot --org my-sandbox
        provision credentials rotate Robot --fleet fleet.yaml --waves 1 --yes
    """
    from provision.jobs.credentials import Rotate

    target = _target(fleet, rollout.orgs)
    job = Rotate(target=target, specs=specs, org=org, keep=keep, options=options)
    ran = _carried_out(job, out, rollout, yes=gates.yes)
    _show(job, ran, out)
    return ran.exit_code


@takes_options
def revoke(
    options: _NoSink,
    orgs: OrgName,
    org: SingleOrg,
    gates: Asking,
    out: Output,
    staged: Annotated[
        bool, Option("--staged", help="Revoke the staged pair, which was never in use.")
    ] = False,
) -> ExitCode:
    """Revoke the old key and secret now.

    Clients that still use them can no longer log in.

    Examples:
        provision credentials revoke Robot --org my-sandbox
        provision credentials revoke Robot --org my-sandbox --staged --yes
    """
    from provision.jobs.credentials import Revoke
    from provision.jobs.target import org_target

    job = Revoke(target=org_target((), orgs.orgs), org=org, options=options, staged=staged)
    ran = _carried_out(job, out, yes=gates.yes)
    _show(job, ran, out)
    return ran.exit_code


def _target(fleet: Path | None, orgs: Sequence[str]) -> Target:
    from provision.jobs.target import FleetTarget, target_of

    return FleetTarget(fleet.absolute()) if fleet else target_of((), orgs)


def _carried_out(
    job: CredentialsJob,
    out: Output,
    rollout: RolloutOptions = _NO_ROLLOUT,
    *,
    yes: bool = True,
    sink: Sink | None = None,
) -> Ran:
    from provision.cli.carry_out import hooks_for, ran_quietly

    return ran_quietly(job, out, rollout, hooks_for(out, yes=yes, sink=sink))


def _show(job: CredentialsJob, ran: Ran, out: Output, *, is_talk: bool = False) -> None:
    """Print the result: a sentence for one org, a line for each org of a fleet.

    With ``is_talk`` the sentence is on stderr, since stdout may have the secret.
    """
    from provision.cli.carry_out import show

    if not out.is_talk:
        show(job, ran, out, job.options.app)
    elif not isinstance(ran.result, str):
        out.console.result("\n".join(_lines(ran)))
    elif is_talk:
        out.console.talk(f"{job.options.app}: {ran.result}")
    else:
        out.console.result(f"{job.options.app}: {ran.result}")


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


def _sink(options: CredentialOptions, out: Output, *, prints: bool) -> Sink:
    """The sink that the options name, once it is checked. Raises :class:`CannotError`."""
    from provision.secret.sink import TerminalSink, sink_for

    if bool(options.sink) is prints:
        raise CannotError(
            "a secret goes to exactly one place: give either --to or --show",
            next_step="Name a sink with --to SINK, or print the secret with --show.",
        )
    if prints and not out.is_talk:
        raise CannotError(
            "--show prints the secret on a terminal, for people",
            next_step="Leave --format and --output out, or hand the secret over with --to SINK.",
        )
    sink = (
        TerminalSink(raising_stdout(), options.force)
        if prints
        else sink_for(options.sink, prefix=options.prefix or f"{options.app}_", force=options.force)
    )
    sink.check()
    return sink
