"""Every error that the local org can raise is in the dictionary."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import provision.localorg
from provision.localorg.domain.problem import PlatformCode
from provision.localorg.oauth.error import ACCESS_DENIED, OAuthRefusal
from provision.refusals.dictionary import find, find_all

SOURCES = Path(provision.localorg.__file__).parent
GENERIC = {"oauth-grant", "oauth-request", "oauth-client"}
# Codes that many sentences share, and that say little without them.
SHARED = {"INVALID_FIELD", "DUPLICATE_VALUE", "DUPLICATE_DEVELOPER_NAME"}
# Sentences of a record or of the local org's own control, where the code says it all.
BY_CODE = {
    "No such column",
    "duplicate value found: <unknown>",
    "The developer name you entered is already in use",
    "belongs to",
    "advance is a number of seconds",
    "used is a number of calls",
    "part is one of",
    "The command is rotate",
    "The status can be changed",
    "listMetadata takes at most",
}


@pytest.mark.parametrize("refusal", OAuthRefusal, ids=lambda refusal: refusal.name)
def test_every_oauth_error_is_told_by_its_sentence(refusal: OAuthRefusal) -> None:
    rows = find_all(f"{refusal.error}: {refusal.description}")
    assert rows
    assert GENERIC.isdisjoint(row.name for row in rows)
    assert set(rows) <= set(find_all(refusal.description))


@pytest.mark.parametrize("code", [*get_args(PlatformCode), ACCESS_DENIED])
def test_every_code_is_known(code: str) -> None:
    assert find(f"{code}: the org's own words") is not None
    assert find(code.lower()) is not None


def test_the_words_of_the_identity_endpoints_are_known() -> None:
    text = (SOURCES / "login" / "identity.py").read_text()
    words = [word for word in ("Bad_OAuth_Token", "Wrong_Org", "Bad_Id") if f'"{word}"' in text]
    assert len(words) == 3
    assert all(find(word) for word in words)


def test_every_sentence_of_a_shared_code_has_a_row_of_its_own() -> None:
    said = [text for text in _sentences() if not any(part in text for part in BY_CODE)]
    assert len(said) > 15
    lacking = [text for text in said if not any(row.texts for row in _by_text(text))]
    assert lacking == []


def _by_text(said: str) -> list[object]:
    return [row for row in find_all(said) if row.fit(said.casefold())[0]]


def _sentences() -> Iterator[str]:
    """The text of each refusal with a shared code, `x` for what is filled in."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=code), text]):
                    if code in SHARED and (said := _text(text)):
                        yield said


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in parts)
        case _:
            return ""
