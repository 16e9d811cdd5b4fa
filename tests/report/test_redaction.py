"""Hiding among many: a pattern of few must hide what one of all would."""

import re
import secrets

import pytest

from provision.report.redaction import HIDDEN, Redaction


@pytest.mark.parametrize(
    "spelled",
    [
        "Istanbul key",
        "ISTANBUL  KEY",
        "istanbul\nkey",
        "\u0130stanbul key",
        "\u0131stanbul \u212aey",
    ],
)
def test_every_spelling_that_the_pattern_takes_for_the_same_is_found(spelled) -> None:
    assert re.fullmatch(r"istanbul\s+key", spelled, re.IGNORECASE)
    many = ["istanbul key", *(secrets.token_hex(20) for _ in range(50))]
    assert Redaction(many).exact(f"it is {spelled}.") == f"it is {HIDDEN}."


def test_the_longer_of_two_is_hidden_as_a_whole() -> None:
    assert Redaction(["abcd", "abcd efgh"]).exact("x abcd efgh y abcd") == f"x {HIDDEN} y {HIDDEN}"
