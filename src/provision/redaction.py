"""Redaction: the one place that knows the secrets of this process, and hides them in texts.

Whoever gets a secret registers it: a token, a password, a value of ``${env:NAME}``. Whoever lets a
text leave the program redacts it: the console, reports, records of runs, tracebacks.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from provision.sensitive_text import HIDDEN, without_secrets

__all__ = ["HIDDEN", "SECRETS", "Redaction", "redacted", "register", "visible"]

_SHORTEST_WORD: Final = 3  # shorter secrets are hidden only if they are the whole text
_SHORTEST_PART: Final = 8  # shorter secrets are hidden only as whole words
_SHORTEST_LINE: Final = 12  # of a secret with several lines; shorter lines are ordinary words
_LONGEST_ENCODED: Final = 4096  # encodings of longer secrets are not looked for
_GRAM: Final = 3
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
# White space between the words of a secret, as it is, and in URLs, JSON and HTML.
_BLANKS: Final = r"(?:\s|\\[nrt]|%20|%0[9ad]|\+|&#(?:9|10|13|32);)+"


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of a secret: a pattern, and a text that stands in whatever it matches."""

    pattern: str
    core: str


class Redaction:
    """A set of secrets, and what hides them.

    An org or a proxy repeats a secret in its own spelling. So letter case and white space do not
    count, and a secret is also found as it is encoded in URLs, JSON, HTML and base64. Error
    messages quote single lines, so each long line of a secret is a secret too.

    A run over a fleet has thousands of secrets. An index by three characters picks the few that
    can be in a text. Threads may add secrets and redact texts at the same time.
    """

    __slots__ = ("_always", "_guard", "_index", "_known", "_whole")

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._guard = threading.Lock()
        self._known: set[str] = set()
        self._whole: frozenset[str] = frozenset()
        self._always: tuple[_Form, ...] = ()
        self._index: dict[str, tuple[_Form, ...]] = {}
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Hide ``secrets`` from now on."""
        for secret in secrets:
            text = secret.strip()
            if not text or text in self._known:
                continue
            with self._guard:
                if len(text) < _SHORTEST_WORD:
                    self._whole |= {text.casefold()}
                for form in _forms(text):
                    if len(form.core) < _GRAM:
                        self._always = (*self._always, form)
                    else:
                        gram = form.core[:_GRAM]
                        self._index[gram] = (*self._index.get(gram, ()), form)
                self._known.add(text)

    def forget(self) -> None:
        """Forget all secrets, as before a test."""
        with self._guard:
            self._known.clear()
            self._whole = frozenset()
            self._always = ()
            self._index.clear()

    def exact(self, text: str) -> str:
        """``text`` without secrets, and otherwise unchanged."""
        if text.strip().casefold() in self._whole:
            return HIDDEN
        forms = self._candidates(text)
        return _pattern(forms).sub(HIDDEN, text) if forms else text

    def finds(self, text: str) -> bool:
        """Whether a secret is in ``text``."""
        if text.strip().casefold() in self._whole:
            return True
        forms = self._candidates(text)
        return bool(forms) and _pattern(forms).search(text) is not None

    def line(self, text: str) -> str:
        """``text`` without secrets, in one line that a terminal shows as it is."""
        return visible(self.exact(text))

    def lines(self, text: str) -> str:
        """``text`` without secrets, in its own lines, which a terminal shows as they are."""
        return "\n".join(map(visible, self.exact(text).splitlines()))

    def _candidates(self, text: str) -> tuple[str, ...]:
        """The patterns of the secrets that may be in ``text``, the longest first."""
        if not self._known:
            return ()
        folded = _folded(text)
        grams = set(map("".join, zip(folded, folded[1:], folded[2:], strict=False)))
        found = {form.pattern for form in self._always}
        for gram in filter(self._index.__contains__, grams):
            found.update(form.pattern for form in self._index[gram] if form.core in folded)
        return tuple(sorted(found, key=len, reverse=True))


SECRETS: Final = Redaction()
"""The secrets of this process."""


def register(*secrets: str) -> None:
    """Hide ``secrets`` in everything that leaves this process from now on."""
    SECRETS.add(secrets)


def redacted(text: str) -> str:
    """``text`` without the secrets of this process, and without whatever looks like a secret."""
    return without_secrets(SECRETS.exact(text))


def visible(text: str) -> str:
    """``text`` with escapes for what would not be seen, or would do something to a terminal.

    Control characters, invisible and direction-changing ones, lone surrogates: none is legal, or
    harmless, in every format.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


@lru_cache(maxsize=256)
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _forms(secret: str) -> Iterator[_Form]:
    if len(secret) < _SHORTEST_WORD:
        return
    yield _form(secret)
    if len(secret) >= _SHORTEST_PART:
        yield from (_Form(re.escape(text), _core(text)) for text in _base64(secret))
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (_form(each.strip()) for each in lines if len(each.strip()) >= _SHORTEST_LINE)


def _form(secret: str) -> _Form:
    words = secret.split()
    if len(secret) > _LONGEST_ENCODED:
        return _Form(r"\s+".join(map(re.escape, words)), _core(secret))
    pattern = _BLANKS.join("".join(map(_spellings, word)) for word in words)
    if len(secret) < _SHORTEST_PART:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return _Form(pattern, _core(secret))


def _spellings(char: str) -> str:
    """A pattern of the ways in which one character is written."""
    if char.isascii() and char.isalnum():
        return char
    bytes_of = char.encode("utf-8", "surrogatepass")
    entity = escape(char).strip("&;") if escape(char) != char else ""
    names = "|".join(filter(None, (entity, f"#0*{ord(char)}", f"#x0*{ord(char):x}")))
    ways = [f"&(?:amp;)*(?:{names});", "".join(f"%{byte:02x}" for byte in bytes_of)]
    if char == "'":
        ways.append("&apos;")
    if char.isascii():
        ways.append(rf"\\*{re.escape(char)}" if char != "\\" else r"\\+")
        ways += [rf"\\u00{ord(char):02x}", rf"\\x{ord(char):02x}"]
    else:
        ways += [re.escape(char), *_unicode_escapes(char)]
    return f"(?:{'|'.join(ways)})"


def _unicode_escapes(char: str) -> Iterator[str]:
    """The escapes of JSON and of Python."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    yield "".join(rf"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    yield rf"\\x{ord(char):02x}"
    yield rf"\\U{ord(char):08x}"


def _base64(secret: str) -> Iterator[str]:
    """What is the same in the base64 of every text that has ``secret`` in it."""
    data = secret.encode("utf-8", "surrogatepass")
    for before in range(3):
        # 6 bits a character: the first and the last one may have bits of other bytes in them.
        encoded = base64.b64encode(b"\0" * before + data).decode("ascii").rstrip("=")
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        text = encoded[first:last]
        yield text
        if "+" in text or "/" in text:
            yield text.replace("+", "-").replace("/", "_")


def _core(text: str) -> str:
    """The longest run of letters and digits in ``text``: no encoding changes it."""
    return _folded(max(_WORD.findall(text), key=len, default=""))


def _folded(text: str) -> str:
    """``text`` so that what a pattern takes for the same is the same, dotted i and dotless too."""
    return text.casefold().replace("\N{LATIN SMALL LETTER DOTLESS I}", "i").replace("\u0307", "")


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
