from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.scope import SCOPES
from provision.spec.field_value import token_of, unknown_token_warning


@given(st.sampled_from(SCOPES))
def test_every_name_and_token_is_its_token(scope):
    assert {token_of(word) for word in (*scope.names, scope.token)} == {scope.token}
    assert unknown_token_warning(scope.token) is None


def test_a_newer_token_passes_with_a_warning():
    assert token_of("ScopeOfTomorrow") == "ScopeOfTomorrow"
    assert "does not know" in (unknown_token_warning("ScopeOfTomorrow") or "")


def test_the_warning_names_what_was_probably_meant():
    assert "did you mean RefreshToken?" in (unknown_token_warning("RefreshTokens") or "")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("refresh_tokn", "did you mean refresh_token?"),
        ("API", "write Api"),
        ("Refreshtoken", "write RefreshToken"),
        ("SFAP", "write SFApiPlatform"),
        ("a2a", "write A2A"),
        ("hub_api", "metadata has no token for the scope hub_api"),
        ("HUB_API", "metadata has no token for the scope HUB_API"),
        ("", "there is no scope"),
        ("api web", "there is no scope"),
        ("Api, Web", "there is no scope"),
    ],
)
def test_refuses(word, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        token_of(word)


def test_an_unknown_name_without_a_near_one_says_how_a_new_scope_is_written():
    with pytest.raises(ValueError, match="write its metadata token"):
        token_of("zzzz_qqqq")


@given(st.text(max_size=20))
def test_a_token_is_one_word(word):
    try:
        token = token_of(word)
    except ValueError:
        return
    assert token.isascii()
    assert token.isalnum()
