"""Merge: the records of a run's shards as one, and what is missing in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provision.errors import CannotError, ExitCode
from provision.runs.rows import OrgRow, Record

__all__ = ["Merged", "merge"]


@dataclass(frozen=True, slots=True)
class Merged:
    """Records of one verb. ``orgs`` are all that were selected; some may have no row.

    ``places`` says where the row of an org stands (``file:line``); ``missing_shards`` are those,
    such as ``2/3``, of which there is no record. ``only_checks``: the results are findings.
    """

    verb: str
    orgs: tuple[str, ...]
    rows: Mapping[str, OrgRow]
    places: Mapping[str, str]
    missing_shards: tuple[str, ...]
    only_checks: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """The worst of the orgs'. What is not whole is not done: CANNOT at the least."""
        codes = {row.exit_code for row in self.rows.values()}
        is_whole = self.rows.keys() >= set(self.orgs) and not self.missing_shards
        return ExitCode.worst(codes if is_whole else codes | {ExitCode.CANNOT})


def merge(records: Sequence[Record]) -> Merged:
    """``records`` (one at the least) as one, in their order.

    Raises :class:`CannotError` for records of different verbs, of runs in differently many shards,
    and for an org that has two different results: which one holds is nothing that can be guessed.
    """
    first = records[0]
    for record in records[1:]:
        _check_verb(first, record)
    rows: dict[str, OrgRow] = {}
    found_in: dict[str, Record] = {}
    for record in records:
        for row in record.rows:
            if rows.setdefault(row.org, row) != row:
                raise _ambiguous(row.org, found_in[row.org], record)
            found_in.setdefault(row.org, record)
    selected = [org for record in records for org in record.header.orgs]
    return Merged(
        verb=first.header.verb,
        orgs=tuple(dict.fromkeys([*selected, *rows])),
        rows=rows,
        places={org: record.place_of(org) for org, record in found_in.items()},
        missing_shards=_missing_shards(records),
        only_checks=first.header.only_checks,
    )


def _check_verb(first: Record, other: Record) -> None:
    if other.header.verb != first.header.verb:
        raise CannotError(
            f"{first.path} is the record of `{first.header.verb}`, "
            f"{other.path} of `{other.header.verb}`",
            next_step="Merge the records of one verb.",
        )


def _ambiguous(org: str, one: Record, other: Record) -> CannotError:
    return CannotError(
        f"{org} has one result in {one.place_of(org)}, and another in {other.place_of(org)}",
        next_step="Name only the record whose result of this org holds.",
    )


def _missing_shards(records: Sequence[Record]) -> tuple[str, ...]:
    """The shards that no record is of; a record that is of no shard is a run in one part."""
    parts: dict[int, Record] = {}
    there: set[int] = set()
    for record in records:
        if record.header.shard is None:
            continue
        number, count = map(int, record.header.shard.split("/"))
        parts[count] = record
        there.add(number)
    if len(parts) > 1:
        one, other, *_ = parts.values()
        raise CannotError(
            f"{one.path} is shard {one.header.shard}, {other.path} is shard {other.header.shard}: "
            "they are not of one run",
            next_step="Merge the shards of one run.",
        )
    return tuple(f"{n}/{count}" for count in parts for n in range(1, count + 1) if n not in there)
