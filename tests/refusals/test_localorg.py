"""Every error that the local org can raise is in the dictionary."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import provision.localorg
from provision.localorg.domain.problem import PlatformCode
from provision.localorg.fault import Fault
from provision.localorg.oauth.error import ACCESS_DENIED, OAuthRefusal
from provision.refusals.dictionary import find, find_all
from provision.refusals.refusal import folded

SOURCES = Path(provision.localorg.__file__).parent
GENERIC = {"oauth-grant", "oauth-request", "oauth-client"}
# What refuses in the local org, by the name that is called: each has the org's sentence.
RAISE = {"Refused", "QueryError", "ArchiveError", "DocumentError", "_malformed", "_fail", "_miss"}
# The local org's own control, which no org has.
CONTROL = "control.py"


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


def test_every_sentence_is_known_without_its_code() -> None:
    """A deploy tells most of them so."""
    said = dict(_sentences())
    assert len(said) > 60
    assert {text: place for text, place in said.items() if not _row_by_text(text)} == {}


def test_what_faults_say_is_known() -> None:
    assert _row_by_text(Fault(operation="*", kind="component_failure").problem)


def _row_by_text(said: str) -> bool:
    row = find(said)
    return row is not None and replace(row, codes=()).fit(folded(said)) is not None


def _sentences() -> Iterator[tuple[str, str]]:
    """Each sentence of a refusal and the module that has it, `x` for what is filled in."""
    for path in SOURCES.rglob("*.py"):
        if path.name == CONTROL:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            for text in _said(node):
                if " " in text:
                    yield text, path.name


def _said(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=given) if name in RAISE:
            yield from filter(None, map(_text, given))
        case ast.keyword(arg="problem", value=value):
            yield _text(value)


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in parts)
        case _:
            return ""
