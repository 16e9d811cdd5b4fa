"""`provision fleet`: what a fleet file says, and orgs of the `sf` CLI added to it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provision.cli.console import Console
from provision.cli.options import Quiet

if TYPE_CHECKING:
    from provision.fleet.fleet import Fleet, FleetOrg

__all__ = ["import_orgs", "list_orgs"]

_SCHEMA: Final = "provision/fleet-list/1"

_FleetFile = Annotated[Path, typer.Argument(metavar="FLEET", show_default=False)]
_Orgs = Annotated[
    list[str] | None,
    typer.Option(
        "--org",
        metavar="SELECTOR",
        help="NAME, a pattern (uat-*), tag:NAME, group:NAME, spec:FILE or changed:REVISION; a "
        "comma means both, a ! before one leaves out. Repeatable. [default: all]",
        show_default=False,
    ),
]


class ListFormat(StrEnum):
    """How a list of orgs is written."""

    TEXT = "text"
    JSON = "json"


def list_orgs(
    fleet: _FleetFile,
    org: _Orgs = None,
    output_format: Annotated[
        ListFormat, typer.Option("--format", help="How the list is written.")
    ] = ListFormat.TEXT,
) -> None:
    """The orgs of a fleet, or those that are selected, with their specs. Offline."""
    from provision.fleet.changed import changed_since
    from provision.fleet.load import load_fleet
    from provision.fleet.selection import select

    loaded = load_fleet(fleet)
    selected = select(loaded, org or (), changed_since)
    console = Console()
    match output_format:
        case ListFormat.TEXT:
            console.result(_text(selected))
        case ListFormat.JSON:
            console.document(_json(loaded, selected))


def import_orgs(
    fleet: _FleetFile,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Tag for them. Repeatable.", show_default=False),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group", metavar="GROUP", help="Group for them. Repeatable.", show_default=False
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Add the orgs that the sf CLI knows and the fleet file does not have; make it if need be."""
    from provision.fleet.discovery import missing_orgs
    from provision.fleet.edit import add_orgs
    from provision.fleet.load import load_fleet
    from provision.org.login.sf_cli import known_orgs

    console = Console(quiet)
    there = load_fleet(fleet) if fleet.exists() else None
    known = known_orgs()
    new = missing_orgs(known, there, group or (), tag or ())
    if not new:
        said = f"all {len(known)} are there already" if known else "it knows none"
        console.talk(f"{fleet}: no org of the sf CLI to add: {said}")
        return
    add_orgs(fleet, new)
    console.result("\n".join(f"added {each.name}{_listed('tags', each.tags)}" for each in new))
    console.talk(f"{fleet}: {len(new)} of the {len(known)} orgs of the sf CLI added")


def _text(orgs: Sequence[FleetOrg]) -> str:
    width = max(len(org.name) for org in orgs)
    return "\n".join(
        f"{org.name:<{width}}"
        + _listed("groups", org.groups)
        + _listed("tags", org.tags)
        + (_listed("specs", [_shown(spec) for spec in org.specs]) or "  no specs")
        for org in orgs
    )


def _listed(what: str, names: Sequence[str]) -> str:
    return f"  {what}: {', '.join(names)}" if names else ""


def _shown(path: Path) -> str:
    """A path as somebody would write it here."""
    whole = os.path.normpath(path)
    here = f"{Path.cwd()}{os.sep}"
    return whole.removeprefix(here)


def _json(fleet: Fleet, orgs: Sequence[FleetOrg]) -> str:
    listed = [
        {
            "name": org.name,
            "groups": list(org.groups),
            "tags": list(org.tags),
            "specs": [os.path.normpath(spec) for spec in org.specs],
            "api_version": org.api_version,
            "line": org.position.line,
        }
        for org in orgs
    ]
    return json.dumps({"schema": _SCHEMA, "fleet": str(fleet.path), "orgs": listed}, indent=2)
