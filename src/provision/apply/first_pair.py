"""First pair: the private key and certificate that a spec names, before they are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from provision.keys.file import is_there
from provision.keys.pair import PairPlace, write_certificate, write_pair
from provision.sensitive_text import sensitive_kind
from provision.spec.node import MappingNode, ScalarNode, node_at
from provision.spec.source import read_source
from provision.spec.variable import Variables

__all__ = ["FirstPair", "first_pair"]

_JWT: Final = ("oauth", "jwt_bearer")


@dataclass(frozen=True, slots=True)
class FirstPair:
    """A pair that is to be made: where, for which app, and the key's passphrase if it has one.

    ``has_key``: its private key is there, and its certificate is not. So a run leaves it that is
    killed between the two.
    """

    place: PairPlace
    app: str
    has_key: bool = False
    passphrase: str | None = field(default=None, repr=False)

    def write(self, now: datetime) -> str:
        """Make what is missing of it; what was made, in words. Raises :class:`KeyFileError`."""
        key, certificate = self.place.private_key, self.place.certificate
        for path in (key, certificate):
            if is_there(path) and _is_empty(path):
                path.unlink()
        if self.has_key:
            write_certificate(self.place, subject=self.app, now=now, passphrase=self.passphrase)
            return f"made {certificate} for the key {key}, which was there"
        write_pair(self.place, subject=self.app, now=now, passphrase=self.passphrase)
        return f"made {key} and {certificate}"


def first_pair(path: Path, variables: Variables) -> FirstPair | None:
    """What is missing of the pair that the spec in ``path`` names; a key alone lacks little.

    ``None`` for a spec that names no pair, whose certificate is there (keys are never overwritten,
    and none can be made for a certificate), or beside whose key a certificate request lies. What
    is wrong with a spec is said by whoever loads it.
    """
    root = read_source(path, variables).root
    if root is None:
        return None
    certificate, key = (_text(root, name) for name in ("certificate", "private_key"))
    if not certificate or not key or sensitive_kind(certificate) or sensitive_kind(key):
        return None
    folder = path.parent.absolute()
    place = PairPlace(folder / key, folder / certificate)
    if _is_made(place.certificate) or _awaits_ca(place):
        return None
    app = node_at(root, ("app",))
    name = app.value if isinstance(app, ScalarNode) else None
    return FirstPair(
        place,
        name if isinstance(name, str) else path.stem,
        has_key=_is_made(place.private_key),
        passphrase=_text(root, "private_key_passphrase") or None,
    )


def _is_made(path: Path) -> bool:
    return is_there(path) and not _is_empty(path)


def _awaits_ca(place: PairPlace) -> bool:
    """Whether somebody asked a CA for the certificate: `provision keys new --csr` did."""
    return any(
        is_there(path.with_suffix(".csr")) for path in (place.private_key, place.certificate)
    )


def _is_empty(path: Path) -> bool:
    """Whether a run made the file and was killed before it wrote the content."""
    return path.is_file() and path.stat().st_size == 0


def _text(root: MappingNode, key: str) -> str:
    node = node_at(root, (*_JWT, key))
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""
