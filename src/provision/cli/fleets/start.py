"""Start: a run over a fleet, new or gone on with, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from provision.cli.console import Console
from provision.cli.fleets.errand import Errand
from provision.cli.fleets.options import FleetChoice
from provision.cli.fleets.shelf import shelf_of
from provision.cli.keeping import STATE, run_base
from provision.cli.workdir import working_directory
from provision.errors import CannotError
from provision.fleet.amount import Amount, amount_of
from provision.fleet.changed import changed_since
from provision.fleet.course import Course
from provision.fleet.journey import Journey, begun, header_of, resumed
from provision.fleet.selection import select
from provision.fleet.shard import WHOLE, shard_of

__all__ = ["course_of", "errand_of", "started"]


def started(errand: Errand, choice: FleetChoice, console: Console) -> Journey:
    """The run that goes on, or a new one of the orgs that are selected.

    Raises :class:`ProvisionError` for a fleet or a command line that is wrong.
    """
    fleet = shelf_of(errand).fleet
    if errand.run_dir is None:
        working_directory()
    base = run_base(errand.run_dir).absolute()
    shard = shard_of(choice.shard) if choice.shard else WHOLE
    now = datetime.now(UTC)
    if choice.resume:
        if choice.orgs:
            raise CannotError(
                "--resume goes on with the orgs of its run, and takes no --org",
                next_step="Leave --org out, or begin a new run without --resume.",
            )
        journey = resumed(base, choice.resume, header_of(errand.verb, fleet.path, [], shard, now))
        console.talk(f"{len(journey.left)} of {len(journey.header.orgs)} orgs are left")
    else:
        orgs = shard.of(select(fleet, choice.orgs, changed_since))
        names = [org.name for org in orgs]
        journey = begun(base, header_of(errand.verb, fleet.path, names, shard, now))
    console.talk(f"run {journey.header.run}: kept in {journey.folder}")
    return journey


def errand_of(errand: Errand, journey: Journey) -> Errand:
    """The errand, with the journey's folder for what is kept of the single orgs."""
    state = errand.state or str(run_base(errand.run_dir).absolute() / STATE)
    return replace(errand, run_dir=journey.folder.absolute(), state=state)


def course_of(errand: Errand, choice: FleetChoice) -> Course:
    """How to go: as the command line says, else as the fleet does.

    What writes nothing needs no waves, and goes over all orgs whatever comes of some.
    """
    run = shelf_of(errand).fleet.run
    concurrency = choice.concurrency or run.concurrency
    if errand.only_reads:
        return Course(concurrency)
    waves = choice.waves.split(",") if choice.waves else run.waves
    stop = choice.stop_after or run.stop_after
    return Course(
        concurrency,
        tuple(_amount("--waves", wave) for wave in waves),
        _amount("--stop-after", stop) if stop else None,
    )


def _amount(option: str, text: str) -> Amount:
    try:
        return amount_of(text)
    except ValueError as error:
        raise CannotError(f"{option} {text!r}: {error}", next_step=f"Write {option} 5%.") from None
