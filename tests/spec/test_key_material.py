from __future__ import annotations

import ssl
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from provision.spec.load import load
from provision.spec.variable import Variables


def spec_of(**jwt: object) -> str:
    lines = "".join(f"    {key}: {value}\n" for key, value in jwt.items())
    return f"app: A\noauth:\n  jwt_bearer:\n{lines}"


def test_a_missing_certificate_says_how_to_make_one(problems, tmp_path):
    [only] = problems(spec_of(certificate="keys/app.crt"))
    assert only.startswith("4:18: oauth.jwt_bearer.certificate: there is no certificate file")
    assert f"{tmp_path}/keys/app.crt. Make a pair with `provision keys new app`" in only


def test_what_is_no_certificate(problems, keys):
    [only] = problems(spec_of(certificate=keys / "app.key"))
    assert only.startswith("4:18: oauth.jwt_bearer.certificate: ")
    assert "holds a private key, not a certificate" in only


def test_the_key_of_another_certificate(problems, keys):
    [only] = problems(spec_of(certificate=keys / "app.crt", private_key=keys / "other.key"))
    assert only.startswith("5:18: oauth.jwt_bearer.private_key: other.key is not the key of")


def test_a_missing_key_is_a_warning_that_says_what_the_proof_will_lack(loaded, keys, tmp_path):
    spec = loaded(spec_of(certificate=keys / "app.crt", private_key="none.key"))
    assert spec.private_key is None
    assert spec.certificate is not None
    [warning] = spec.warnings
    assert (warning.position.line, warning.position.column) == (5, 18)
    assert f"there is no file {tmp_path}/none.key; the proof cannot make a JWT login" in (
        warning.text
    )


def test_what_is_no_key(problems, keys):
    [only] = problems(spec_of(certificate=keys / "app.crt", private_key=keys / "app.crt"))
    assert "5:18: oauth.jwt_bearer.private_key: " in only
    assert "holds a certificate, not a private key" in only


def test_the_certificate_in_der_is_the_same(loaded, keys, tmp_path):
    der = ssl.PEM_cert_to_DER_cert((keys / "app.crt").read_text())
    (tmp_path / "app.der").write_bytes(der)
    spec = loaded(spec_of(certificate="app.der", private_key=keys / "app.key"))
    assert spec.certificate is not None
    assert spec.certificate.der == der


@pytest.mark.parametrize(
    ("days", "message"),
    [(366, "it expired on 2027-11-24"), (-1, "it is not valid before 2026-11-24")],
)
def test_a_certificate_out_of_its_time_is_a_warning(write, keys, now, days, message):
    path = write(spec_of(certificate=keys / "app.crt"))
    [warning] = load(path, Variables(), now=now + timedelta(days=days)).warnings
    assert message in warning.text
    assert (warning.position.line, warning.position.column) == (4, 18)


def test_in_its_time_there_is_nothing_to_say(write, keys, now):
    path = write(spec_of(certificate=keys / "app.crt"))
    for days in (0, 365):
        assert load(path, Variables(), now=now + timedelta(days=days)).warnings == ()


@pytest.fixture
def locked(keys, tmp_path):
    key = load_pem_private_key((keys / "app.key").read_bytes(), None)
    path = tmp_path / "locked.key"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame"))
    )
    return path


def test_a_passphrase_from_outside_opens_the_key(loaded, keys, locked):
    spec = loaded(
        spec_of(
            certificate=keys / "app.crt",
            private_key=locked,
            private_key_passphrase="${env:PASSPHRASE}",
        ),
        Variables(environ={"PASSPHRASE": "sesame"}),
    )
    assert spec.private_key is not None
    assert "sesame" not in repr(spec.document)


@pytest.mark.parametrize(
    ("passphrase", "message"),
    [
        ({}, "is encrypted, and no passphrase was given"),
        ({"private_key_passphrase": "${env:WRONG}"}, "wrong passphrase"),
        ({"private_key_passphrase": "sesame"}, "a secret is never written in a spec"),
    ],
)
def test_a_passphrase_that_is_missing_wrong_or_written_down(
    problems, keys, locked, passphrase, message
):
    text = spec_of(certificate=keys / "app.crt", private_key=locked, **passphrase)
    [only] = problems(text, Variables(environ={"WRONG": "xxxxx"}))
    assert message in only
    assert only.startswith(("5:18", "6:29"))


@pytest.mark.parametrize(
    ("written", "days"), [({}, 30), ({"warn_before": "45 days"}, 45), ({"warn_before": "7d"}, 7)]
)
def test_the_warning_begins_so_many_days_before_the_end(loaded, keys, written, days):
    spec = loaded(spec_of(certificate=keys / "app.crt", **written))
    assert spec.document.oauth.jwt_bearer.warn_before == days


@pytest.mark.parametrize("written", ["30", "2 months", "0 days", "null", "soon"])
def test_what_is_no_number_of_days_is_refused(problems, keys, written):
    [only] = problems(spec_of(certificate=keys / "app.crt", warn_before=written))
    assert only.startswith("5:18: oauth.jwt_bearer.warn_before: ")
