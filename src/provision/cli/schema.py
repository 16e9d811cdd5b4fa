"""`provision schema`: the JSON Schema of a kind of file, for editors and programs."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

from provision.cli.option_groups import takes_options
from provision.cli.output import PlainOutput
from provision.errors import ExitCode
from provision.jobs.command_line import Argument

__all__ = ["Kind", "schema"]


class Kind(StrEnum):
    """A kind of file: two that people write, and the record of a run over a fleet."""

    SPEC = "spec"
    FLEET = "fleet"
    RECORD = "record"


@takes_options
def schema(
    out: PlainOutput,
    kind: Annotated[Kind, Argument("KIND", "The kind of file: spec, fleet or record.")] = Kind.SPEC,
) -> ExitCode:
    """Print the JSON Schema of a spec or a fleet, for editors.

    Examples:
        provision schema > spec.schema.json
        provision schema fleet --output fleet.schema.json
    """
    match kind:
        case Kind.SPEC:
            from provision.spec.schema import json_schema as of_kind
        case Kind.FLEET:
            from provision.fleet.schema import fleet_schema as of_kind
        case Kind.RECORD:
            from provision.runs.rows_schema import record_schema as of_kind
    out.document(json.dumps(of_kind(), indent=2, sort_keys=True))
    return ExitCode.OK
