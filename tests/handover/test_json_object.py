"""JsonObject: one number changes, and nothing else does."""

import json
from itertools import takewhile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provision.handover.json_object import JsonObject

KEY = "oauthLocalPort"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
EOL, CRLF = "\n", "\r\n"
OBJECTS = st.dictionaries(st.sampled_from([KEY, "plugins"]) | st.text(), VALUES, max_size=5)
INDENTS = st.sampled_from([None, 0, 1, 2, 4, "\t"])
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (",", ": "), (" , ", " :\n ")])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Objects as people and programs write them."""
    text = json.dumps(
        draw(OBJECTS),
        indent=draw(INDENTS),
        separators=draw(SEPARATORS),
        ensure_ascii=draw(st.booleans()),
    )
    written = text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\n\n"])))
    before = draw(st.sampled_from(["", "\ufeff", "\n", "\ufeff "]))
    return f"{before}{written}{draw(st.sampled_from(['', ' ', EOL, CRLF]))}"


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with that are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@given(texts(), st.integers(1, 65535))
@example('{"a": "{\\"oauthLocalPort\\": 1, \\\\", "oauthLocalPort": 2}', 3)
def test_a_number_is_set_and_every_other_character_stays(text: str, port: int) -> None:
    old = JsonObject.read(text)
    edited = old.with_number(KEY, port)
    before, after = (json.loads(each.removeprefix("\ufeff")) for each in (text, edited))
    assert after == before | {KEY: port}
    assert list(after) == list(before | {KEY: port})
    written = old.written(KEY)
    kept = alike(text, edited)
    kept_after = alike(text[kept:][::-1], edited[kept:][::-1])
    assert len(text) - kept - kept_after <= len(written)
    assert JsonObject.read(edited).value(KEY) == port


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ('{"oauthLocalPort": 1717}', '{"oauthLocalPort": 1718}'),
        ('{\n  "oauthLocalPort" : "x" ,\n  "a": 1\n}\n',
         '{\n  "oauthLocalPort" : 1718 ,\n  "a": 1\n}\n'),
        ('{\n  "a": {\n    "b": 1\n  }\n}\n',
         '{\n  "a": {\n    "b": 1\n  },\n  "oauthLocalPort": 1718\n}\n'),
        ('{\r\n\t"a": 1\r\n}\r\n', '{\r\n\t"a": 1,\r\n\t"oauthLocalPort": 1718\r\n}\r\n'),
        ('\ufeff{\n    "a":1\n}', '\ufeff{\n    "a":1,\n    "oauthLocalPort":1718\n}'),
        ('{\n  "a": 1,\n\n  "b": 2\n}', '{\n  "a": 1,\n\n  "b": 2,\n  "oauthLocalPort": 1718\n}'),
        ('{"a":1}', '{"a":1,"oauthLocalPort":1718}'),
        ('{ "a": 1 }', '{ "a": 1, "oauthLocalPort": 1718 }'),
        ('{"a": 1, "b": 2}', '{"a": 1, "b": 2, "oauthLocalPort": 1718}'),
        ("{}", '{"oauthLocalPort": 1718}'),
        ("{ }", '{ "oauthLocalPort": 1718 }'),
        ("{\n}\n", '{\n  "oauthLocalPort": 1718\n}\n'),
        ("{\r\n\r\n}", '{\r\n  "oauthLocalPort": 1718\r\n\r\n}'),
        ('{"plugins": {"oauthLocalPort": 1}}',
         '{"plugins": {"oauthLocalPort": 1}, "oauthLocalPort": 1718}'),
        ('{"oauth\\u004cocalPort": 1}', '{"oauth\\u004cocalPort": 1718}'),
    ],
)  # fmt: skip
def test_a_new_member_is_written_like_the_others(text: str, edited: str) -> None:
    assert JsonObject.read(text).with_number(KEY, 1718) == edited


@pytest.mark.parametrize("text", ["", "[]", "1", '{"a": 1', '{"a": 1,}', "// x\n{}", '{"a": NaN}'])
def test_a_text_that_the_cli_would_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        JsonObject.read(text)


def test_a_duplicate_name_is_not_edited() -> None:
    twice = JsonObject.read('{"oauthLocalPort": 1, "a": 2, "oauthLocalPort": 3}')
    assert twice.value(KEY) == 3  # as in JavaScript
    with pytest.raises(ValueError, match='"oauthLocalPort" is in it twice'):
        twice.with_number(KEY, 1718)
