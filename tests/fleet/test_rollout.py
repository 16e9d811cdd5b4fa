from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import ExitCode
from provision.fleet.amount import Amount, amount_of
from provision.fleet.rollout import Rollout

ORGS = [f"o{number}" for number in range(10)]
AMOUNTS = st.builds(Amount, st.integers(1, 100), st.booleans())


@pytest.mark.parametrize(
    ("waves", "sizes"),
    [
        ([], [10]),
        (["1"], [1, 9]),
        (["1", "20%"], [1, 2, 7]),
        (["25%", "25%"], [3, 3, 4]),
        (["100%"], [10]),
        (["10"], [10]),
        (["7", "7", "7"], [7, 3]),
    ],
)
def test_wave_by_wave(waves, sizes):
    rollout = Rollout(1, tuple(map(amount_of, waves)))
    assert list(map(len, rollout.split(ORGS))) == sizes


@given(st.lists(st.text(), unique=True), st.lists(AMOUNTS, max_size=5))
def test_waves_are_all_orgs_in_order_and_none_is_empty(orgs, waves):
    split = Rollout(1, tuple(waves)).split(orgs)
    assert [org for wave in split for org in wave] == orgs
    assert all(split)


def test_when_to_stop():
    assert Rollout(1).most_failures(100) is None
    assert Rollout(1, stop_after=Amount(3)).most_failures(100) == 3
    assert Rollout(1, stop_after=Amount(3, is_percent=True)).most_failures(200) == 6


def test_differences_found_are_no_failure():
    assert {code for code in ExitCode if not code.is_failure} == {ExitCode.OK, ExitCode.FOUND}
