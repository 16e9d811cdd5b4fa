"""Spec: the description of one external client app, with the files that it refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from provision.findings import Finding
from provision.keys import Certificate, PrivateKey
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

    @property
    def app(self) -> str:
        """The app's developer name."""
        return self.document.app
