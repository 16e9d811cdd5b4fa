"""Sinks: where a secret may go, and which one the user chose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TextIO, TypeAlias

from provision.secret.secret import Secret, SinkError
from provision.sensitive_text import sensitive_kind

__all__ = ["Sink", "TerminalSink", "Values", "document", "plain", "sink_for"]

Values: TypeAlias = Mapping[str, Secret | str]
"""Secrets, and texts that belong to them, by name (``consumer_key``)."""

_LONGEST_NAME: Final = 255  # bytes of one name of a path, in all file systems in use


class Sink(Protocol):
    """One place for secrets."""

    @property
    def name(self) -> str:
        """Its name in messages."""
        ...

    def check(self) -> None:
        """Raise :class:`SinkError` if :meth:`put` cannot succeed. Writes nothing."""
        ...

    def put(self, values: Values) -> None:
        """Keep ``values``, all or none. Raises :class:`SinkError`."""
        ...


def plain(value: Secret | str) -> str:
    """The text of a value, for the sink itself."""
    return value.reveal() if isinstance(value, Secret) else value


def document(values: Values) -> str:
    """A single value as it is, without a line feed; several values as JSON."""
    if len(values) == 1:
        [value] = values.values()
        return plain(value)
    revealed = {name: plain(value) for name, value in values.items()}
    return json.dumps(revealed, ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class TerminalSink:
    """A terminal that shows the values; with ``force``, any stream."""

    stream: TextIO
    force: bool = False

    @property
    def name(self) -> str:
        """Its name in messages."""
        return "the standard output"

    def check(self) -> None:
        """Raise :class:`SinkError` for a stream that is not a terminal: logs of CI are kept."""
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
                f"the standard output cannot be written to: {reason}",
                next_step="Name a sink with --to.",
            ) from None


def sink_for(text: str, *, prefix: str = "", force: bool = False) -> Sink:
    """The sink that ``text`` names: ``file:``, ``env-file:``, ``keyring:`` or ``cmd:``.

    ``prefix`` goes before the names in an environment file; ``force`` lets a file be overwritten.
    Raises :class:`SinkError` for a text that names no sink.
    """
    # Late: loading a spec needs Secret, but no sinks.
    from provision.secret.command_sink import CommandSink
    from provision.secret.file_sinks import EnvFileSink, FileSink
    from provision.secret.keyring_sink import KeyringSink

    kind, colon, argument = text.partition(":")
    if not colon or not argument.strip():
        raise _no_sink()
    if kind != "cmd":
        _refuse_secret(argument)
    match kind:
        case "file":
            return FileSink(Path(argument).expanduser(), force)
        case "env-file":
            return EnvFileSink(Path(argument).expanduser(), prefix)
        case "keyring":
            return KeyringSink(argument)
        case "cmd":
            return CommandSink(argument)
        case _:
            raise _no_sink()


def _refuse_secret(argument: str) -> None:
    """Refuse a secret instead of the name of a sink: names are shown in messages."""
    kind = sensitive_kind(argument)
    is_name = argument.isprintable() and all(
        len(part.encode()) <= _LONGEST_NAME for part in argument.split("/")
    )
    if kind or not is_name:
        raise SinkError(
            f"--to holds {kind or 'something else'}, instead of a path or a name",
            next_step="Use file:PATH, env-file:PATH, keyring:SERVICE or cmd:COMMAND.",
        )


def _no_sink() -> SinkError:
    return SinkError(
        "--to names no place for secrets",
        next_step="Use file:PATH, env-file:PATH, keyring:SERVICE or cmd:COMMAND.",
    )
