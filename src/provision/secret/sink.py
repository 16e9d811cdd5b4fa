"""Sink: where secrets go, instead of to the output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol, TypeAlias

from provision.secret.secret import Secret

__all__ = ["Sink", "Values", "document", "plain"]

Values: TypeAlias = Mapping[str, Secret | str]
"""Secrets, and what belongs to them, by name (``consumer_key``)."""


class Sink(Protocol):
    """One place for secrets."""

    @property
    def name(self) -> str:
        """What to call it in an output."""
        ...

    def check(self) -> None:
        """Raise :class:`SinkError` if :meth:`put` cannot succeed. Writes nothing."""
        ...

    def put(self, values: Values) -> None:
        """Keep ``values``, all or none. Raises :class:`SinkError`."""
        ...


def plain(value: Secret | str) -> str:
    """The text of a value, for the sink itself."""
    return value.reveal() if isinstance(value, Secret) else value


def document(values: Values) -> str:
    """A value alone as it is, without a line feed that would belong to it; several as JSON."""
    if len(values) == 1:
        [value] = values.values()
        return plain(value)
    revealed = {name: plain(value) for name, value in values.items()}
    return json.dumps(revealed, ensure_ascii=False, indent=2) + "\n"
