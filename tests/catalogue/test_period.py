from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.period import LONGEST_AMOUNT, Period, read_period

REFRESH = ("days", "hours", "months")
SESSION = ("minutes", "hours")


@pytest.mark.parametrize(
    ("text", "units", "duration"),
    [
        ("90 days", REFRESH, Period(90, "days")),
        ("90d", REFRESH, Period(90, "days")),
        ("1 day", REFRESH, Period(1, "days")),
        ("12 months", REFRESH, Period(12, "months")),
        ("4h", REFRESH, Period(4, "hours")),
        ("4 hours", REFRESH, Period(4, "hours")),
        ("15m", SESSION, Period(15, "minutes")),
        ("15 Minutes", SESSION, Period(15, "minutes")),
        (" 2  hours ", SESSION, Period(2, "hours")),
    ],
)
def test_reads(text, units, duration):
    assert read_period(text, units) == duration


@pytest.mark.parametrize(
    ("value", "units", "message"),
    [
        ("90m", REFRESH, "minutes or months? write `90 months`"),
        (15, SESSION, "15 has no unit: write `15 minutes` or `15 hours`"),
        (90, REFRESH, "90 has no unit: write `90 days`, `90 hours` or `90 months`"),
        ("15", SESSION, "15 has no unit"),
        ("0 days", REFRESH, "must be 1 or more"),
        ("-1 days", REFRESH, "must be 1 or more"),
        (0, SESSION, "has no unit"),
        ("90 days", SESSION, "counted in minutes or hours"),
        ("15 minutes", REFRESH, "counted in days, hours or months"),
        ("2 weeks", REFRESH, "counted in"),
        ("1.5 hours", SESSION, "is not a duration"),
        ("15:00", SESSION, "is not a duration"),
        ("days", REFRESH, "is not a duration"),
        ("", REFRESH, "is not a duration"),
        ("٣ days", REFRESH, "is not a duration"),
        (True, SESSION, "is not a duration"),
        (None, SESSION, "is not a duration"),
        (("1 hour",), SESSION, "is not a duration"),
        (f"{LONGEST_AMOUNT + 1} days", REFRESH, "too long"),
        ("9" * 5000 + " days", REFRESH, "too long"),
    ],
)
def test_refuses(value, units, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_period(value, units)


@given(
    st.integers(1, LONGEST_AMOUNT),
    st.sampled_from(["m", "minute", "minutes", "h", "hour", "hours"]),
    st.sampled_from(["", " ", "  "]),
)
def test_any_amount_and_spelling(amount, word, blank):
    unit = "minutes" if word.startswith("m") else "hours"
    assert read_period(f"{amount}{blank}{word}", SESSION) == Period(amount, unit)


@given(st.text() | st.integers() | st.booleans() | st.none())
def test_whatever_passes_is_a_positive_amount(value):
    try:
        duration = read_period(value, REFRESH)
    except ValueError:
        return
    assert 1 <= duration.amount <= LONGEST_AMOUNT


@pytest.mark.parametrize(
    ("period", "shortest", "longest"),
    [
        (Period(15, "minutes"), 15, 15),
        (Period(2, "hours"), 120, 120),
        (Period(30, "days"), 30 * 1440, 30 * 1440),
        (Period(1, "months"), 28 * 1440, 31 * 1440),
    ],
)
def test_a_month_has_28_to_31_days(period, shortest, longest):
    assert (period.shortest, period.longest) == (shortest, longest)


def test_metadata_holds_a_period_as_a_number_and_a_unit():
    assert Period.of_metadata(1, "Months") == Period(1, "months")
    assert str(Period(1, "months")) == "1 month"
    assert str(Period(90, "days")) == "90 days"
    assert Period.of_metadata(1, "Weeks") is None
    assert Period.of_metadata(None, "Days") is None
