"""Spec: the description of one external client app, with the files that it refers to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provision.findings import Finding
from provision.keys.certificate import Certificate
from provision.keys.private_key import PrivateKey
from provision.spec.model import SpecDocument
from provision.spec.position import Positions

__all__ = ["Spec"]


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec that was read and checked.

    ``sensitive`` are the texts that came from ``${env:}``, ``${file:}`` and ``${cmd:}``: no output
    may show them. ``presets`` are the names of the presets that it extends, in order.
    """

    path: Path
    document: SpecDocument
    positions: Positions = field(repr=False)
    warnings: tuple[Finding, ...] = ()
    certificate: Certificate | None = field(default=None, repr=False)
    private_key: PrivateKey | None = field(default=None, repr=False)
    presets: tuple[str, ...] = ()
    sensitive: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def load(
        cls,
        path: Path | str,
        variables: Mapping[str, str] | None = None,
        *,
        allow_exec: bool = False,
    ) -> Spec:
        """The spec in the file ``path``, with values for its ``${name}``.

        ``${env:NAME}`` is read from the environment of this process; ``${cmd:COMMAND}`` runs only
        with ``allow_exec``. Raises :class:`SpecError` with every problem.
        """
        from provision.spec.load import load
        from provision.spec.variable import Variables

        values = dict(variables or {})
        return load(Path(path), Variables(values, dict(os.environ), allow_exec=allow_exec))

    @property
    def app(self) -> str:
        """The app's developer name."""
        return self.document.app
