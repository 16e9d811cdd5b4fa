"""The standard output, for whoever asks for it outright."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from provision.secret.error import SinkError
from provision.secret.sink import Values, document

__all__ = ["TerminalSink"]


@dataclass(frozen=True, slots=True)
class TerminalSink:
    """A terminal that shows the values; with ``force``, whatever else the stream leads to."""

    stream: TextIO
    force: bool = False

    @property
    def name(self) -> str:
        """What to call it in an output."""
        return "the standard output"

    def check(self) -> None:
        """Raise :class:`SinkError` for a stream that is no terminal: logs of CI are kept."""
        if self.stream.closed or not (self.force or self.stream.isatty()):
            raise SinkError(
                "the standard output is not a terminal: a secret would end in a file or a log",
                next_step="Name a sink with --to, or insist with --force.",
            )

    def put(self, values: Values) -> None:
        """Print the values. Raises :class:`SinkError`."""
        self.check()
        try:
            self.stream.write(document(values).rstrip("\n") + "\n")
            self.stream.flush()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is closed"
            raise SinkError(
                f"the standard output takes nothing: {reason}",
                next_step="Name a sink with --to.",
            ) from None
