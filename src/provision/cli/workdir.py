"""The working directory: where runs keep their files."""

from __future__ import annotations

from pathlib import Path

__all__ = ["working_directory"]


def working_directory() -> Path:
    """``.provision/`` in the current directory, made if need be, and ignored by git by itself."""
    directory = Path(".provision")
    directory.mkdir(mode=0o700, exist_ok=True)
    ignore = directory / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return directory
