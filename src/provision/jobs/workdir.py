"""The working directory: where runs keep their files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.errors import CannotError

if TYPE_CHECKING:
    from provision.org.org import WritableOrg
    from provision.org.setting_notes import SettingNotes
    from provision.runs.write_log import WriteLog

__all__ = [
    "STATE",
    "WORKING_DIRECTORY",
    "database_path",
    "run_base",
    "setting_notes",
    "working_directory",
    "write_log",
]

WORKING_DIRECTORY: Final = Path(".provision")

STATE: Final = "last-applied"
"""Where last-applied records are, below the directory of all runs."""


def working_directory() -> Path:
    """``.provision/`` in the current directory, made if need be, and ignored by git by itself.

    Raises :class:`CannotError` where it cannot be made.
    """
    directory = WORKING_DIRECTORY
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        ignore = directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise CannotError(
            f"{directory.absolute()} cannot be used: {error.strerror}",
            next_step="Run it in a folder that you may write to.",
        ) from error
    return directory


def database_path(database: Path | None = None) -> Path:
    """The file of the embedded local org, unless ``database`` names another."""
    return database or working_directory() / "localorg.db"


def run_base(run_dir: Path | None) -> Path:
    """The directory of all runs."""
    return WORKING_DIRECTORY / "runs" if run_dir is None else run_dir


def write_log(org: WritableOrg, say: Callable[[str], None]) -> WriteLog:
    """What keeps the writes of which there is no run: those of credentials and of settings.

    Raises :class:`CannotError` where the working directory cannot be made.
    """
    from provision.runs.write_log import WriteLog

    return WriteLog(working_directory() / "writes.jsonl", org.clock, say, org.name)


def setting_notes() -> SettingNotes:
    """The notes of settings that runs from this folder opened. Makes no folder."""
    from provision.org.setting_notes import SettingNotes

    return SettingNotes(WORKING_DIRECTORY.absolute() / "open-settings")
