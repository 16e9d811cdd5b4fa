"""Values of fields: which fields take one, by its name in metadata or in a spec."""

from __future__ import annotations

from collections.abc import Iterator

from provision.doctor.meaning.field import known_fields
from provision.doctor.meaning.meaning import Meaning

__all__ = ["value_meaning"]


def value_meaning(text: str) -> Meaning | None:
    """Which fields take a value of a list; ``None`` for what is none."""
    facts = tuple(_takers(text.casefold()))
    return Meaning(f"{text} (value of a field)", facts) if facts else None


def _takers(folded: str) -> Iterator[tuple[str, str]]:
    for known in known_fields():
        for choice in known.field.choices:
            names = (str(choice.value), choice.word)
            if folded in {name.casefold() for name in names if name}:
                in_spec = f", in a spec {names[1]}" if names[1] else ""
                since = f", API {choice.since} and later" if choice.since else ""
                yield "of", f"{known.title} ({known.path}): {names[0]}{in_spec}{since}"
