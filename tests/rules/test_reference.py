"""docs/rules.md: its examples are good rules, and it has each rule that ships, word for word."""

import dataclasses
import re
from pathlib import Path

import pytest

from provision.rules.layer import profile_names
from provision.rules.load import built_in_rules
from provision.rules.predicate_reader import PREDICATE_KEYS
from provision.rules.threshold import Thresholds

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
ROW = re.compile(r"^\| `(?P<id>[a-z0-9-]+)` \| (?P<rest>(?:error|warning) \|.*)$", re.MULTILINE)


def section(profile: str) -> str:
    return TEXT.partition(f"### `{profile}`\n")[2].partition("\n### ")[0]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_good(rules, example):
    assert rules(example).active


@pytest.mark.parametrize("profile", profile_names())
def test_every_rule_is_in_the_reference_and_no_other(profile):
    documented = {match["id"]: match["rest"] for match in ROW.finditer(section(profile))}
    shipped = built_in_rules([profile]).rules
    assert list(documented) == [rule.id for rule in shipped]
    for rule in shipped:
        row = documented[rule.id]
        assert row.startswith(f"{rule.severity} |")
        assert f"| {rule.reason} |" in row
        assert rule.source in row
        assert rule.subject.name in row or f"`{rule.field.name}`" in row


@pytest.mark.parametrize("key", PREDICATE_KEYS)
def test_every_question_is_in_the_reference(key):
    assert re.search(rf"^\| (?:`\w+`, )?`{key}(?:: true)?`", TEXT, re.MULTILINE)


def test_the_thresholds_are_the_baselines():
    thresholds = built_in_rules(["baseline"]).thresholds
    assert (
        f"Its thresholds are {thresholds.fields} fields, {thresholds.apps} apps, "
        f"{thresholds.orgs} orgs."
    ) in TEXT


@pytest.mark.parametrize("field", dataclasses.fields(Thresholds), ids=lambda field: field.name)
def test_every_threshold_is_in_the_reference_with_its_default(field):
    [row] = re.findall(rf"^\| `{field.name}` \|.*$", TEXT, re.MULTILINE)
    match field.default:
        case None:
            said = "`null`"
        case tuple():
            said = f"`[{', '.join(field.default)}]`"
        case number:
            said = str(number)
    assert row.endswith(f"| {said} |")
