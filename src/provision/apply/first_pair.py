"""First pair: the private key and certificate that a spec names, before they are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.keys.file import is_there
from provision.keys.pair import PairPlace
from provision.sensitive_text import sensitive_kind
from provision.spec.node import MappingNode, ScalarNode, node_at
from provision.spec.source import read_source
from provision.spec.variable import Variables

__all__ = ["FirstPair", "first_pair"]

_JWT: Final = ("oauth", "jwt_bearer")


@dataclass(frozen=True, slots=True)
class FirstPair:
    """A pair that is to be made: where, for which app, and the key's passphrase if it has one."""

    place: PairPlace
    app: str
    passphrase: str | None = field(default=None, repr=False)


def first_pair(path: Path, variables: Variables) -> FirstPair | None:
    """The pair that the spec in ``path`` names, if neither of its files is there yet.

    ``None`` for a spec that names no pair, or whose pair is there, be it in part: keys are never
    overwritten. What is wrong with a spec is said by whoever loads it.
    """
    root = read_source(path, variables).root
    if root is None:
        return None
    certificate, key = (_text(root, name) for name in ("certificate", "private_key"))
    if not certificate or not key or sensitive_kind(certificate) or sensitive_kind(key):
        return None
    folder = path.parent.absolute()
    place = PairPlace(folder / key, folder / certificate)
    if is_there(place.private_key) or is_there(place.certificate):
        return None
    app = node_at(root, ("app",))
    name = app.value if isinstance(app, ScalarNode) else None
    passphrase = _text(root, "private_key_passphrase")
    return FirstPair(place, name if isinstance(name, str) else path.stem, passphrase or None)


def _text(root: MappingNode, key: str) -> str:
    node = node_at(root, (*_JWT, key))
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""
