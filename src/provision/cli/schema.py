"""`provision schema`: the JSON Schema of a kind of file, for editors and programs."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from provision.cli.console import Console

__all__ = ["Kind", "schema"]


class Kind(StrEnum):
    """A kind of file: two that people write, and what a run over a fleet leaves."""

    SPEC = "spec"
    FLEET = "fleet"
    RECORD = "record"


def schema(
    kind: Annotated[
        Kind, typer.Argument(metavar="[spec|fleet|record]", show_default=False)
    ] = Kind.SPEC,
) -> None:
    """Print the JSON Schema of a spec or a fleet, for editors."""
    match kind:
        case Kind.SPEC:
            from provision.spec.schema import json_schema as of_kind
        case Kind.FLEET:
            from provision.fleet.schema import fleet_schema as of_kind
        case Kind.RECORD:
            from provision.fleet.record_schema import record_schema as of_kind
    Console().result(json.dumps(of_kind(), indent=2, sort_keys=True))
