import pytest

from provision.org.rest import quoted, quoted_list


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a", "'a'"),
        ("O'Hara", "'O\\'Hara'"),
        ("back\\slash", "'back\\\\slash'"),
        ("a\nb", "'a\\nb'"),
    ],
)
def test_soql_literals_are_quoted_with_a_backslash(text: str, literal: str) -> None:
    assert quoted(text) == literal


def test_soql_lists_hold_literals() -> None:
    assert quoted_list(["a", "b'c"]) == "('a', 'b\\'c')"
