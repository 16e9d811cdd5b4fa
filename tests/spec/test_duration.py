from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.spec.duration import MOST, Duration, duration_of

REFRESH = ("days", "hours", "months")
SESSION = ("minutes", "hours")


@pytest.mark.parametrize(
    ("text", "units", "duration"),
    [
        ("90 days", REFRESH, Duration(90, "days")),
        ("90d", REFRESH, Duration(90, "days")),
        ("1 day", REFRESH, Duration(1, "days")),
        ("12 months", REFRESH, Duration(12, "months")),
        ("4h", REFRESH, Duration(4, "hours")),
        ("4 hours", REFRESH, Duration(4, "hours")),
        ("15m", SESSION, Duration(15, "minutes")),
        ("15 Minutes", SESSION, Duration(15, "minutes")),
        (" 2  hours ", SESSION, Duration(2, "hours")),
    ],
)
def test_reads(text, units, duration):
    assert duration_of(text, units) == duration


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
        (f"{MOST + 1} days", REFRESH, "too long"),
        ("9" * 5000 + " days", REFRESH, "too long"),
    ],
)
def test_refuses(value, units, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        duration_of(value, units)


@given(
    st.integers(1, MOST),
    st.sampled_from(["m", "minute", "minutes", "h", "hour", "hours"]),
    st.sampled_from(["", " ", "  "]),
)
def test_any_amount_and_spelling(amount, word, blank):
    unit = "minutes" if word.startswith("m") else "hours"
    assert duration_of(f"{amount}{blank}{word}", SESSION) == Duration(amount, unit)


@given(st.text() | st.integers() | st.booleans() | st.none())
def test_whatever_passes_is_a_positive_amount(value):
    try:
        duration = duration_of(value, REFRESH)
    except ValueError:
        return
    assert 1 <= duration.amount <= MOST
