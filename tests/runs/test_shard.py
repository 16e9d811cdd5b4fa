from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import CannotError
from provision.fleet.fleet import FleetOrg
from provision.runs.shard import WHOLE, Shard, shard_of
from provision.spec.position import Position

NAMES = st.lists(st.text(min_size=1), unique=True, max_size=40)


def orgs(names: list[str]) -> list[FleetOrg]:
    at = Position("fleet.yaml", 1, 1)
    return [FleetOrg(name, (), (), (Path("app.yaml"),), None, at) for name in names]


@given(NAMES, st.integers(1, 30))
def test_every_org_is_in_one_part_in_order(names, count):
    parts = [Shard(number, count).of(orgs(names)) for number in range(1, count + 1)]
    found = [org.name for part in parts for org in part]
    assert sorted(found) == sorted(names)
    for part in parts:
        places = [names.index(org.name) for org in part]
        assert places == sorted(places)


@given(NAMES, NAMES, st.integers(1, 30))
def test_an_org_stays_where_it_is_when_others_come_and_go(names, others, count):
    more = [*dict.fromkeys([*others, *names])]
    for number in range(1, count + 1):
        part = Shard(number, count)
        before = {org.name for org in part.of(orgs(names))}
        after = {org.name for org in part.of(orgs(more))}
        assert before == after & set(names)


def test_parts_are_about_as_large():
    sizes = [
        len(Shard(number, 10).of(orgs([f"org-{i}" for i in range(1000)])))
        for number in range(1, 11)
    ]
    assert min(sizes) > 50


def test_a_place_is_the_same_on_every_machine():
    """Written down once: where two machines or versions disagree, an org is in no part."""
    names = ["acme", "uat", "dev", "prod", "eu"]
    places = {name: number for number in range(1, 6) for name in _names(Shard(number, 5), names)}
    assert places == {"acme": 3, "uat": 4, "dev": 2, "prod": 5, "eu": 4}


def _names(shard: Shard, names: list[str]) -> list[str]:
    return [org.name for org in shard.of(orgs(names))]


def test_the_whole_is_one_part():
    assert WHOLE.of(orgs(["a", "b"])) == tuple(orgs(["a", "b"]))


@pytest.mark.parametrize("text", ["1/1", "3/20", " 20/20 "])
def test_reads_what_it_writes(text):
    assert str(shard_of(text)) == text.strip()


@pytest.mark.parametrize("text", ["", "3", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3", "01/2"])
def test_refuses_what_is_no_part(text):
    with pytest.raises(CannotError, match="is not a part of a whole") as caught:
        shard_of(text)
    assert "--shard 3/20" in caught.value.next_step
