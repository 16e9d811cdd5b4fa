"""Values of fields as people write them: callback URLs and scopes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.scope import SCOPES
from provision.spec.field_value import callback_url, token_of, unknown_token_warning


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.com/callback?x=1&y=2",
        "https://app.example.com:8443/callback",
        "http://localhost:1717/OauthRedirect",
        "http://127.0.0.1/cb",
        "http://[::1]:8080/cb",
        "com.example.app:/oauth",
        "myapp://oauth/done",
    ],
)
def test_a_callback_url(url):
    assert callback_url(url) == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.com/cb", "write https"),
        ("HTTP://example.com/cb", "write https"),
        ("http://localhost.example.com/cb", "write https"),
        ("http://localhost@example.com/cb", "write https"),
        ("http://10.0.0.1/cb", "write https"),
        ("https:///cb", "no host"),
        ("https:cb", "no host"),
        ("/cb", "not an absolute URL"),
        ("example.com/cb", "not an absolute URL"),
        ("", "not an absolute URL"),
        ("https://a b/", "spaces"),
        ("https://a/\nhttps://b/", "spaces"),
        ("https://a:port/", "not a URL"),
        ("https://a:99999/", "not a URL"),
        ("http://[/", "not a URL"),
    ],
)
def test_not_a_callback_url(url, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        callback_url(url)


@given(st.text())
def test_a_callback_url_is_one_line(text):
    try:
        url = callback_url(text)
    except ValueError:
        return
    assert len(url.split()) == 1


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
