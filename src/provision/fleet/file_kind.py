"""File kind: whether a file is a fleet or a spec, before anything else is known of it.

The models of fleets are not imported for this: most files are specs.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

__all__ = ["is_fleet"]

_HEAD: Final = 64 * 1024
_KEY_OF_FLEET: Final = re.compile(
    rb"^(\xef\xbb\xbf)?(\{\s*)?[\"']?(orgs|groups)[\"']?[ \t]*:", re.MULTILINE
)


def is_fleet(path: Path) -> bool:
    """Whether a file is a fleet, by its keys: a spec has neither `orgs` nor `groups`.

    Only a regular file can be one. Reading the start of a pipe would take it from the loader.
    """
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return bool(_KEY_OF_FLEET.search(file.read(_HEAD)))
    except OSError:
        return False
