"""Next pair: the private key and certificate that are to follow those of a spec."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.keys import Certificate, new_pair, read_certificate, read_private_key
from provision.spec.model import JwtBearer, Oauth
from provision.spec.spec import Spec

__all__ = ["NamedPair", "NextPair", "named_pair", "next_pair"]

_DATED: Final = re.compile(r"-\d{8}(-\d+)?$")


@dataclass(slots=True)
class NextPair:
    """Two new files, and ``spec``, which is the old one but for naming them.

    They are gone again when the block of :func:`next_pair` ends, unless they are ``kept``: as soon
    as an org may have the certificate, nobody may lose the key.
    """

    private_key: Path
    certificate: Path
    spec: Spec
    kept: bool = False


@dataclass(frozen=True, slots=True)
class NamedPair:
    """The pair that a spec names: where, and what the certificate says."""

    oauth: Oauth
    jwt: JwtBearer
    private_key: Path
    certificate: Certificate


def named_pair(spec: Spec) -> NamedPair:
    """The pair that ``spec`` names. Raises :class:`CannotError` if there is no such pair."""
    oauth = spec.document.oauth
    jwt = oauth.jwt_bearer if oauth else None
    at = spec.positions.of(("oauth", "jwt_bearer"))
    if oauth is None or jwt is None or spec.certificate is None:
        raise CannotError(
            f"{at}: {spec.app} has no oauth.jwt_bearer, so no certificate to rotate",
            next_step="Make a pair with `provision keys new NAME`, and name it in the spec.",
        )
    if jwt.private_key is None or spec.private_key is None:
        raise CannotError(
            f"{at}: a rotation is proven by logins, and there is no private key to log in with",
            next_step="Name the old private key as oauth.jwt_bearer.private_key. Where it is "
            "lost: `provision keys new NAME`, name the new pair in the spec, `provision apply`.",
        )
    return NamedPair(oauth, jwt, jwt.private_key, spec.certificate)


@contextmanager
def next_pair(
    spec: Spec, now: datetime, *, days: int, bits: int | None = None
) -> Iterator[NextPair]:
    """A new pair beside the private key of ``spec``, for as long as the block, or for good.

    It has the subject and the passphrase of the old one, as many bits if ``bits`` does not say, and
    signs itself. Its name is the old one's with the day; no file is ever overwritten. Raises
    :class:`CannotError` if ``spec`` has no pair, or the new one cannot be made.
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
    pointed = dataclasses.replace(
        spec,
        document=spec.document.model_copy(update={"oauth": oauth}),
        certificate=read_certificate(certificate),
        private_key=read_private_key(key, passphrase),
    )
    return NextPair(key, certificate, pointed)


def _free_name(old_key: Path, now: datetime) -> str:
    """The old name with the day, in place of an earlier rotation's, and a number if need be."""
    dated = f"{_DATED.sub('', old_key.stem)}-{now:%Y%m%d}"
    for number in count(1):
        name = dated if number == 1 else f"{dated}-{number}"
        if not any(os.path.lexists(old_key.with_name(name + end)) for end in (".key", ".crt")):
            return name
    raise AssertionError("counting does not end")
