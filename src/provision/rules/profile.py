"""Profiles: sets of rules that ship with the program, for rules files to extend."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provision.spec.reader import Reading, read_yaml

__all__ = ["profile_names", "read_profile"]

_DIRECTORY: Final = Path(__file__).with_name("profiles")


def profile_names() -> tuple[str, ...]:
    """The names of all profiles, sorted."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.yaml")))


def read_profile(name: str) -> Reading:
    """The profile ``name``, one of :func:`profile_names`. Its positions are of ``profile:NAME``."""
    return read_yaml((_DIRECTORY / f"{name}.yaml").read_bytes(), f"profile:{name}")
