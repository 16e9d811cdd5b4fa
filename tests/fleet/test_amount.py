from __future__ import annotations

import pytest

from provision.fleet.amount import Amount, amount_of


@pytest.mark.parametrize(
    ("written", "amount", "shown"),
    [
        (5, Amount(5), "5"),
        ("5", Amount(5), "5"),
        (" 12 ", Amount(12), "12"),
        ("10%", Amount(10, is_percent=True), "10%"),
        ("100 %", Amount(100, is_percent=True), "100%"),
    ],
)
def test_a_number_or_a_share(written, amount, shown):
    assert amount_of(written) == amount
    assert str(amount) == shown


@pytest.mark.parametrize(
    "written", [0, -1, True, None, 1.5, [1], "", "0", "0%", "101%", "1.5%", "%", "01", "1\n0", "٣"]
)
def test_what_is_neither(written):
    with pytest.raises(ValueError, match="a number from 1 on, or a share from 1% to 100%"):
        amount_of(written)


@pytest.mark.parametrize(
    ("written", "total", "number"),
    [("3", 10, 3), ("3", 2, 3), ("10%", 10, 1), ("10%", 11, 2), ("1%", 5, 1), ("100%", 7, 7)],
)
def test_how_many_of_all(written, total, number):
    assert amount_of(written).of(total) == number
