"""Checks of doctor: what must hold, and how to mend it."""

from __future__ import annotations

from provision.doctor.diagnosis import CHECKS
from provision.doctor.meaning.meaning import Meaning

__all__ = ["check_meaning"]


def check_meaning(word: str) -> Meaning | None:
    """What a check is about, by its id; ``None`` for what is none."""
    for check in CHECKS:
        if check.id == word:
            facts = (("must hold", check.title), ("mending", check.mending))
            return Meaning(f"{check.id} (check of doctor)", facts)
    return None
