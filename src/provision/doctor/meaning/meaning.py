"""Meaning: what a word means, as labelled facts."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Meaning"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word means. Facts without a text are not worth showing."""

    title: str
    facts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        said = [(label, text) for label, text in self.facts if text]
        return "\n".join([self.title, *(f"  {label:<11} {text}" for label, text in said)])
