from __future__ import annotations

import stat

import pytest
from cryptography import x509

from provision.keys.file import KeyFileError
from provision.keys.private_key import read_private_key
from provision.keys.request import new_request, read_request
from tests.keys.conftest import loaded


def test_a_request_is_signed_by_its_key(tmp_path):
    key, request = new_request("app", tmp_path, subject="CN=ci,OU=Platform,O=Acme,C=CH")
    parsed = x509.load_pem_x509_csr(request.read_bytes())
    assert parsed.is_signature_valid
    assert parsed.public_key() == loaded(key).public_key()
    assert parsed.subject.rfc4514_string() == "CN=ci,OU=Platform,O=Acme,C=CH"
    assert (read_request(request).subject, read_request(request).bits) == (
        "CN=ci,OU=Platform,O=Acme,C=CH",
        2048,
    )
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["app.csr", "app.key"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_key_of_a_request_can_be_encrypted(tmp_path):
    key, _ = new_request("app", tmp_path, subject="ci", passphrase="open sesame")
    assert key.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert read_private_key(key, "open sesame").bits == 2048


@pytest.mark.parametrize("there", ["app.key", "app.csr", "app.crt"])
def test_never_overwrites_and_leaves_room_for_the_answer(tmp_path, there):
    (tmp_path / there).write_text("mine")
    with pytest.raises(KeyFileError, match="nothing was written"):
        new_request("app", tmp_path, subject="ci")
    assert [path.name for path in tmp_path.iterdir()] == [there]


@pytest.mark.parametrize("content", [b"", b"hello"])
def test_other_files_are_not_requests(tmp_path, content):
    (tmp_path / "app.csr").write_bytes(content)
    with pytest.raises(KeyFileError, match="not a certificate request"):
        read_request(tmp_path / "app.csr")
