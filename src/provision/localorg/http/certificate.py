"""The local org's TLS key and certificate, kept beside its database."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["Pair", "ensure_pair"]

_DAYS: Final = 825
_MARGIN: Final = timedelta(days=1)


class Pair:
    """A private key and a self-signed certificate, which clients trust as their CA."""

    def __init__(self, key_file: Path, ca_file: Path) -> None:
        self.key_file = key_file
        self.ca_file = ca_file

    def context(self) -> ssl.SSLContext:
        """The TLS settings of a server that uses this pair."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, self.key_file)
        return context


def ensure_pair(database: Path, names: Iterable[str]) -> Pair:
    """The pair beside a database. It is made if it is missing, expires soon, or lacks a host name.

    The certificate is for localhost, 127.0.0.1 and ``NAME.localhost`` of each name.
    """
    pair = Pair(database.with_suffix(".tls.key"), database.with_suffix(".tls.crt"))
    hosts = ["localhost", *(f"{name}.localhost" for name in names)]
    if not _usable(pair, hosts):
        _make(pair, hosts)
    return pair


def _usable(pair: Pair, hosts: list[str]) -> bool:
    if not (pair.key_file.exists() and pair.ca_file.exists()):
        return False
    try:
        certificate = x509.load_pem_x509_certificate(pair.ca_file.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        served = set(names.get_values_for_type(x509.DNSName))
    except (ValueError, x509.ExtensionNotFound):
        return False
    return certificate.not_valid_after_utc > datetime.now(UTC) + _MARGIN and set(hosts) <= served


def _make(pair: Pair, hosts: list[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provision local org")])
    now = datetime.now(UTC)
    addresses = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _MARGIN)
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(
            x509.SubjectAlternativeName([*map(x509.DNSName, hosts), *addresses]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(
        pair.key_file,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _write(pair.ca_file, certificate.public_bytes(serialization.Encoding.PEM))


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
