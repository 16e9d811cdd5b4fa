"""CheckFinding: one thing that a check found, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provision.doctor.setting import Setting
from provision.spec.position import Position

__all__ = ["CheckFinding", "Severity"]


class Severity(StrEnum):
    """How bad it is: a write or a login fails, may fail, or something worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing found. ``next_step`` says how to mend it.

    ``app`` is empty where it is the org's matter, ``key`` is the spec's path that it is about.
    ``setting`` is what a deploy of ours can mend it with. ``source`` is where the platform fact
    comes from, where the check names one. ``unchecked``: the check itself could not be made.
    """

    check: str
    severity: Severity
    message: str
    next_step: str
    app: str = ""
    position: Position | None = None
    key: str = ""
    setting: Setting | None = None
    source: str = ""
    unchecked: bool = False
