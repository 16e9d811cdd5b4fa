"""Console: the result on stdout, the talk on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from provision.errors import ProvisionError

__all__ = ["Console", "print_error"]


@dataclass(frozen=True, slots=True)
class Console:
    """Where a verb speaks. ``quiet`` leaves the talk out; ``hidden`` texts are never printed."""

    quiet: bool = False
    hidden: frozenset[str] = frozenset()

    def result(self, text: str) -> None:
        """Print what the verb was run for."""
        sys.stdout.write(f"{self._redacted(text)}\n")
        sys.stdout.flush()

    def talk(self, text: str) -> None:
        """Say what is going on."""
        if not self.quiet:
            sys.stderr.write(f"{self._redacted(text)}\n")
            sys.stderr.flush()

    def hiding(self, texts: Iterable[str]) -> Console:
        """A console that replaces ``texts`` wherever they would be printed."""
        return Console(self.quiet, self.hidden | frozenset(text for text in texts if text))

    def _redacted(self, text: str) -> str:
        for secret in sorted(self.hidden, key=len, reverse=True):
            text = text.replace(secret, "(hidden)")
        return text


def print_error(error: ProvisionError) -> None:
    """Print an error, and the step that it says comes next."""
    sys.stderr.write(f"error: {error.message}\n")
    if error.next_step:
        sys.stderr.write(f"next: {error.next_step}\n")
