"""`provision onboard`: a new org from nothing to proven, and into the fleet file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes
from provision.cli.console import Console, hide
from provision.cli.keeping import RunDir, State, recorder
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    ProofWait,
    Quiet,
    RulesFile,
    TemplateDirectory,
    variables,
)
from provision.cli.written_first import written_first
from provision.errors import CannotError, ExitCode

if TYPE_CHECKING:
    from provision.fleet.edit import FleetEdit, NewOrg
    from provision.fleet.fleet import Fleet, FleetOrg
    from provision.org.org import WritableOrg

__all__ = ["onboard"]

_Words = list[str] | None


def onboard(
    org: Annotated[str, typer.Argument(metavar="ORG", show_default=False)],
    fleet: Annotated[
        Path, typer.Option("--fleet", metavar="FILE", help="The fleet file, made if need be.")
    ] = Path("fleet.yaml"),
    alias: Annotated[
        str,
        typer.Option(
            "--alias",
            metavar="NAME",
            help="What the sf CLI calls the org. [default: ORG]",
            show_default=False,
        ),
    ] = "",
    spec: Annotated[
        list[Path] | None,
        typer.Option(
            "--spec",
            metavar="SPEC",
            help="A spec for this org, beside those of the fleet and of its groups. Repeatable.",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        _Words, typer.Option("--group", metavar="NAME", help="Put it there.", show_default=False)
    ] = None,
    tag: Annotated[
        _Words, typer.Option("--tag", metavar="NAME", help="Tag it so.", show_default=False)
    ] = None,
    var: Annotated[
        _Words,
        typer.Option(
            "--var",
            metavar="NAME=VALUE",
            help="Value of ${NAME} in this org, also in the fleet file.",
            show_default=False,
        ),
    ] = None,
    yes: Yes = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Switch the org's settings that must be otherwise.")
    ] = False,
    allow: Allow = None,
    rules: RulesFile = None,
    run_dir: RunDir = None,
    state: State = "",
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    proof_wait: ProofWait = 600,
    quiet: Quiet = False,
) -> None:
    """Doctor, keys, permission sets, app, proof, fleet file: an org from nothing to proven.

    Each step looks before it acts. A run that failed, or was killed, is gone on with by running
    it again.
    """
    from provision.apply.proof import Prover
    from provision.cli.onboarding import Consent, Onboarding
    from provision.cli.planning import Planner
    from provision.cli.rules import rule_set
    from provision.fleet.edit import NewOrg
    from provision.fleet.login import login_of
    from provision.org.clock import SystemClock
    from provision.org.http import http_session
    from provision.org.org import readable_org, writable_org
    from provision.org.pool import MANY_AT_ONCE
    from provision.render.template import Templates

    console = Console(quiet)
    given = variables(var, allow_exec=allow_exec)
    new = NewOrg(
        org,
        alias,
        tuple(group or ()),
        tuple(tag or ()),
        tuple(_below(fleet, path) for path in spec or ()),
        given.values,
    )
    known, edit = _entry(fleet, new)
    if edit is not None:
        edit.check()
    entry = known.org(org)
    if not entry.specs:
        raise CannotError(
            f"{fleet} has no spec for {org}", next_step="Name one with --spec, or in the fleet."
        )
    chosen = rule_set(rules)
    reached = known.reach(org, given)
    hide(reached.sensitive)
    read = Templates(templates)
    keeper = recorder(run_dir, state, console)
    consent = Consent(yes, fix, frozenset(allow or ()))
    with http_session(http_timeout) as http:
        session = login_of(entry, reached, SystemClock()).open(http)
        version = api_version or entry.api_version
        readable = readable_org(org, session, http, version, MANY_AT_ONCE)
        target = writable_org(readable, SystemClock(), deploy_wait)
        way = Onboarding(target, entry, reached.variables, edit, console)
        specs = way.prepare_files()
        with written_first(target.written):
            if not way.examine(specs, read, consent):
                raise _found_errors(target, console)
            planner = Planner(target, read, keeper.state, chosen)
            prepared = way.plans(specs, planner, consent)
            prover = Prover(target, SystemClock(), proof_wait, console.talk)
            code = way.apply(prepared, keeper, prover, way.replanner(planner, consent))
            if code is not ExitCode.OK:
                console.talk("next: run it again; what is done is not done twice")
                raise typer.Exit(code)
            way.enter()


def _found_errors(org: WritableOrg, console: Console) -> Exception:
    """What ends a run in which doctor found errors; settings may be switched by then."""
    next_step = "Fix the errors above, and run it again."
    if org.written:
        return CannotError("doctor found errors in the org", next_step=next_step)
    console.talk(f"next: {next_step}")
    return typer.Exit(ExitCode.FOUND)


def _entry(path: Path, new: NewOrg) -> tuple[Fleet, FleetEdit | None]:
    """The fleet with the org in it, and what must be written for that, if anything.

    Raises :class:`CannotError` where the org is in the fleet and more is said of it.
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
    """What the `sf` CLI calls an org of the fleet; empty where another login is its way in."""
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
