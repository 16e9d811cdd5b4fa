"""Console: results on stdout, messages on stderr, and no secrets on either."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass
from typing import TextIO

from provision.cli.telling import lose_result, note_result
from provision.errors import ProvisionError
from provision.redaction import SECRETS
from provision.sensitive_text import without_secrets

__all__ = ["Console", "print_bug", "print_error"]


@dataclass(frozen=True, slots=True)
class Console:
    """Where a verb speaks. ``quiet`` leaves the talk out."""

    quiet: bool = False

    def result(self, text: str) -> None:
        """Print what the verb was run for."""
        _write(sys.stdout, text)

    def document(self, text: str) -> None:
        """Print a result in a format that hides by itself, and that hiding anew would break."""
        note_result()
        _write_line(sys.stdout, text)

    def talk(self, text: str) -> None:
        """Say what is going on."""
        if not self.quiet:
            _write(sys.stderr, without_secrets(text))


def print_error(error: ProvisionError) -> None:
    """Print an error, and the step that it says comes next."""
    _write(sys.stderr, f"error: {error.message}")
    if error.next_step:
        _write(sys.stderr, f"next: {error.next_step}")


def print_bug(error: Exception) -> None:
    """Print where an exception of ours came from. It may quote what came from outside."""
    _write(sys.stderr, without_secrets("".join(traceback.format_exception(error)).rstrip()))
    _write(sys.stderr, without_secrets(f"error: this is a bug in provision: {error}"))


def _write(stream: TextIO | None, text: str) -> None:
    """A text on a stream, without secrets."""
    end = "\n" if text.endswith("\n") else ""
    _write_line(stream, SECRETS.lines(text) + end)


def _write_line(stream: TextIO | None, text: str) -> None:
    """Text on a stream; characters that the stream cannot show are escaped.

    Never fails: see :mod:`provision.cli.telling`, whose streams are in use in the program itself.
    """
    if stream is None:  # closed before the program began
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except (OSError, ValueError) as error:
        if stream is sys.stdout:
            lose_result(f"stdout: {getattr(error, 'strerror', None) or error}")
