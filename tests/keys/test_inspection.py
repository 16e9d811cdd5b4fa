from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509 import load_pem_x509_certificate

from provision.keys.certificate import read_certificate
from provision.keys.file import KeyFileError
from provision.keys.inspection import inspect, read_contents
from provision.keys.request import new_request
from tests.keys.conftest import NOW, loaded

START = NOW.replace(microsecond=0)  # X.509 counts whole seconds


def inspected(*paths, now=START + timedelta(days=1), passphrase=None):
    return inspect(read_contents(paths, passphrase), now)


def test_a_pair_that_fits(pair):
    key, certificate = inspected(*pair)
    assert dict(key.facts) == {
        "kind": "private key, RSA, 2048 bits",
        "certificate": str(pair[1]),
    }
    facts = dict(certificate.facts)
    assert facts["kind"] == "certificate, RSA, 2048 bits"
    assert facts["subject"] == "CN=An app"
    assert facts["issuer"] == "CN=An app (itself)"
    assert facts["SHA-256"] == read_certificate(pair[1]).fingerprint
    assert facts["valid"] == "2026-11-24 12:00:00Z to 2026-12-24 12:00:00Z (29 days left)"
    assert facts["key"] == str(pair[0])
    assert key.faults == certificate.faults == ()


def test_a_certificate_alone_needs_no_key(pair):
    [certificate] = inspected(pair[1])
    assert certificate.faults == ()
    assert "key" not in dict(certificate.facts)


def test_two_that_do_not_match(pair, other_pair):
    key, certificate = inspected(pair[0], other_pair[1])
    assert key.faults == ("does not match any of the certificates given",)
    assert certificate.faults == ("does not match any of the keys given",)


def test_files_with_swapped_names_are_recognised(pair, other_pair):
    found = inspected(*pair, *other_pair)
    assert [dict(each.facts).get("key") for each in found] == [
        None, str(pair[0]), None, str(other_pair[0])]  # fmt: skip
    assert not any(each.faults for each in found)


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        (timedelta(days=30, seconds=1), "expired on 2026-12-24"),
        (timedelta(seconds=-1), "not valid before 2026-11-24"),
    ],
)
def test_a_certificate_that_is_not_valid_now_is_a_fault(pair, after, fault):
    [certificate] = inspected(pair[1], now=START + after)
    assert certificate.faults == (fault,)


def test_days_over(pair):
    [certificate] = inspected(pair[1], now=NOW + timedelta(days=33))
    assert "over for" in dict(certificate.facts)["valid"]


def test_a_key_that_others_may_read(pair, tmp_path):
    key = tmp_path / "app.key"
    shutil.copy(pair[0], key)
    key.chmod(0o640)
    [found] = inspected(key)
    assert dict(found.facts)["mode"].startswith("0640: others may read it")


def test_a_request(tmp_path):
    _, request = new_request("app", tmp_path, subject="ci")
    [found] = inspected(request)
    assert dict(found.facts) == {"kind": "certificate request, RSA, 2048 bits", "subject": "CN=ci"}


def test_a_bundle_has_key_and_certificate(pair, tmp_path):
    path = tmp_path / "app.p12"
    certificate = load_pem_x509_certificate(pair[1].read_bytes())
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            None, loaded(pair[0]), certificate, None, NoEncryption()
        )
    )
    path.chmod(0o600)
    [found] = inspected(path)
    assert found.faults == ()
    assert [label for label, _ in found.facts].count("kind") == 2


def test_the_certificate_of_the_key_is_shown_of_a_chain(pair, other_pair, tmp_path):
    chain = tmp_path / "chain.pem"
    chain.write_bytes(other_pair[1].read_bytes() + pair[1].read_bytes())
    _, certificate = inspected(pair[0], chain)
    assert dict(certificate.facts)["subject"] == "CN=An app"


def test_der_keys_and_certificates_are_recognised(pair, tmp_path):
    der = tmp_path / "app.der"
    der.write_bytes(read_certificate(pair[1]).der)
    assert dict(inspected(der)[0].facts)["subject"] == "CN=An app"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a private key"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "but PUBLIC KEY"),
    ],
)
def test_other_files_are_refused(tmp_path, content, message):
    path = tmp_path / "app.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=message):
        read_contents([path])


def test_no_key_material_is_shown(pair):
    said = repr(inspected(*pair)) + repr(read_contents(pair))
    body = pair[0].read_text().splitlines()[1:-1]
    assert not any(line in said for line in body)
