"""OpenSSL's own program, on the files that `provision keys new` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.conformance.clients.process import run

__all__ = ["OpenSSL"]


@dataclass(frozen=True, slots=True)
class OpenSSL:
    """The `openssl` program, working in a folder."""

    program: Path
    folder: Path

    def __call__(self, *arguments: str | Path) -> str:
        """Run a command that must end well: what it printed."""
        return run([self.program, *arguments], home=self.folder).checked().stdout.strip()
