"""Bare spec: an app's name and little else, for plans that no spec file asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provision.keys import PrivateKey
from provision.spec.model import Oauth, SpecDocument
from provision.spec.position import KeyPath, Place, Position, Positions
from provision.spec.spec import Spec

__all__ = ["bare_spec"]


def bare_spec(
    app: str,
    origin: Path,
    places: Mapping[KeyPath, Position] | None = None,
    oauth: Oauth | None = None,
    private_key: PrivateKey | None = None,
) -> Spec:
    """A spec that manages nothing of itself, for a plan whose fields come from ``origin``.

    ``places`` say where in ``origin`` each field stands. ``oauth`` and ``private_key`` are for
    the proof alone.
    """
    start = Position(str(origin), 1, 1)
    known = {(): start, **(places or {})}
    document = SpecDocument(app=app) if oauth is None else SpecDocument(app=app, oauth=oauth)
    return Spec(
        path=origin,
        document=document,
        positions=Positions({path: Place(at, at) for path, at in known.items()}),
        private_key=private_key,
    )
