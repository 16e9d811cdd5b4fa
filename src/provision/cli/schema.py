"""`provision schema`: the JSON Schema of a spec, for editors."""

from __future__ import annotations

import json

from provision.cli.console import Console

__all__ = ["schema"]


def schema() -> None:
    """Print the JSON Schema of a spec, for editors and CI."""
    from provision.spec.schema import json_schema

    Console().result(json.dumps(json_schema(), indent=2, sort_keys=True))
