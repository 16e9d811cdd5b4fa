"""The parts that the files of this program share, for pydantic to check."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["FileModel", "Moment", "Sha256"]


class FileModel(BaseModel):
    """A part of a file of ours: nothing is coerced, no key is ignored."""

    # Built when such a file is read: most runs read none.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


def _moment(text: str) -> str:
    datetime.fromisoformat(text)  # a ValueError names what is wrong with it
    return text


Moment: TypeAlias = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"), AfterValidator(_moment)
]
"""A second, UTC: ``2026-11-24T06:30:00Z``."""

Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal."""
