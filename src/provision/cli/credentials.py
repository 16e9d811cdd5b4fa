"""`provision credentials`: the consumer key and secret of an app in an org."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes, confirm
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
from provision.cli.fleets.options import (
    Concurrency,
    FleetChoice,
    Orgs,
    Resume,
    SessionCacheDir,
    ShardText,
    StopAfter,
    Waves,
    one_org,
    refuse_over_fleet,
)
from provision.cli.keeping import RunDir
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    OrgChoice,
    Quiet,
)
from provision.cli.part import Part
from provision.cli.telling import is_written, raising_stdout
from provision.cli.workdir import setting_notes, working_directory, write_log
from provision.errors import ApplyFailed, CannotError

if TYPE_CHECKING:
    from provision.org.credentials import Consumer, CredentialsReader, Pair
    from provision.org.credentials_rotation import CredentialsWriter
    from provision.org.credentials_setting import OpenedSetting
    from provision.org.org import WritableOrg
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
    sink = _sink(app, to, prefix, show=show, force=force)
    console = Console(quiet)
    choice = OrgChoice(org, api_version, http_timeout, deploy_wait)
    with _reader(app, choice, console, open_setting=open_setting) as reader:
        consumer = reader.consumer(app)
        pair = _staged_pair(reader, consumer) if staged else reader.pair(consumer)
    sink.put(part.of(pair))
    console.talk(f"{app}: {part.words} handed to {sink.name}")


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
    console = Console(quiet)
    over = FleetChoice(
        org, shard, concurrency, resume, session_cache, waves=waves, stop_after=stop_after
    )
    if fleet is not None:
        from provision.cli.fleets.credentials import CredentialsRun
        from provision.cli.fleets.errand import Errand

        refuse_over_fleet({"--show": show})
        errand = Errand(
            verb="stage",
            fleet=fleet.absolute(),
            app=app,
            sink=to,
            prefix=prefix,
            part=part,
            force=force,
            open_setting=open_setting,
            run_dir=run_dir,
            allow_exec=allow_exec,
            deploy_wait=deploy_wait,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(CredentialsRun(errand, over, console).stage())
    over.refuse_without_fleet()
    sink = _sink(app, to, prefix, show=show, force=force)
    choice = OrgChoice(one_org(org), api_version, http_timeout, deploy_wait)
    with _writer(app, choice, console, open_setting=open_setting) as writer:
        new = writer.stage(writer.consumer(app), lambda pair: sink.put(part.of(pair)))
    console.talk(
        f"{app}: new {part.words} handed to {sink.name}; staged until {new.until}\n"
        f"next: give it to the clients, then `provision credentials rotate {app}`"
    )


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
    console = Console(quiet)
    over = FleetChoice(
        org, shard, concurrency, resume, session_cache, waves=waves, stop_after=stop_after
    )
    if fleet is not None:
        from provision.cli.fleets.credentials import CredentialsRun
        from provision.cli.fleets.errand import Errand

        errand = Errand(
            verb="rotate",
            fleet=fleet.absolute(),
            app=app,
            open_setting=open_setting,
            run_dir=run_dir,
            allow_exec=allow_exec,
            deploy_wait=deploy_wait,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(CredentialsRun(errand, over, console).rotate(ask=not yes))
    over.refuse_without_fleet()
    choice = OrgChoice(one_org(org), api_version, http_timeout, deploy_wait)
    question = "" if yes else f"Put the staged key and secret of {app} in use?"
    with _writer(app, choice, console, question, open_setting=open_setting) as writer:
        old = writer.rotate(writer.consumer(app))
    console.result(
        f"{app}: rotated\nconsumer key: {old.key_in_use}\n"
        f"old consumer key: {old.pair.key}, works until {old.until}"
    )


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
    console = Console(quiet)
    choice = OrgChoice(org, api_version, http_timeout, deploy_wait)
    which = "unused new" if staged else "old"
    question = "" if yes else f"Revoke the {which} key and secret of {app} for good?"
    with _writer(app, choice, console, question, open_setting=open_setting) as writer:
        ended = writer.revoke(writer.consumer(app), unused=staged)
    console.result(f"{app}: revoked the {which} pair\nrevoked consumer key: {ended.pair.key}")


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


@contextmanager
def _reader(
    app: str, choice: OrgChoice, console: Console, *, open_setting: bool
) -> Iterator[CredentialsReader]:
    from provision.cli.connection import reading, writing
    from provision.org.credentials import CredentialsReader

    if open_setting:
        with _in_order(), writing(choice) as org:
            org.existing_app(app)  # before the setting is opened for it
            with _opened(org, console):
                yield CredentialsReader(org)
    else:
        with reading(choice) as readable:
            yield CredentialsReader(readable)


@contextmanager
def _writer(
    app: str, choice: OrgChoice, console: Console, question: str = "", *, open_setting: bool
) -> Iterator[CredentialsWriter]:
    """What changes credentials, once it is sure that it may: not our own, confirmed, open."""
    from provision.cli.connection import writing
    from provision.org.credentials_rotation import CredentialsWriter, refuse_own_app

    with _in_order(), writing(choice) as org:
        refuse_own_app(org, app)
        if not org.session.client_id:
            console.talk(f"notice: the session does not tell its app; make sure it is not {app}")
        if question:
            confirm(f"{question} ({org.name})")
        if open_setting:
            org.existing_app(app)  # before the setting is opened for it
        with _opened(org, console) if open_setting else nullcontext():
            yield CredentialsWriter(org, write_log(org, console.talk).note)


def _opened(org: WritableOrg, console: Console) -> OpenedSetting:
    """The org's setting, opened for a while. A note is kept in the working directory until then."""
    from provision.org.credentials_setting import OpenedSetting

    working_directory()
    return OpenedSetting(org, console.talk, setting_notes())


@contextmanager
def _in_order() -> Iterator[None]:
    """Ctrl-C, or SIGTERM (see main), once all that was open is closed: an error like others."""
    try:
        yield
    except KeyboardInterrupt as error:
        if is_written():  # as everything was done: see main
            raise
        raise ApplyFailed(
            "interrupted\nNothing was written.",
            next_step="Run it again.",
        ) from error


def _staged_pair(reader: CredentialsReader, consumer: Consumer) -> Pair:
    staged = reader.staged(consumer)
    if staged is None:
        raise CannotError(
            f"the staging slot of {consumer.app} is empty",
            next_step="Leave --staged out, or make a pair with `provision credentials stage`.",
        )
    return staged.pair
