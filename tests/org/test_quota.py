"""Calls are counted, and the allowance that an org states is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from provision.org.quota import Allowance, CallCounter, Calls

USERS = "SELECT Id FROM User"


def said(limit_info: str) -> Allowance | None:
    counter = CallCounter()
    counter.count({"Sforce-Limit-Info": limit_info})
    return counter.calls.allowance


@pytest.mark.parametrize(
    ("limit_info", "allowance"),
    [
        ("api-usage=18/5000", Allowance(18, 5000)),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)", Allowance(17, 250)),
        ("api-usage=4900/5000; per-app-api-usage=1/250(appName=x)", Allowance(4900, 5000)),
        ("api-usage=5001/5000", Allowance(5001, 5000)),
        ("api-usage=1/0", None),
        ("", None),
        ("something=else", None),
    ],
)
def test_the_tighter_allowance_counts(limit_info, allowance) -> None:
    assert said(limit_info) == allowance


def test_more_used_than_allowed_leaves_nothing() -> None:
    assert (Allowance(5001, 5000).left, Allowance(5001, 5000).left_share) == (0, 0)


def test_the_last_allowance_counts_until_there_is_a_newer_one(org) -> None:
    readable = org.readable()
    assert readable.calls == Calls()
    org.set_api_calls(100)
    readable.rest.query(USERS)
    assert readable.calls == Calls(1, Allowance(101, 15_000))
    readable.soap.read("describeMetadata", [("asOfVersion", "68.0")])
    assert readable.calls == Calls(2, Allowance(101, 15_000))
    readable.rest.query(USERS)
    assert readable.calls == Calls(3, Allowance(103, 15_000))


def test_every_attempt_at_a_call_counts(org) -> None:
    org.set_faults(
        {"operation": "rest:query", "kind": "503"},
        {"operation": "rest:query", "kind": "drop_before", "after": 1},
    )
    readable = org.readable()
    with org.noting() as noted:
        readable.rest.query(USERS)
    assert readable.calls.made == len(noted) == 3


def test_calls_of_many_threads_are_all_counted(org) -> None:
    readable = org.readable()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: readable.rest.query(USERS), range(40)))
    assert readable.calls.made == 40
