"""`provision keys new`, as OpenSSL sees what it makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conformance.clients.openssl import OpenSSL
from tests.conformance.clients.provision import Provision


@pytest.fixture
def key(provision: Provision) -> Path:
    """A new private key."""
    return provision.new_key("cli")


@pytest.fixture
def certificate(key: Path) -> Path:
    """The certificate beside it."""
    return key.with_suffix(".crt")


def test_the_pair_belongs_together(openssl: OpenSSL, key: Path, certificate: Path) -> None:
    of_key = openssl("rsa", "-in", key, "-noout", "-modulus")
    of_certificate = openssl("x509", "-in", certificate, "-noout", "-modulus")
    assert of_key == of_certificate
    assert of_key.startswith("Modulus=")


def test_the_key_is_sound_and_nobody_elses(openssl: OpenSSL, key: Path) -> None:
    assert openssl("rsa", "-in", key, "-check", "-noout") == "RSA key ok"
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_certificate_is_signed_by_itself_with_sha256(
    openssl: OpenSSL, certificate: Path
) -> None:
    verified = openssl("verify", "-x509_strict", "-CAfile", certificate, certificate)
    assert verified == f"{certificate}: OK"
    text = openssl("x509", "-in", certificate, "-noout", "-text")
    assert text.count("Signature Algorithm: sha256WithRSAEncryption") == 2


def test_the_certificate_is_valid_for_a_year(openssl: OpenSSL, certificate: Path) -> None:
    openssl("x509", "-in", certificate, "-noout", "-checkend", "0")
    printed = openssl("x509", "-in", certificate, "-noout", "-enddate", "-dateopt", "iso_8601")
    end = datetime.fromisoformat(printed.removeprefix("notAfter=").replace(" ", "T", 1))
    assert abs(end - datetime.now(UTC) - timedelta(days=365)) < timedelta(days=1)


def test_what_the_key_signs_the_certificate_verifies(
    openssl: OpenSSL, key: Path, certificate: Path
) -> None:
    text, signature, public = (openssl.folder / name for name in ("text", "signature", "public"))
    text.write_text("header.claims")
    openssl("dgst", "-sha256", "-sign", key, "-out", signature, text)
    openssl("x509", "-in", certificate, "-noout", "-pubkey", "-out", public)
    verified = openssl("dgst", "-sha256", "-verify", public, "-signature", signature, text)
    assert verified == "Verified OK"
