"""What is to be said of several orgs alike is said once, and nothing else is put together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provision.errors import ExitCode
from provision.plan.plan import CreateProfile
from provision.report.alike import Alike, alike, listed
from provision.report.entry import Entry
from provision.report.markdown import MarkdownRenderer
from provision.report.report import Report
from provision.report.results import Results
from provision.report.text import TextRenderer


def in_org(entry: Entry, org: str) -> Entry:
    assert entry.plan is not None
    facts = replace(
        entry.plan.org, name=org, instance_url=f"https://{org}.example", username=f"u@{org}"
    )
    return replace(entry, org=org, plan=replace(entry.plan, org=facts))


@pytest.fixture
def differing(changed) -> Entry:
    """An entry with differences, of the app CLI."""
    [entry] = Report.of(Results("diff", (changed,))).entries
    return entry


def test_orgs_with_the_same_plan_are_one(differing) -> None:
    one, two, three = (in_org(differing, org) for org in ("a", "b", "c"))
    other = replace(two, plan=replace(two.plan, access=(CreateProfile("X", "Y"),)))
    assert alike([one, other, three]) == (Alike(one, ("a", "c")), Alike(other, ("b",)))


def test_what_differs_in_anything_else_is_two(differing) -> None:
    one, two = in_org(differing, "a"), in_org(differing, "b")
    for other in (
        replace(two, app="Else"),
        replace(two, exit_code=ExitCode.BUG),
        replace(two, position=None),
    ):
        assert len(alike([one, other])) == 2


def test_every_kind_of_entry_can_be_compared(results) -> None:
    entries = Report.of(results).entries
    assert sum(len(each.orgs) for each in alike(entries * 2)) == len(entries) * 2


def test_orgs_are_listed_as_far_as_that_can_be_read() -> None:
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
    many = [f"o{number}" for number in range(12)]
    assert listed(many) == "o0, o1, o2, o3, o4, o5, o6, o7, o8, o9 and 2 more"


def test_a_thousand_orgs_with_the_same_differences_are_read_in_a_minute(differing) -> None:
    orgs = [f"org{number}" for number in range(1000)]
    report = Report("diff", tuple(in_org(differing, org) for org in orgs))
    text = TextRenderer().render(report)
    details = text.partition("results in 1000 orgs")[2]
    assert "orgs: org0, org1, " in details
    assert "and 990 more" in details
    assert details.count("app: ") == 1
    assert "https://" not in details.partition("app: ")[0]
    assert MarkdownRenderer().render(report).count("<details") == 1
