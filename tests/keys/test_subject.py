from __future__ import annotations

import pytest

from provision.keys.creation import subject_name
from provision.keys.file import KeyFileError


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ci", "CN=ci"),
        ("Acme, Inc.", "CN=Acme\\, Inc."),
        ("CN=ci,O=Acme\\, Inc.,C=CH", "CN=ci,O=Acme\\, Inc.,C=CH"),
        ("emailAddress=ops@example.com,CN=ci", "1.2.840.113549.1.9.1=ops@example.com,CN=ci"),
    ],
)
def test_common_names_and_full_names(text, name):
    assert subject_name(text).rfc4514_string() == name


@pytest.mark.parametrize("text", ["CN=", "NOPE=x", "CN=ci,", "C=Switzerland,CN=ci", "a=b"])
def test_an_invalid_full_name_is_refused(text):
    with pytest.raises(KeyFileError, match="not a name in RFC 4514 form") as caught:
        subject_name(text)
    assert "O=Acme" in caught.value.next_step
