"""The sObjects that the org knows, by name."""

from __future__ import annotations

from typing import Final

from provision.localorg.domain.app_sobjects import APPS
from provision.localorg.domain.people_sobjects import PEOPLE
from provision.localorg.domain.sobject import SObject

__all__ = ["SOBJECTS", "sobject_named"]

SOBJECTS: Final = {sobject.name: sobject for sobject in (*PEOPLE, *APPS)}
_BY_FOLDED = {name.lower(): sobject for name, sobject in SOBJECTS.items()}


def sobject_named(name: str) -> SObject | None:
    """The sObject of this name, whatever its case, or ``None``."""
    return _BY_FOLDED.get(name.lower())
