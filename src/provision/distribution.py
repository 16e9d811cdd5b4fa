"""The program's distribution: what pip installs. It is not called like the command."""

from __future__ import annotations

from typing import Final

__all__ = ["DISTRIBUTION", "VERSION", "how_to_install"]

VERSION: Final = "0.1.0"
"""The program's version, as pyproject.toml has it."""

DISTRIBUTION: Final = "eca-provision"
"""What package indexes would know this program as. There, `provision` is somebody else's."""


def how_to_install(extra: str) -> str:
    """How to install ``extra``, from a checkout: the distribution is not published.

    With the name in front of the place, pip installs nothing that is not this program.
    """
    command = f'pip install "{DISTRIBUTION}[{extra}] @ file://$PWD"'
    return f"In a checkout of provision, run `{command}`."
