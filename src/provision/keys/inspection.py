"""Inspection: what key files hold, and whether they fit together."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from provision.keys.certificate import Certificate, is_der_certificate, read_certificate
from provision.keys.file import KeyFileError, is_pkcs12, open_pkcs12, pem_blocks, read_bytes
from provision.keys.private_key import PrivateKey, read_private_key
from provision.keys.request import Request, read_request

__all__ = ["Contents", "Inspection", "inspect", "read_contents"]

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Contents:
    """One file: its private key, its certificate and its request, if it has them."""

    path: Path
    key: PrivateKey | None = None
    certificate: Certificate | None = None
    request: Request | None = None


def read_contents(paths: Sequence[Path], passphrase: str | None = None) -> tuple[Contents, ...]:
    """The contents of each file. Of a chain, the certificate that matches a key in these files.

    Raises :class:`KeyFileError` for a file that has none of these contents, or cannot be opened.
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


@dataclass(frozen=True, slots=True)
class Inspection:
    """One file: labelled facts in the order to show, and what is wrong. It has no key material."""

    path: Path
    facts: tuple[tuple[str, str], ...]
    faults: tuple[str, ...] = ()


def inspect(files: Sequence[Contents], now: datetime) -> tuple[Inspection, ...]:
    """The facts and faults of ``files`` at ``now`` (aware).

    If there are keys and certificates, each must have its counterpart among ``files``.
    """
    return tuple(_Inspector(files, now).inspect(file) for file in files)


class _Inspector:
    def __init__(self, files: Sequence[Contents], now: datetime) -> None:
        self._keys = {file.path: file.key for file in files if file.key}
        self._certificates = {file.path: file.certificate for file in files if file.certificate}
        self._now = now

    def inspect(self, file: Contents) -> Inspection:
        facts: list[tuple[str, str]] = []
        faults: list[str] = []
        if file.key:
            facts += self._of_key(file.path, file.key)
            faults += self._alone(self._matching(file.key), self._certificates, "certificates")
        if file.certificate:
            facts += self._of_certificate(file.certificate)
            owners = self._owners(file.certificate)
            faults += self._out_of_time(file.certificate)
            faults += self._alone(owners, self._keys, "keys")
        if file.request:
            facts += [
                ("kind", f"certificate request, RSA, {file.request.bits} bits"),
                ("subject", file.request.subject),
            ]
        return Inspection(file.path, tuple(facts), tuple(dict.fromkeys(faults)))

    def _of_key(self, path: Path, key: PrivateKey) -> Iterator[tuple[str, str]]:
        yield "kind", f"private key, RSA, {key.bits} bits"
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _OTHERS:
            yield "mode", f"{mode:04o}: others may read it; chmod 600 {path}"
        if self._matching(key):
            yield "certificate", ", ".join(map(str, self._matching(key)))

    def _of_certificate(self, certificate: Certificate) -> Iterator[tuple[str, str]]:
        issuer = certificate.issuer
        days = certificate.days_left(self._now)
        left = f"{days} days left" if days >= 0 else f"over for {-days} days"
        yield "kind", f"certificate, RSA, {certificate.bits} bits"
        yield "subject", certificate.subject
        yield "issuer", f"{issuer} (itself)" if issuer == certificate.subject else issuer
        yield "serial", f"{certificate.serial:X}"
        yield "SHA-256", certificate.fingerprint
        yield (
            "valid",
            (
                f"{certificate.not_before:%Y-%m-%d %H:%M:%SZ} to "
                f"{certificate.not_after:%Y-%m-%d %H:%M:%SZ} ({left})"
            ),
        )
        if self._owners(certificate):
            yield "key", ", ".join(map(str, self._owners(certificate)))

    def _out_of_time(self, certificate: Certificate) -> Iterator[str]:
        if self._now > certificate.not_after:
            yield f"expired on {certificate.not_after:%Y-%m-%d}"
        if self._now < certificate.not_before:
            yield f"not valid before {certificate.not_before:%Y-%m-%d}"

    def _matching(self, key: PrivateKey) -> list[Path]:
        return [path for path, each in self._certificates.items() if key.matches(each)]

    def _owners(self, certificate: Certificate) -> list[Path]:
        return [path for path, key in self._keys.items() if key.matches(certificate)]

    @staticmethod
    def _alone(found: Sequence[Path], others: Mapping[Path, object], what: str) -> Iterator[str]:
        if others and not found:
            yield f"does not match any of the {what} given"
