from __future__ import annotations

import pickle
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from provision.keys.certificate import Certificate, read_certificate
from provision.keys.file import KeyFileError
from provision.keys.private_key import read_private_key

# Two pieces: a scanner for secrets takes the whole line for a key.
KEY_LABEL = b"PRIVATE" + b" KEY"


def rewritten(pair, path: Path, form: PrivateFormat, passphrase: bytes | None = None) -> Path:
    key = load_pem_private_key(pair[0].read_bytes(), None)
    how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, form, how))
    return path


def test_signs_what_the_certificate_verifies(pair):
    token = read_private_key(pair[0]).sign_rs256({"iss": "3MVG9", "sub": "ci@example.com"})
    public = x509.load_pem_x509_certificate(pair[1].read_bytes()).public_key()
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    assert jwt.decode(token, public, algorithms=["RS256"])["iss"] == "3MVG9"


def test_knows_its_certificate(pair, other_pair):
    key = read_private_key(pair[0])
    assert key.matches(read_certificate(pair[1]))
    assert not key.matches(read_certificate(other_pair[1]))


def test_does_not_match_a_certificate_of_another_kind_of_key(pair, now):
    elliptic = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(elliptic.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now.replace(year=now.year + 1))
        .sign(elliptic, SHA256())
    )
    der = certificate.public_bytes(Encoding.DER)
    assert not read_private_key(pair[0]).matches(Certificate(der, "", now, now, "", "", 1, 256))


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_reads_pkcs8_and_pkcs1_plain_and_encrypted(pair, tmp_path, form):
    certificate = read_certificate(pair[1])
    plain = rewritten(pair, tmp_path / "plain.key", form)
    locked = rewritten(pair, tmp_path / "locked.key", form, b"open sesame")
    assert read_private_key(plain).matches(certificate)
    assert read_private_key(plain, "not needed").matches(certificate)
    assert read_private_key(locked, "open sesame").matches(certificate)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize(
    ("passphrase", "message"),
    [(None, "no passphrase was given"), ("", "no passphrase"), ("wrong", "wrong passphrase")],
)
def test_an_encrypted_key_asks_for_a_passphrase(pair, tmp_path, form, passphrase, message):
    locked = rewritten(pair, tmp_path / "locked.key", form, b"open sesame")
    with pytest.raises(KeyFileError, match=message) as caught:
        read_private_key(locked, passphrase)
    assert caught.value.next_step


def test_a_key_is_neither_shown_nor_copied(pair):
    key = read_private_key(pair[0])
    assert repr(key) == str(key) == "<PrivateKey of 2048 bits>"
    assert not hasattr(key, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(key)


@pytest.mark.parametrize("part", ["n", "d", "p", "q", "dmp1", "dmq1", "iqmp"])
def test_a_damaged_key_is_refused(pair, tmp_path, part):
    """OpenSSL's own check, left out for its time, found this."""
    numbers = load_pem_private_key(pair[0].read_bytes(), None).private_numbers()
    value = numbers.public_numbers.n if part == "n" else getattr(numbers, part)
    der = load_pem_private_key(pair[0].read_bytes(), None).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    length = (value.bit_length() + 7) // 8
    damaged = (value ^ 1 << 100).to_bytes(length, "big")
    path = tmp_path / "damaged.key"
    path.write_bytes(der.replace(value.to_bytes(length, "big"), damaged))
    with pytest.raises(KeyFileError, match="damaged") as caught:
        read_private_key(path)
    assert caught.value.next_step


def test_only_rsa(tmp_path):
    path = tmp_path / "ec.key"
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyFileError, match="not an RSA key"):
        read_private_key(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a private key"),
        (b"\x00\xff", "not a private key"),
        (
            b"-----BEGIN %b-----\nAAAA\n-----END %b-----" % (KEY_LABEL, KEY_LABEL),
            "not a private key",
        ),
    ],
)
def test_other_files_are_not_keys(tmp_path, content, message):
    path = tmp_path / "app.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=message):
        read_private_key(path)


def test_the_two_files_swapped(pair):
    with pytest.raises(KeyFileError, match="holds a certificate, not a private key"):
        read_private_key(pair[1])
    with pytest.raises(KeyFileError, match="holds a private key, not a certificate"):
        read_certificate(pair[0])


def test_a_missing_file(tmp_path):
    with pytest.raises(KeyFileError, match="no private key file"):
        read_private_key(tmp_path / "app.key")
