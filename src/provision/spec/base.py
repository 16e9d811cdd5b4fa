"""What all models of the spec have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["SpecModel"]


class SpecModel(BaseModel):
    """A part of a spec. A key that was left out is not in ``model_fields_set``; ``None`` is null.

    Nothing is coerced, no key is ignored, and no value changes after validation.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True
    )

    def says(self, key: str) -> bool:
        """Whether the spec has ``key``, be it null."""
        return key in self.model_fields_set
