"""Quirks as text, and ids, clock and calendar: the small values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import CannotError
from provision.localorg.clock import Clock, stamp
from provision.localorg.oauth.tokens import end_of_period
from provision.localorg.quirks import PermissionLists, Quirks
from provision.localorg.store.ids import id_of, long_id, short_id


def test_quirks_are_set_one_at_a_time() -> None:
    quirks = Quirks.of("permission-lists=ADD", "propagation_seconds=30")

    assert quirks.permission_lists is PermissionLists.ADD
    assert quirks.propagation_seconds == 30
    assert Quirks.of("profile_grant_suffices=no").profile_grant_suffices is False


def test_every_quirk_reads_back_what_it_writes() -> None:
    quirks = Quirks(propagation_seconds=5, empty_listing=True)
    written = [f"{name}={value}" for name, value in quirks.as_text().items()]

    assert Quirks.of(*written) == quirks


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nope=1", "permission_lists"),
        ("permission_lists", "NAME=VALUE"),
        ("permission_lists=x", "replace, add, add_refusing_known"),
        ("deploy_polls=x", "whole number"),
        ("empty_listing=perhaps", "yes or no"),
    ],
)
def test_bad_quirks(text: str, part: str) -> None:
    with pytest.raises(CannotError, match=part):
        Quirks.of(text)


def test_ids_of_eighteen_characters() -> None:
    # An example from Salesforce's documentation.
    assert long_id("001A0000006Vm9r") == "001A0000006Vm9rIAC"


@given(st.integers(0, 62**9 - 1), st.integers(0, 62**9 - 1))
def test_ids_differ_as_numbers_do(one: int, other: int) -> None:
    first, second = id_of("0xI", one), id_of("0xI", other)

    assert (first == second) is (one == other)
    assert len(first) == 18
    assert long_id(short_id(first)) == first
    # The 18 characters differ even without regard to case.
    assert (first.lower() == second.lower()) is (one == other)


def test_the_clock_goes_forward_only() -> None:
    clock = Clock(lambda: 100.0)
    clock.advance(5)

    assert (clock.now(), clock.offset) == (105.0, 5.0)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_dates() -> None:
    assert stamp(0.25) == "1970-01-01T00:00:00.250Z"


@pytest.mark.parametrize(
    ("start", "period", "unit", "end"),
    [
        ("2026-01-31", 1, "Months", "2026-02-28"),
        ("2028-01-31", 1, "Months", "2028-02-29"),
        ("2026-12-15", 12, "Months", "2027-12-15"),
        ("2026-02-28", 1, "Days", "2026-03-01"),
    ],
)
def test_periods(start: str, period: int, unit: str, end: str) -> None:
    def at(day: str) -> float:
        return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()

    assert end_of_period(at(start), period, unit) == at(end)
