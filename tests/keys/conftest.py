from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from provision.keys.pair import new_pair

NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and its certificate, for tests that only read them."""
    return new_pair("app", tmp_path_factory.mktemp("pair"), subject="An app", days=30, now=NOW)


@pytest.fixture(scope="session")
def other_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return new_pair("other", tmp_path_factory.mktemp("other"), subject="Other", now=NOW)


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def loaded(path: Path) -> rsa.RSAPrivateKey:
    """The key in a plain PEM file, as cryptography has it."""
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


Certify = Callable[..., x509.Certificate]


@pytest.fixture(scope="session")
def certify(other_pair: tuple[Path, Path]) -> Certify:
    """Certificates for a public key, issued by the other pair's key unless it is told who."""

    def certify(subject: str, public_key, issuer: str = "CA", signer=None) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(public_key)
            .serial_number(7)
            .not_valid_before(NOW)
            .not_valid_after(NOW + timedelta(days=30))
            .sign(signer or loaded(other_pair[0]), SHA256())
        )

    return certify
