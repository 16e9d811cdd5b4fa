"""Shard: one machine's part of a selection."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from provision.errors import CannotError

__all__ = ["WHOLE", "Shard", "shard_of"]

_FORM: Final = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Org = TypeVar("Org", bound=_Named)


@dataclass(frozen=True, slots=True)
class Shard:
    """The part ``number`` (from 1) of ``count``."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def of(self, orgs: Iterable[Org]) -> tuple[Org, ...]:
        """The orgs of this part, in order.

        An org's part depends on its name alone: it stays where it is when others come and go, and
        every machine finds the same without asking another.
        """
        return tuple(org for org in orgs if _place(org.name) % self.count == self.number - 1)


WHOLE: Final = Shard(1, 1)


def shard_of(text: str) -> Shard:
    """The shard that ``3/20`` says. Raises :class:`CannotError`."""
    found = _FORM.fullmatch(text.strip())
    shard = Shard(int(found.group(1)), int(found.group(2))) if found else None
    if shard is None or shard.number > shard.count:
        raise CannotError(
            f"--shard {text!r} is not a part of a whole", next_step="Write --shard 3/20."
        )
    return shard


def _place(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
