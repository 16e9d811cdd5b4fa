from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provision.spec.plain_scalar import PlainScalarRefused, plain_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("0", 0),
        ("15", 15),
        ("-3", -3),
        ("15 minutes", "15 minutes"),
        ("90d", "90d"),
        ("2026-11-24", "2026-11-24"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("1.1.1.1", "1.1.1.1"),
        ("http://localhost:1717/OauthRedirect", "http://localhost:1717/OauthRedirect"),
        ("tRUE", "tRUE"),
        ("${var}", "${var}"),
        ("Norway", "Norway"),
        ("_1", "_1"),
    ],
)
def test_reads_what_every_yaml_reads_alike(text, value):
    assert plain_scalar(text) == value
    assert type(plain_scalar(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "what_to_write"),
    [
        *((text, "write true, or") for text in ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")),
        *((text, "write false, or") for text in ("n", "N", "no", "No", "NO", "off", "Off", "OFF")),
        ("15:00", "write a duration as `15 minutes`"),
        ("190:20:30", "base 60"),
        ("1:30.5", "base 60"),
        *(
            (text, f'write it in quotes if it is text: "{text}"')
            for text in (
                "012", "0o14", "0x1F", "0b11", "1_000", "1.10", "1.", ".5", "-1.5", "1e3",
                "1.5e3", "1E+3", ".inf", "-.INF", ".nan", "00", "012345678901", "+07",
            )
        ),
        ("9" * 19, "too long a number"),
        ("9" * 5000, "too long a number"),
        ("", "write null to unset it, or remove the key"),
    ],
)  # fmt: skip
def test_refuses_what_is_read_differently_and_says_what_to_write(text, what_to_write):
    with pytest.raises(PlainScalarRefused) as caught:
        plain_scalar(text)
    assert what_to_write in str(caught.value)


@given(st.text(alphabet="0123456789+-._:eExobnyYNTrufalsm~ ", max_size=12))
def test_never_differs_from_yaml_1_1_but_by_refusing(text):
    """What passes is what PyYAML reads, dates apart, which we keep as text."""
    try:
        ours = plain_scalar(text)
    except PlainScalarRefused:
        return
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))
    if isinstance(ours, str):
        assert tag.rpartition(":")[2] in {"str", "timestamp", "merge", "value"}
    else:
        node = yaml.ScalarNode(tag, text)
        assert yaml.SafeLoader("").construct_object(node) == ours
