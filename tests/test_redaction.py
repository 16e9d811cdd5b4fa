"""Redaction: a secret is hidden in every spelling, and nothing else is."""

import base64
import html
import json
import re
import secrets
import threading
import time
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.redaction import HIDDEN, Redaction

TRICKY = "Env+Secret/One=\"q'&x<é>\\ 100%"
ENCODERS = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "URL, whole": lambda text: quote(text, safe=""),
    "URL, path": quote,
    "form": quote_plus,
    "HTML": html.escape,
    "XML": escape,
    "markup": lambda text: html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, Unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "other blanks": lambda text: text.replace(" ", "\n  "),
}


@pytest.mark.parametrize("encode", ENCODERS.values(), ids=ENCODERS)
def test_every_encoding_of_a_secret_is_hidden(encode) -> None:
    text = f"the org says: {encode(TRICKY)}."
    assert Redaction([TRICKY]).exact(text) == f"the org says: {HIDDEN}."
    assert Redaction([TRICKY]).finds(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=20))
def test_any_secret_is_hidden_in_any_encoding(secret) -> None:
    if not secret.strip() or len(secret.split()) > 1 or len(secret.strip()) < 8:
        return
    redaction = Redaction([secret])
    for name in ("as it is", "URL, whole", "form", "HTML", "JSON", "JSON, Unicode"):
        encoded = ENCODERS[name](secret.strip())
        assert redaction.exact(f"[{encoded}]") == f"[{HIDDEN}]", name


@pytest.mark.parametrize("before", ["", "a", "ab", "client:"])
@pytest.mark.parametrize("after", ["", "z", "yz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_the_base64_of_a_secret_is_hidden_wherever_it_begins(before, after, encode) -> None:
    secret = "hush?>hush?>hush"
    encoded = encode(f"{before}{secret}{after}".encode()).decode()
    shown = Redaction([secret]).exact(f"Basic {encoded}")
    assert HIDDEN in shown
    left = shown.replace(HIDDEN, "").removeprefix("Basic ").rstrip("=")
    assert len(left) <= len(before + after) * 2 + 2


@pytest.mark.parametrize("secret", ["prod", "secret1"])
def test_a_short_secret_is_hidden_only_as_a_whole_word(secret) -> None:
    redaction = Redaction([secret])
    assert redaction.exact(f"in {secret}, x={secret}&y") == f"in {HIDDEN}, x={HIDDEN}&y"
    assert redaction.exact(f"{secret}uction") == f"{secret}uction"


def test_the_shortest_secrets_are_hidden_only_as_the_whole_text() -> None:
    redaction = Redaction(["5", "eu"])
    assert redaction.exact(" EU ") == HIDDEN
    assert redaction.exact("5 apps in eu") == "5 apps in eu"


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


def test_a_secret_longer_than_a_message_is_hidden() -> None:
    secret = "".join(secrets.token_hex(20) for _ in range(500))
    assert Redaction([secret]).exact(f"a {secret} b") == f"a {HIDDEN} b"


def test_a_text_without_secrets_is_left_alone() -> None:
    assert Redaction([TRICKY, "hush-hush"]).exact("nothing here") == "nothing here"
    assert not Redaction([TRICKY, "hush-hush"]).finds("nothing here")
    assert Redaction(["", "  "]).exact("  ") == "  "


def test_the_secrets_of_a_large_fleet_cost_little() -> None:
    redaction = Redaction(secrets.token_hex(16) for _ in range(3000))
    text = "a line of a report, as there are many in a run. " * 4
    redaction.exact(text)
    began = time.perf_counter()
    for _ in range(100):
        redaction.exact(text)
    assert time.perf_counter() - began < 1  # 10 ms a line would be noticed, and 0.1 is usual


def test_threads_add_secrets_while_others_redact() -> None:
    redaction = Redaction()
    known = [secrets.token_hex(16) for _ in range(400)]
    failed: list[str] = []

    def work(mine: list[str]) -> None:
        for secret in mine:
            redaction.add([secret])
            if redaction.exact(f"<{secret}>") != f"<{HIDDEN}>":
                failed.append(secret)

    threads = [threading.Thread(target=work, args=(known[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
