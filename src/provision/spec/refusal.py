"""A validator's refusal, with the place inside the value that it is about."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from provision.spec.position import KeyPath

__all__ = ["REFUSAL", "refusal"]

REFUSAL = "provision_refusal"
"""The pydantic error type of what our own validators refuse."""


def refusal(message: str, at: KeyPath = ()) -> PydanticCustomError:
    """The error to raise in a validator. ``at`` is relative to the value being validated."""
    return PydanticCustomError(REFUSAL, "{message}", {"message": message, "at": at})
