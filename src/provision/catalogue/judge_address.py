"""Judges of IP ranges: which addresses a change adds to a list, and which it removes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, TypeAlias

from provision.catalogue.risk import (
    HARMLESS,
    Edit,
    Opening,
    Risk,
    disruptive,
    together,
    weakens,
)
from provision.catalogue.value import Value

__all__ = ["AddressBound", "IpRanges", "unread_ranges"]

_START: Final = "startIpAddress"
_END: Final = "endIpAddress"
_Span: TypeAlias = tuple[int, int, int]  # IP version, first address, last address
_BITS: Final = {4: 32, 6: 128}


@dataclass(frozen=True, slots=True)
class IpRanges:
    """For a list of IP ranges. ``verb`` says what an address in a range is: "trusted"."""

    verb: str

    def __call__(self, edit: Edit) -> Risk:
        """An added address weakens, and a removed one disrupts."""
        had, has = _spans(edit.before), _spans(edit.after)
        gained, lost = _without(has, had), _without(had, has)
        unread, unread_before = unread_ranges(edit.after), unread_ranges(edit.before)
        risks = [HARMLESS]
        if gained:
            listed = ", ".join(map(_described, gained))
            risks.append(
                weakens(f"Newly {self.verb}: {listed}.", Opening.IP_RANGE, *map(_named, gained))
            )
        if new := sorted(unread - unread_before):
            reason = f"provision cannot read {', '.join(new)}."
            risks.append(weakens(reason, Opening.IP_RANGE, *new))
        if gone := [*map(_named, lost), *sorted(unread_before - unread)]:
            risks.append(disruptive(f"No longer {self.verb}: {', '.join(gone)}."))
        return together(*risks)


@dataclass(frozen=True, slots=True)
class AddressBound:
    """For one end of an IP range. ``first`` is true for its first address."""

    first: bool

    def __call__(self, edit: Edit) -> Risk:
        """A lower first address, or a higher last one, lets more in."""
        before, after = _number(edit.before), _number(edit.after)
        if before and after and before[0] == after[0]:
            narrower = after[1] > before[1] if self.first else after[1] < before[1]
            if narrower:
                return disruptive("The range has fewer addresses.")
        return weakens("The range has more addresses, or others.", Opening.IP_RANGE)


def _spans(value: Value | None) -> tuple[_Span, ...]:
    """The addresses of the ranges that can be read, in the fewest ranges."""
    return _merged(span for a, b in _pairs(value) if (span := _span(a, b)) is not None)


def unread_ranges(value: Value | None) -> frozenset[str]:
    """The items that are not ranges: text, two IP versions, or a first address after the last."""
    return frozenset(f"{a} to {b}" for a, b in _pairs(value) if _span(a, b) is None)


def _pairs(value: Value | None) -> Iterator[tuple[str, str]]:
    if isinstance(value, tuple):
        for record in value:
            yield str(record.get(_START, "")).strip(), str(record.get(_END, "")).strip()


def _number(value: object) -> tuple[int, int] | None:
    """IP version and number of an address. An IPv4 address written as IPv6 is an IPv4 address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(str(value).strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.version, int(address)


def _span(start: str, end: str) -> _Span | None:
    first, last = _number(start), _number(end)
    if first is None or last is None or first[0] != last[0] or last[1] < first[1]:
        return None
    return first[0], first[1], last[1]


def _merged(spans: Iterable[_Span]) -> tuple[_Span, ...]:
    """The same addresses, in the fewest ranges, in order."""
    found: list[_Span] = []
    for version, first, last in sorted(spans):
        if found and found[-1][0] == version and first <= found[-1][2] + 1:
            found[-1] = (version, found[-1][1], max(found[-1][2], last))
        else:
            found.append((version, first, last))
    return tuple(found)


def _without(spans: Iterable[_Span], others: Iterable[_Span]) -> tuple[_Span, ...]:
    """The addresses of ``spans`` that are in none of ``others``, which are merged."""
    left = list(spans)
    for version, first, last in others:
        rest: list[_Span] = []
        for span in left:
            if span[0] != version or last < span[1] or first > span[2]:
                rest.append(span)
                continue
            if span[1] < first:
                rest.append((version, span[1], first - 1))
            if last < span[2]:
                rest.append((version, last + 1, span[2]))
        left = rest
    return tuple(left)


def _named(span: _Span) -> str:
    version, first, last = span
    kind = IPv4Address if version == 4 else IPv6Address
    return str(kind(first)) if first == last else f"{kind(first)} to {kind(last)}"


def _described(span: _Span) -> str:
    version, first, last = span
    count = last - first + 1
    if count == 2 ** _BITS[version]:
        return f"{_named(span)} (every IPv{version} address)"
    return f"{_named(span)} ({count:,} address{'es' if count > 1 else ''})"
