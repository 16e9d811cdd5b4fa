"""What a file of keys or certificates holds, for whoever does not know yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.keys.certificate import Certificate, is_der_certificate, read_certificate
from provision.keys.error import KeyFileError
from provision.keys.file import read_bytes
from provision.keys.pem import pem_blocks
from provision.keys.pkcs12 import is_pkcs12, open_pkcs12
from provision.keys.private_key import PrivateKey, read_private_key
from provision.keys.request import Request, read_request

__all__ = ["Contents", "read_contents"]


@dataclass(frozen=True, slots=True)
class Contents:
    """One file: its private key, its certificate, its request, as far as there are any."""

    path: Path
    key: PrivateKey | None = None
    certificate: Certificate | None = None
    request: Request | None = None


def read_contents(paths: Sequence[Path], passphrase: str | None = None) -> tuple[Contents, ...]:
    """What each file holds. Of a chain, the certificate is the one of any key in these files.

    Raises :class:`KeyFileError` for a file that holds nothing of use, or does not open.
    """
    holds = {path: _kinds(path, passphrase) for path in paths}
    keys = {
        path: read_private_key(path, passphrase) for path, kinds in holds.items() if "key" in kinds
    }

    def belongs(certificate: Certificate) -> bool:
        return any(key.matches(certificate) for key in keys.values())

    return tuple(
        Contents(
            path,
            keys.get(path),
            read_certificate(path, passphrase, belongs_to=belongs)
            if "certificate" in kinds
            else None,
            read_request(path) if "request" in kinds else None,
        )
        for path, kinds in holds.items()
    )


def _kinds(path: Path, passphrase: str | None) -> frozenset[str]:
    data = read_bytes(path, "key or certificate")
    blocks = pem_blocks(data)
    if blocks:
        return _pem_kinds(path, [block.label for block in blocks])
    if is_pkcs12(data):
        opened = open_pkcs12(path, data, passphrase)
        certified = opened.cert or opened.additional_certs
        return frozenset(
            [*(["key"] if opened.key else []), *(["certificate"] if certified else [])]
        )
    return frozenset({"certificate" if is_der_certificate(data) else "key"})


def _pem_kinds(path: Path, labels: Sequence[str]) -> frozenset[str]:
    kinds = frozenset(
        kind
        for kind, ending in (
            ("key", "PRIVATE KEY"),
            ("certificate", "CERTIFICATE"),
            ("request", "CERTIFICATE REQUEST"),
        )
        if any(label.endswith(ending) for label in labels)
    )
    if not kinds:
        raise KeyFileError(
            f"{path} holds no private key, certificate or certificate request, but "
            f"{', '.join(sorted(set(labels)))}",
            next_step="Name a .key, .crt, .csr or .p12 file.",
        )
    return kinds
