"""`provision fleet`: what a fleet file says, and orgs of the `sf` CLI added to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from provision.cli.option_groups import takes_options
from provision.cli.output import PlainOutput
from provision.errors import ExitCode
from provision.jobs.command_line import Argument, Option

if TYPE_CHECKING:
    from provision.fleet.fleet import Fleet, FleetOrg

__all__ = ["import_orgs", "list_orgs"]

_LIST: Final = "provision/fleet-list/1"
_IMPORT: Final = "provision/fleet-import/1"

_FleetFile: TypeAlias = Annotated[Path, Argument("FLEET", "The fleet file.")]


@takes_options
def list_orgs(
    fleet: _FleetFile,
    out: PlainOutput,
    org: Annotated[
        tuple[str, ...],
        Option(
            "--org",
            metavar="SELECTOR",
            help="NAME, a pattern (uat-*), tag:NAME, group:NAME, spec:FILE or changed:REVISION. A "
            "comma means both; a ! before a selector excludes. Repeatable.",
            default="all",
        ),
    ] = (),
) -> ExitCode:
    """List the orgs of a fleet, or those selected. Offline.

    Examples:
        provision fleet list fleet.yaml
        provision fleet list fleet.yaml --org 'tag:production,!acme' --format json
    """
    from provision.fleet.changed import changed_since
    from provision.fleet.load import load_fleet
    from provision.fleet.selection import select

    loaded = load_fleet(fleet)
    selected = select(loaded, org, changed_since)
    out.facts(_text(selected), _LIST, _content(loaded, selected))
    return ExitCode.OK


@takes_options
def import_orgs(
    fleet: _FleetFile,
    out: PlainOutput,
    tag: Annotated[
        tuple[str, ...], Option("--tag", metavar="TAG", help="A tag for them. Repeatable.")
    ] = (),
    group: Annotated[
        tuple[str, ...], Option("--group", metavar="GROUP", help="A group for them. Repeatable.")
    ] = (),
) -> ExitCode:
    """Add the orgs of the sf CLI to a fleet file. The file is created if needed.

    Examples:
        provision fleet import fleet.yaml --group sandboxes
    """
    from provision.fleet.discovery import missing_orgs
    from provision.fleet.edit import add_orgs
    from provision.fleet.load import load_fleet
    from provision.org.login.sf_cli import known_orgs

    there = load_fleet(fleet) if fleet.exists() else None
    known = known_orgs()
    new = missing_orgs(known, there, group, tag)
    if new:
        add_orgs(fleet, new)
        said = f"{len(new)} of the {len(known)} orgs of the sf CLI added"
    else:
        why = f"all {len(known)} are there already" if known else "it knows none"
        said = f"no org of the sf CLI to add: {why}"
    text = "\n".join(f"added {each.name}{_listed('tags', each.tags)}" for each in new)
    added = [{"name": each.name, "tags": list(each.tags)} for each in new]
    out.facts(text, _IMPORT, {"fleet": str(fleet), "added": added})
    out.console.talk(f"{fleet}: {said}")
    return ExitCode.OK


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


def _content(fleet: Fleet, orgs: Sequence[FleetOrg]) -> dict[str, object]:
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
    return {"fleet": str(fleet.path), "orgs": listed}
