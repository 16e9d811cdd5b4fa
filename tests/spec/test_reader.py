from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provision.spec import reader
from provision.spec.node import plain
from provision.spec.reader import read_yaml

# What YAML is made of, so that texts of it are often YAML, and often nearly.
PIECES = (
    *("a", "b: ", "- ", "? ", ": ", "key: v\n", "\n", "  ", ", ", "[", "]", "{", "}", "'", '"'),
    *("#", " # c", "|\n", ">\n", "|-\n", "&x ", "*x", "!t ", "!!str ", "---\n", "...\n"),
    *(
        "%YAML 1.1\n",
        "\t",
        "\ufeff",
        "\x85",
        "\u2028",
        "\r\n",
        "\x00",
        "\x7f",
        "é",
        "\U0001f600",
        "\\n",
        "@",
    ),
    *("1", "~", "null", "NO", "<<: "),
)


def read(text: str | bytes) -> object:
    reading = read_yaml(text if isinstance(text, bytes) else text.encode(), "f")
    assert not reading.problems
    assert reading.root is not None
    return plain(reading.root).value


def refused(text: str | bytes) -> list[str]:
    reading = read_yaml(text if isinstance(text, bytes) else text.encode(), "f")
    return [str(problem).removeprefix("f:") for problem in reading.problems]


def test_reads_mappings_lists_and_scalars():
    assert read("a: {b: [1, x, true, null]}\nc: |\n  two\n  lines\n") == {
        "a": {"b": (1, "x", True, None)},
        "c": "two\nlines\n",
    }


def test_quotes_make_text():
    assert read("a: \"NO\"\nb: '15:00'\nc: '1.10'\nd: \"\"\n") == {
        "a": "NO",
        "b": "15:00",
        "c": "1.10",
        "d": "",
    }


def test_a_byte_order_mark_is_not_content():
    assert read(b"\xef\xbb\xbfa: 1") == {"a": 1}


def test_duplicate_keys_at_every_depth():
    assert refused("a: 1\nb: {c: 1, c: 2}\na: 2\n") == [
        "2:11: c is here twice; the first is in line 2",
        "3:1: a is here twice; the first is in line 1",
    ]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "1:1", "empty"),
        ("# nothing but a comment\n", "1:1", "empty"),
        ("---\n", "1:1", "empty"),
        ("- a\n- b\n", "1:1", "must be a mapping"),
        ("text", "1:1", "must be a mapping"),
        ("a: 1\n---\nb: 2\n", "2:1", "second document"),
        ("a: 1\n--- {}\n", "2:1", "second document"),
        ("a: !!str 1\n", "1:4", "a tag is not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", "1:4", "is not allowed"),
        ("a: !include x\n", "1:4", "a tag is not allowed"),
        ("a: {<<: {b: 1}}\n", "1:5", "merge keys"),
        ("base: &b {x: 1}\na:\n  <<: *b\n", "3:3", "merge keys"),
        ("1: a\n", "1:1", "the key 1 is not text"),
        ("on: a\n", "1:1", "the key on is not text"),
        ("null: a\n", "1:1", "the key null is not text"),
        ("?\n: a\n", "1:2", "the key (none) is not text"),
        ("? [a]\n: b\n", "1:3", "a key must be text"),
        ("a:\n\tb: 1\n", "2:1", "a tab is here"),
        ("a: [1\nb: 2\n", "2:2", "not YAML"),
        ("a: 'x\n", "2:1", "not YAML"),
        ("a: 1\n b: 2\n", "2:3", "not YAML"),
        ("a: @x\n", "1:4", "not YAML"),
        ("a: *nowhere\n", "1:4", "no anchor of that name is before"),
        ("a: &a [*a]\n", "1:8", "no anchor of that name is before"),
        ("a: x\x00\n", "1:5", "is not allowed in YAML"),
        (b"a: 1\nb: \xe4\n", "2:4", "not UTF-8"),
        ("a: 1".encode("utf-16"), "1:1", "not UTF-8"),
        (b"#" * (1024 * 1024 + 1), "1:1", "larger than"),
        ("[" * 100, "1:42", "levels of nesting"),
        ("[" * 200_000, "1:42", "levels of nesting"),  # yaml.compose with libyaml crashes on it
        ("a: {name: ${x}}\n", "1:12", 'write a variable in quotes: "${name}"'),
    ],
)
def test_refuses_at_its_place(text, place, message):
    [only] = refused(text)
    assert only.startswith(f"{place}: ")
    assert message in only


def test_a_key_is_refused_once_though_its_value_is_wrong_too():
    assert len(refused("on: {on: 1}")) == 2
    assert len(refused("on: NO")) == 2


def test_an_alias_repeats_its_value():
    assert read("a: &x [1]\nb: *x\n") == {"a": (1,), "b": (1,)}


def test_an_alias_bomb_is_refused_before_it_grows():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    [only] = refused("\n".join(lines))
    assert "aliases counted in full" in only


def test_all_that_is_wrong_is_said_at_once():
    assert [text.partition(": ")[0] for text in refused("a: NO\nb: 012\nb: 1\nc: !x 1\n")] == [
        "1:4",
        "2:4",
        "3:1",
        "4:4",
    ]


@given(st.text())
def test_any_text_is_read_or_refused(text):
    reading = read_yaml(text.encode("utf-8", "surrogatepass"), "f")
    assert reading.root is not None or reading.problems


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    reading = read_yaml(data, "f")
    assert reading.root is not None or reading.problems


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_libyaml_changes_nothing_but_the_time(text):
    with pytest.MonkeyPatch.context() as patch:
        quick = read_yaml(text.encode(), "f")
        patch.setattr(reader, "_FAST", yaml.SafeLoader)
        assert read_yaml(text.encode(), "f") == quick
