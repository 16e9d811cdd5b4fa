"""What is on disk after a run: keys, certificates, what specs name, runs, rows of a fleet."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

__all__ = ["Folder", "Row", "RunKept", "folder_of", "public_key_of"]

_CERTIFICATE = re.compile(r"certificate:\s*\"?([^\s,}\"]+)")
_PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


@dataclass(frozen=True)
class Row:
    """What a fleet's record says of one org."""

    code: int
    text: str


@dataclass(frozen=True)
class RunKept:
    """What is kept of one run. ``open_ends``: writes of which it does not say what became."""

    name: str
    verb: str
    has_ended: bool
    is_done: bool
    open_ends: frozenset[str]


@dataclass(frozen=True)
class Folder:
    """A user's folder. ``keys``: public keys of its private key files, by path.

    ``named``: the public key of the certificate that robot.yaml names; ``secrets``: what sinks got.
    """

    keys: Mapping[str, bytes]
    certificates: Mapping[str, bytes]
    named: bytes
    secrets: str
    rows: Mapping[str, Row]
    runs: frozenset[RunKept]


def folder_of(folder: Path) -> Folder:
    """What is in a folder now."""
    keys = {}
    certificates = {}
    for path in sorted((folder / "keys").glob("*")):
        content = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        if b"PRIVATE KEY" in content:
            keys[name] = _of_private(content)
        elif b"BEGIN CERTIFICATE" in content:
            certificates[name] = _public(x509.load_pem_x509_certificate(content).public_key())
    spec = (folder / "robot.yaml").read_text(encoding="utf-8")
    found = _CERTIFICATE.search(spec)
    named = certificates.get(found.group(1).removeprefix("./"), b"") if found else b""
    sink = folder / "pair.json"
    return Folder(
        keys,
        certificates,
        named,
        sink.read_text(encoding="utf-8") if sink.exists() else "",
        _rows(folder),
        frozenset(map(_kept, folder.glob("**/runs/**/record.json"))),
    )


def public_key_of(certificate: str) -> bytes:
    """The public key of a certificate as an org keeps it, which may have no header."""
    pem = certificate if "BEGIN" in certificate else _PEM.format(certificate.strip())
    return _public(x509.load_pem_x509_certificate(pem.encode()).public_key())


@functools.lru_cache(maxsize=100)
def _of_private(content: bytes) -> bytes:
    key = load_pem_private_key(content, None, unsafe_skip_rsa_key_validation=True)
    return _public(key.public_key())


def _public(key: object) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))  # type: ignore[attr-defined]


def _kept(record: Path) -> RunKept:
    said = json.loads(record.read_text(encoding="utf-8"))
    outcomes: dict[str, str] = {}
    writes = record.with_name("writes.jsonl")
    if writes.exists():
        for line in writes.read_text(encoding="utf-8").splitlines():
            write = json.loads(line)
            outcomes[write["what"]] = write["outcome"]
    return RunKept(
        record.parent.name,
        said.get("verb", "a fleet"),
        bool(said.get("ended")),
        said.get("outcome") == "done",
        frozenset(what for what, outcome in outcomes.items() if outcome == "intended"),
    )


def _rows(folder: Path) -> dict[str, Row]:
    """The last row of each org in the newest run over a fleet."""
    records = sorted(folder.glob("**/rows.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    rows = {}
    if records:
        for line in records[-1].read_text(encoding="utf-8").splitlines()[1:]:
            row = json.loads(line)
            rows[row["org"]] = Row(int(row["exit_code"]), "\n".join(_texts(row)))
    return rows


def _texts(value: object) -> Iterator[str]:
    """Every text in a row, however deep."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for each in value.values() for text in _texts(each))
        case list():
            yield from (text for each in value for text in _texts(each))
