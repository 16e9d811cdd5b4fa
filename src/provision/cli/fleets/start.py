"""Start: a run over a fleet, new or gone on with, before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

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
from provision.fleet.fleet import FleetOrg
from provision.fleet.journey import Journey, begun, header_of, resumed
from provision.fleet.selection import select
from provision.fleet.shard import WHOLE, shard_of
from provision.fleet.shared_value import refuse_shared_keys

__all__ = ["course_of", "errand_of", "started"]

_MOST_NAMES: Final = 5


def started(
    errand: Errand,
    choice: FleetChoice,
    console: Console,
    check: Callable[[tuple[str, ...]], None] = lambda _orgs: None,
) -> Journey:
    """The run that goes on, or a new one of the orgs that are selected.

    ``check`` is given the orgs that are to be done; what it raises keeps the run from beginning.
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
        journey = resumed(base, choice.resume, header_of(errand.name, fleet.path, [], shard, now))
        check(journey.left)
        console.talk(f"{len(journey.left)} of {len(journey.header.orgs)} orgs are left")
    else:
        orgs = _with_specs(select(fleet, choice.orgs or (), changed_since), errand, console)
        names = tuple(org.name for org in shard.of(orgs))
        check(names)
        if errand.needs_specs:
            refuse_shared_keys(fleet, names, shelf_of(errand).given)
        journey = begun(base, header_of(errand.name, fleet.path, names, shard, now))
    console.talk(f"run {journey.header.run}: kept in {journey.folder}")
    return journey


def _with_specs(orgs: Sequence[FleetOrg], errand: Errand, console: Console) -> tuple[FleetOrg, ...]:
    """The orgs that have something to be done. Raises :class:`CannotError` if none has."""
    if not errand.needs_specs:
        return tuple(orgs)
    without = [org.name for org in orgs if not org.specs]
    if len(without) == len(orgs):
        raise CannotError(
            f"{errand.fleet}: none of the orgs that are selected has a spec",
            next_step="Name their specs, or those of a group or of all (`defaults:`).",
        )
    if without:
        named = ", ".join(without[:_MOST_NAMES]) + (", ..." if len(without) > _MOST_NAMES else "")
        console.talk(f"without a spec, and left out: {len(without)} orgs ({named})")
    return tuple(org for org in orgs if org.specs)


def errand_of(errand: Errand, journey: Journey) -> Errand:
    """The errand, with the journey's folder for what is kept of the single orgs.

    Its paths are absolute: it may be done by a process that is in another folder.
    """
    state = errand.state or str(run_base(errand.run_dir).absolute() / STATE)
    return replace(
        errand,
        templates=_absolute(errand.templates),
        rules=_absolute(errand.rules),
        session_cache=_absolute(errand.session_cache),
        run_dir=journey.folder.absolute(),
        state=state if ":" in state else str(Path(state).absolute()),
    )


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None


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
