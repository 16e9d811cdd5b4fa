"""The program's distribution: the package that pip installs. Its name is not the command's."""

from __future__ import annotations

from typing import Final

__all__ = ["DISTRIBUTION", "VERSION", "how_to_install"]

VERSION: Final = "0.1.0"
"""The program's version, as pyproject.toml has it."""

DISTRIBUTION: Final = "eca-provision"
"""The name for package indexes, where another project has the name `provision`."""


def how_to_install(extra: str) -> str:
    """A sentence that tells how to install ``extra`` from a checkout: nothing is published.

    With the name before the path, pip refuses any other program there.
    """
    command = f'pip install "{DISTRIBUTION}[{extra}] @ file://$PWD"'
    return f"In a checkout of provision, run `{command}`."
