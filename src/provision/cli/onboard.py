"""`provision onboard`: a new org from nothing to proven, and into the fleet file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from provision.cli.option_groups import takes_options
from provision.cli.options import ProofWait, RulesFile, SingleOrg
from provision.cli.output import Output
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Argument, Option
from provision.jobs.options import GateOptions, KeepOptions, SpecOptions, given_variables

if TYPE_CHECKING:
    from provision.fleet.edit import FleetEdit, NewOrg
    from provision.fleet.fleet import Fleet, FleetOrg

__all__ = ["onboard"]


@takes_options
def onboard(
    org: Annotated[str, Argument("ORG", "The name of the org in the fleet file.")],
    specs: SpecOptions,
    session: SingleOrg,
    gates: GateOptions,
    rules: RulesFile,
    keep: KeepOptions,
    out: Output,
    fleet: Annotated[
        Path, Option("--fleet", metavar="FILE", help="The fleet file. It is created if needed.")
    ] = Path("fleet.yaml"),
    alias: Annotated[
        str,
        Option("--alias", metavar="NAME", help="The sf CLI's name for the org.", default="ORG"),
    ] = "",
    spec: Annotated[
        tuple[Path, ...],
        Option(
            "--spec",
            metavar="SPEC",
            help="A spec for this org, in addition to those of the fleet and of its groups. "
            "Repeatable.",
        ),
    ] = (),
    group: Annotated[
        tuple[str, ...],
        Option("--group", metavar="NAME", help="A group to put the org in. Repeatable."),
    ] = (),
    tag: Annotated[
        tuple[str, ...], Option("--tag", metavar="NAME", help="A tag for the org. Repeatable.")
    ] = (),
    fix: Annotated[bool, Option("--fix", help="Change the org settings that apply needs.")] = False,
    proof_wait: ProofWait = 600,
) -> ExitCode:
    """Set up a new org: check, keys, apply, proof, fleet file.

    Runs doctor, makes the first keys, applies with permission sets, proves each app with a login,
    and adds the org to the fleet file. Run it again to continue a run that failed or was killed: a
    step that is done is not repeated. Values of --var are written into the fleet file, as variables
    of the org.

    Examples:
        provision onboard acme-uat --group sandboxes --spec spec.yaml
        provision onboard acme --alias acme-prod --tag production --fix --yes
    """
    from provision.cli.carry_out import hooks_for, show
    from provision.fleet.edit import NewOrg
    from provision.jobs.context import context_with
    from provision.jobs.onboard import Onboard
    from provision.jobs.orgs import OneOrgOfFleet
    from provision.jobs.run import run_in_one
    from provision.jobs.target import FleetTarget
    from provision.org.clock import SystemClock

    variables = given_variables(specs, os.environ).values
    new = NewOrg(org, alias, group, tag, tuple(_below(fleet, path) for path in spec), variables)
    known, edit = _entry(fleet, new)
    if edit is not None:
        edit.check()
    if not known.org(org).specs:
        raise CannotError(
            f"{fleet} has no spec for {org}", next_step="Name one with --spec, or in the fleet."
        )
    job = Onboard(
        target=FleetTarget(fleet),
        specs=specs,
        org=session,
        rules=rules,
        keep=keep,
        gates=gates,
        fix=fix,
        proof_wait=proof_wait,
        edit=edit,
    )
    orgs = OneOrgOfFleet(known, SystemClock(), name=org)
    with context_with(job, orgs, os.environ) as shared:
        ran = run_in_one(job, shared, hooks_for(out, yes=gates.yes))
    if not out.is_talk:
        show(job, ran, out)
    if ran.exit_code is ExitCode.FOUND:
        out.console.talk("next: Fix the errors above, and run it again.")
    elif ran.exit_code is not ExitCode.OK:
        out.console.talk("next: Run it again. A step that is done is not repeated.")
    return ran.exit_code


def _entry(path: Path, new: NewOrg) -> tuple[Fleet, FleetEdit | None]:
    """The fleet with the org in it, and the edit that adds the org, if it is not there yet.

    Raises :class:`CannotError` if the fleet has the org, and not all that is asked for.
    """
    from provision.fleet.edit import with_orgs
    from provision.fleet.load import load_fleet

    fleet = load_fleet(path) if path.exists() else None
    if fleet is None or new.name not in fleet.orgs:
        edit = with_orgs(path, [new])
        return edit.fleet, edit
    entry = fleet.org(new.name)
    lacking = [
        *(f"group {name}" for name in new.groups if name not in entry.groups),
        *(f"tag {name}" for name in new.tags if name not in entry.tags),
        *(
            f"spec {name}"
            for name in new.specs
            if (path.parent / name).resolve() not in _files(entry)
        ),
        *((f"alias {new.alias}",) if new.alias not in {"", _alias(fleet, entry)} else ()),
        *(f"that value of {name}" for name in _otherwise(fleet, new)),
    ]
    if lacking:
        raise CannotError(
            f"{entry.position}: {new.name} is in the fleet already, without {', '.join(lacking)}",
            next_step="Write it there, or leave it out here.",
        )
    return fleet, None


def _alias(fleet: Fleet, entry: FleetOrg) -> str:
    """What the `sf` CLI calls an org of the fleet; empty if the org has another login."""
    login = fleet.document.orgs[entry.name].login
    return entry.name if login is None else login.sf or ""


def _otherwise(fleet: Fleet, new: NewOrg) -> list[str]:
    """The variables that have another value in the fleet, or one from outside."""
    from provision.spec.variable import Variables

    written = fleet.written_variables(new.name, Variables())[0].values
    return [name for name, value in new.variables.items() if written.get(name) != value]


def _files(entry: FleetOrg) -> frozenset[Path]:
    return frozenset(spec.resolve() for spec in entry.specs)


def _below(fleet: Path, spec: Path) -> str:
    """A spec's path as the fleet file names it."""
    folder = fleet.parent.absolute()
    path = spec.absolute()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
