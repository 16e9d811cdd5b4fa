"""Key pairs: the first private key and certificate of a spec, and the pair that replaces them."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.keys.certificate import Certificate, read_certificate
from provision.keys.file import is_there
from provision.keys.pair import PairPlace, new_pair, write_certificate, write_pair
from provision.keys.private_key import read_private_key
from provision.sensitive_text import sensitive_kind
from provision.spec.model import JwtBearer, Oauth
from provision.spec.node import MappingNode, ScalarNode, node_at
from provision.spec.source import read_source
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["FirstPair", "NamedPair", "NextPair", "first_pair", "named_pair", "next_pair"]

_JWT: Final = ("oauth", "jwt_bearer")
_DATED: Final = re.compile(r"-\d{8}(-\d+)?$")


@dataclass(frozen=True, slots=True)
class FirstPair:
    """A pair that does not exist yet: its place, its app, and the key's passphrase if it has one.

    ``has_key``: its private key exists, and its certificate does not. A run that is killed between
    the two leaves it so.
    """

    place: PairPlace
    app: str
    has_key: bool = False
    passphrase: str | None = field(default=None, repr=False)

    def write(self, now: datetime) -> str:
        """Make the missing files, and tell which these were. Raises :class:`KeyFileError`."""
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
    """The pair that the spec in ``path`` names and that does not exist, or not wholly.

    ``None`` if the spec names no pair, if its certificate exists (keys are never overwritten, and
    no key can be made for a certificate), or if a certificate request lies beside the key. Mistakes
    in the spec are reported when it is loaded.
    """
    root = read_source(path, variables).root
    if root is None:
        return None
    certificate, key = (_scalar(root, name) for name in ("certificate", "private_key"))
    if not certificate or not key or sensitive_kind(certificate) or sensitive_kind(key):
        return None
    folder = path.parent.absolute()
    place = PairPlace(folder / key, folder / certificate)
    if _has_content(place.certificate) or _awaits_ca(place):
        return None
    app = node_at(root, ("app",))
    name = app.value if isinstance(app, ScalarNode) else None
    return FirstPair(
        place,
        name if isinstance(name, str) else path.stem,
        has_key=_has_content(place.private_key),
        passphrase=_scalar(root, "private_key_passphrase") or None,
    )


def _has_content(path: Path) -> bool:
    return is_there(path) and not _is_empty(path)


def _awaits_ca(place: PairPlace) -> bool:
    """Whether a CA was asked for the certificate: `provision keys new --csr` makes the request."""
    return any(
        is_there(path.with_suffix(".csr")) for path in (place.private_key, place.certificate)
    )


def _is_empty(path: Path) -> bool:
    """Whether a run made the file and was killed before it wrote the content."""
    return path.is_file() and path.stat().st_size == 0


def _scalar(root: MappingNode, key: str) -> str:
    node = node_at(root, (*_JWT, key))
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""


@dataclass(frozen=True, slots=True)
class NamedPair:
    """The pair that a loaded spec names: the key's path, and the certificate itself."""

    oauth: Oauth
    jwt: JwtBearer
    private_key: Path
    certificate: Certificate


def named_pair(spec: Spec) -> NamedPair:
    """The pair that ``spec`` names. Raises :class:`CannotError` if there is no such pair."""
    oauth = spec.document.oauth
    jwt = oauth.jwt_bearer if oauth else None
    at = spec.positions.of(_JWT)
    if oauth is None or jwt is None or spec.certificate is None:
        raise CannotError(
            f"{at}: {spec.app} has no oauth.jwt_bearer, so no certificate to rotate",
            next_step="Make a pair with `provision keys new NAME`, and name it in the spec.",
        )
    if jwt.private_key is None or spec.private_key is None:
        raise CannotError(
            f"{at}: a rotation is proven by logins, and there is no private key to log in with",
            next_step="Name the old private key as oauth.jwt_bearer.private_key. If it is lost, "
            "run `provision keys new NAME`, name the new pair in the spec, and run `provision "
            "apply`.",
        )
    return NamedPair(oauth, jwt, jwt.private_key, spec.certificate)


@dataclass(slots=True)
class NextPair:
    """Two new files, and ``spec``, which is the old spec with these two files in it.

    The files are deleted when the block of :func:`next_pair` ends, unless they are ``kept``: as
    soon as an org may have the certificate, nobody may lose the key.
    """

    private_key: Path
    certificate: Path
    spec: Spec
    kept: bool = False


@contextmanager
def next_pair(
    spec: Spec, now: datetime, *, days: int, bits: int | None = None
) -> Iterator[NextPair]:
    """A new pair beside the private key of ``spec``. It is deleted after the block unless kept.

    It has the subject and the passphrase of the old pair, and its number of bits unless ``bits``
    is given. It signs itself. Its name is that of the old pair with the date, and no file is ever
    overwritten. Raises :class:`CannotError` if ``spec`` has no pair, or no new one can be made.
    """
    pair = _made(spec, now, days, bits)
    try:
        yield pair
    finally:
        if not pair.kept:
            pair.private_key.unlink(missing_ok=True)
            pair.certificate.unlink(missing_ok=True)


def _made(spec: Spec, now: datetime, days: int, bits: int | None) -> NextPair:
    old = named_pair(spec)
    passphrase = old.jwt.private_key_passphrase
    key, certificate = new_pair(
        _free_name(old.private_key, now),
        old.private_key.parent,
        bits=old.certificate.bits if bits is None else bits,
        subject=old.certificate.subject or spec.app,
        days=days,
        now=now,
        passphrase=passphrase,
    )
    jwt = old.jwt.model_copy(update={"private_key": key, "certificate": certificate})
    oauth = old.oauth.model_copy(update={"jwt_bearer": jwt})
    changed = dataclasses.replace(
        spec,
        document=spec.document.model_copy(update={"oauth": oauth}),
        certificate=read_certificate(certificate),
        private_key=read_private_key(key, passphrase),
    )
    return NextPair(key, certificate, changed)


def _free_name(old_key: Path, now: datetime) -> str:
    """The old name with today's date, which replaces an earlier date, and a number if needed."""
    dated = f"{_DATED.sub('', old_key.stem)}-{now:%Y%m%d}"
    for number in count(1):
        name = dated if number == 1 else f"{dated}-{number}"
        if not any(os.path.lexists(old_key.with_name(name + end)) for end in (".key", ".crt")):
            return name
    raise AssertionError("counting does not end")
