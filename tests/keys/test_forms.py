"""The forms that keys and certificates come in: DER, PKCS#12, chains, other kinds of key."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from provision.keys.certificate import read_certificate
from provision.keys.file import KeyFileError
from provision.keys.private_key import read_private_key
from tests.keys.conftest import loaded

PASSPHRASE = "open sesame"


def pem(*certificates) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


@pytest.fixture(scope="session")
def chain(pair, other_pair, certify):
    """Leaf, intermediate, root."""
    other = loaded(other_pair[0]).public_key()
    return (
        certify("leaf", loaded(pair[0]).public_key(), "intermediate"),
        certify("intermediate", other, "root"),
        certify("root", other, "root"),
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_the_leaf_of_a_chain_is_found_anywhere(chain, tmp_path, order):
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(*(chain[at] for at in order)))
    assert read_certificate(path).subject == "CN=leaf"


def test_the_certificate_of_the_key_is_preferred_to_the_leaf(chain, pair, other_pair, tmp_path):
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(*chain))
    key, other = read_private_key(pair[0]), read_private_key(other_pair[0])
    assert read_certificate(path, belongs_to=key.matches).subject == "CN=leaf"
    assert read_certificate(path, belongs_to=other.matches).subject == "CN=intermediate"


def test_a_circular_chain_gives_its_first_certificate(pair, certify, tmp_path):
    key = loaded(pair[0]).public_key()
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(certify("a", key, "b"), certify("b", key, "a")))
    assert read_certificate(path).subject == "CN=a"


def test_the_key_after_its_certificate_in_one_file(pair, tmp_path):
    both = tmp_path / "both.pem"
    both.write_bytes(b"Bag Attributes\n" + pair[1].read_bytes() + pair[0].read_bytes())
    assert read_private_key(both).matches(read_certificate(pair[1]))


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_keys_in_der(pair, tmp_path, form):
    path = tmp_path / "key.der"
    path.write_bytes(loaded(pair[0]).private_bytes(Encoding.DER, form, NoEncryption()))
    assert read_private_key(path).matches(read_certificate(pair[1]))
    assert read_private_key(path, "not needed").matches(read_certificate(pair[1]))


def test_an_encrypted_key_in_der(pair, tmp_path):
    path = tmp_path / "key.der"
    how = BestAvailableEncryption(PASSPHRASE.encode())
    path.write_bytes(loaded(pair[0]).private_bytes(Encoding.DER, PrivateFormat.PKCS8, how))
    assert read_private_key(path, PASSPHRASE).matches(read_certificate(pair[1]))
    with pytest.raises(KeyFileError, match="no passphrase was given"):
        read_private_key(path)
    with pytest.raises(KeyFileError, match="wrong passphrase"):
        read_private_key(path, "wrong")


def test_der_files_swapped(pair, chain, tmp_path):
    key, certificate = tmp_path / "key.der", tmp_path / "crt.der"
    plain = NoEncryption()
    key.write_bytes(loaded(pair[0]).private_bytes(Encoding.DER, PrivateFormat.PKCS8, plain))
    certificate.write_bytes(chain[0].public_bytes(Encoding.DER))
    with pytest.raises(KeyFileError, match="holds a private key, not a certificate"):
        read_certificate(key)
    with pytest.raises(KeyFileError, match="holds a certificate, not a private key"):
        read_private_key(certificate)


@pytest.fixture
def bundle(pair, chain, tmp_path):
    """Writes a PKCS#12 file, with the chain behind the key's certificate."""

    def bundle(passphrase: str = "", *, with_key: bool = True):
        path = tmp_path / "app.p12"
        key, certificate = (loaded(pair[0]), chain[0]) if with_key else (None, None)
        how = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(b"app", key, certificate, chain[1:], how)
        )
        return path

    return bundle


@pytest.mark.parametrize("passphrase", [PASSPHRASE, ""])
def test_pkcs12(bundle, passphrase):
    path = bundle(passphrase)
    certificate = read_certificate(path, passphrase)
    assert certificate.subject == "CN=leaf"
    assert read_private_key(path, passphrase).matches(certificate)


@pytest.mark.parametrize(("passphrase", "said"), [("", "no passphrase"), ("x", "wrong passphrase")])
def test_an_encrypted_pkcs12_asks_for_a_passphrase(bundle, passphrase, said):
    path = bundle(PASSPHRASE)
    for read in (read_certificate, read_private_key):
        with pytest.raises(KeyFileError, match=said) as caught:
            read(path, passphrase)
        assert "passphrase" in caught.value.next_step
        assert PASSPHRASE not in caught.value.message


def test_pkcs12_without_a_key(bundle):
    path = bundle(PASSPHRASE, with_key=False)
    with pytest.raises(KeyFileError, match="only certificates, not a private key"):
        read_private_key(path, PASSPHRASE)
    assert read_certificate(path, PASSPHRASE).subject == "CN=intermediate"


@pytest.mark.parametrize(
    "make", [lambda: ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate]
)
def test_other_kinds_of_key(make, certify, tmp_path):
    key, path, certificate = make(), tmp_path / "app.key", tmp_path / "app.crt"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(pem(certify("other", key.public_key())))
    with pytest.raises(KeyFileError, match="not an RSA key") as caught:
        read_private_key(path)
    assert "provision keys new" in caught.value.next_step
    with pytest.raises(KeyFileError, match="not the certificate of an RSA key"):
        read_certificate(certificate)


def test_a_key_that_is_too_short(tmp_path):
    path = tmp_path / "app.key"
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyFileError, match="1024 bits, too short"):
        read_private_key(path)


def test_a_key_in_opensshs_own_form(pair, tmp_path):
    path = tmp_path / "id_rsa"
    path.write_bytes(
        loaded(pair[0]).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    )
    with pytest.raises(KeyFileError, match="OpenSSH") as caught:
        read_private_key(path)
    assert "ssh-keygen" in caught.value.next_step


def test_pkcs7_says_how_to_convert_it(tmp_path):
    path = tmp_path / "app.p7b"
    path.write_bytes(b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n")
    with pytest.raises(KeyFileError, match="PKCS#7") as caught:
        read_certificate(path)
    assert "openssl pkcs7" in caught.value.next_step
