"""Refusals: what an org or a client says when it refuses, from the dictionary."""

from __future__ import annotations

from collections.abc import Iterator

from provision.catalogue.catalogue import CORE_TYPES, path_of
from provision.doctor.meaning.meaning import Meaning
from provision.refusals.dictionary import find_all
from provision.refusals.refusal import Refusal, folded

__all__ = ["refusal_meanings"]


def refusal_meanings(said: str) -> tuple[Meaning, ...]:
    """Everything that a text may mean which an org answered, or a part of it."""
    return tuple(_meaning(row, said) for row in find_all(said))


def _meaning(row: Refusal, said: str) -> Meaning:
    flows = ", ".join(flow.value for flow in row.flows)
    several = len(row.causes) > 1
    return Meaning(
        f"{row.sign_in(folded(said))} (refusal{f' of a {flows} login' if flows else ''})",
        (
            ("means", row.means),
            *(
                (f"cause {number}" if several else "next step", f"{cause.text} {cause.next_step}")
                for number, cause in enumerate(row.causes, start=1)
            ),
            ("may pass", _lag(row)),
            ("said by", ", ".join(where.value for where in row.where)),
            ("source", f"{row.source} ({row.sure.value})"),
        ),
    )


def _lag(row: Refusal) -> str:
    keys = tuple(dict.fromkeys(_lagging(row.name)))
    if not keys:
        return ""
    return f"for some minutes after a change of {', '.join(keys)}"


def _lagging(name: str) -> Iterator[str]:
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            if name in field.lag:
                yield ".".join(path_of(metadata_type, field.name))
