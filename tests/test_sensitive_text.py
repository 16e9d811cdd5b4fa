"""What in a text gives a secret away, and that nothing else does."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from provision.errors import CannotError, LoginRefused, SpecError
from provision.findings import Position
from provision.sensitive_text import is_credential, sensitive_kind, without_secrets

KEYS = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "ec": ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMATS = {
    "pkcs8": serialization.PrivateFormat.PKCS8,
    "traditional": serialization.PrivateFormat.TraditionalOpenSSL,
    "openssh": serialization.PrivateFormat.OpenSSH,
}
FORMS = [
    (name, form) for name in KEYS for form in FORMATS if (name, form) != ("ed25519", "traditional")
]
TOKENS = {
    "session": "00D000000000001!AQEAQPcanaryCANARYcanary.x_y",
    "jwt": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
    "refresh": "5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrhgzVCANARY",
    "sfdx": "force://PlatformCLI::5Aep861TSESvWeug_xvFHRBTTbf@acme.my.salesforce.com",
    "sfdx of an app": "force://3MVG9x:SECRET:5Aep861@acme.my.salesforce.com",
}
URLS = {
    "password": "https://ada:CANARY@acme.my.salesforce.com",
    "user": "https://CANARYCANARY@acme.my.salesforce.com/path",
    "slash in the password": "https://ada:CANARY/CANARY@acme.my.salesforce.com",
    "digits": "https://ada:123456@acme.my.salesforce.com",
}
HARMLESS = [
    "",
    "acme",
    "ci@example.com",
    "https://acme.my.salesforce.com",
    "https://acme.my.salesforce.com:8443/services/data/v68.0/sobjects/User/Username/ci@example.com",
    "https://localhost:6443, as admin@localorg.example, API 68",
    "keys/app.key",
    "3MVG9t5jz5NMDgVPSFYpRociW3YUWs5HnRwNnq5hD6eFBC0TQCHl71ppYIUKTDOAR9iTfRyCTsK67XYC2WiuK",
    "00D5e0jPiD0Rb5r",
    "32bea7a761273962e63637b2fa7de8ac09d3db55eac6add3d1a58da289f5e683",
    "MyVeryLongAliasOfAnOrgThatBeginsWithAnMAndGoesOnAndOnAndOnAndOn",
    "preset:ci-jwt:6:3",
]


def pem(name: str, form: str) -> str:
    return (
        KEYS[name]
        .private_bytes(serialization.Encoding.PEM, FORMATS[form], serialization.NoEncryption())
        .decode()
    )


def spellings(text: str) -> dict[str, str]:
    """A key as people and servers put it into one variable."""
    return {
        "as it is": text,
        "in one line": text.replace("\n", " "),
        "escaped": json.dumps(text),
        "base64 of the file": base64.b64encode(text.encode()).decode(),
        "base64 in lines": base64.encodebytes(text.encode()).decode(),
        "base64 after a line's end": base64.b64encode(f"\n{text}".encode()).decode(),
        "base64 in quotes": base64.b64encode(f"''{text}".encode()).decode(),
        "cut off": text[: len(text) // 2],
    }


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_private_key_in_every_spelling(name, form):
    key = pem(name, form)
    canaries = [line for line in key.splitlines()[1:-1] if len(line) > 24]
    for spelled in spellings(key).values():
        assert sensitive_kind(spelled)
        assert is_credential(spelled)
        for message in (f"there is no file {spelled}", f"{spelled!r} is not a path", spelled):
            left = without_secrets(message)
            assert not any(canary in left for canary in canaries)
            assert base64.b64encode(key.encode()).decode()[20:60] not in left


@pytest.mark.parametrize(("name", "form"), [each for each in FORMS if each[1] != "openssh"])
def test_the_body_alone_of_a_key(name, form):
    body = "".join(pem(name, form).splitlines()[1:-1])
    if form == "traditional" or name != "ed25519" or len(body) > 40:
        assert sensitive_kind(body) == "the body of a key or a certificate (base64)"
        for spelled in (body, "\n".join(pem(name, form).splitlines()[1:-1])):
            assert is_credential(spelled)
            assert without_secrets(f"{spelled}: no file") == "(hidden): no file"


@pytest.mark.parametrize("text", TOKENS.values(), ids=TOKENS)
def test_tokens(text):
    assert sensitive_kind(text)
    assert is_credential(text)
    assert (
        text.partition(":")[2][-20:] not in without_secrets(f"{text} is no alias")
        or ":" not in text
    )
    assert text not in without_secrets(f"{text} is no alias")


@pytest.mark.parametrize("text", URLS.values(), ids=URLS)
def test_urls_with_a_password(text):
    assert sensitive_kind(text) == "a URL with a user name or a password in it"
    left = without_secrets(f"cannot reach {text}")
    assert "CANARY" not in left
    assert "123456" not in left


def test_a_consumer_secret_as_setup_shows_it():
    assert sensitive_kind("0123456789ABCDEF" * 4) == "what looks like a consumer secret"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_alone(text):
    assert sensitive_kind(text) == ""
    assert not is_credential(text)
    assert without_secrets(text) == text


@pytest.mark.parametrize("secret", [*TOKENS.values(), *URLS.values()])
def test_no_error_and_no_problem_quotes_one(secret):
    problem = Position("s.yaml", 1, 1).problem(f"there is no file {secret}")
    for error in (
        CannotError(f"there is no file {secret}", next_step=f"Look for {secret}."),
        LoginRefused(f"{secret} is over"),
        SpecError([problem]),
    ):
        shown = f"{error} {error!r} {error.message} {error.next_step} {problem}"
        assert secret not in shown
        assert "(hidden)" in shown
