"""Doctor finds the combinations that validate, lint and plan find, over what the org has."""

from __future__ import annotations

import pytest

from provision.findings import Severity
from provision.spec.combination.judge import COMBINATIONS
from tests.spec.combination.rows import HEAD, ROWS

TOLD = [each for each in COMBINATIONS if each.severity is not Severity.ERROR]


@pytest.mark.parametrize("combination", TOLD, ids=lambda each: each.id)
def test_it_is_found_by_doctor(doctor, combination) -> None:
    text, other = ROWS[combination.id]
    [found] = [
        each for each in doctor.run("combinations", HEAD + text) if each.rule == combination.id
    ]
    assert found.severity.value == combination.severity.value
    assert found.next_step == combination.next_step
    assert found.source == combination.source
    assert found.position is not None
    names = [each.rule for each in doctor.run("combinations", HEAD + other)]
    assert combination.id not in names


def test_where_the_app_cannot_be_read_the_spec_is_judged_alone(doctor, under_test) -> None:
    under_test.set_faults({"operation": "soap:readMetadata", "kind": "503", "times": 0})
    text, _ = ROWS["nobody-admitted"]
    [found] = doctor.run("combinations", HEAD + text)
    assert (found.rule, found.severity) == ("nobody-admitted", Severity.WARNING)
