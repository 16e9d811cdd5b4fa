from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.spec.field_value import callback_url


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
def test_takes(url):
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
def test_refuses(url, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        callback_url(url)


@given(st.text())
def test_what_passes_is_one_line(text):
    try:
        url = callback_url(text)
    except ValueError:
        return
    assert len(url.split()) == 1
