"""Choosing a sink: from what a user typed after ``--to``."""

from __future__ import annotations

from pathlib import Path

from provision.secret.error import SinkError
from provision.secret.sink import Sink

__all__ = ["sink_for"]


def sink_for(text: str, *, prefix: str = "", force: bool = False) -> Sink:
    """The sink that ``text`` names: ``file:``, ``env-file:``, ``keyring:`` or ``cmd:``.

    ``prefix`` goes before the names in an environment file; ``force`` lets a file be overwritten.
    Raises :class:`SinkError` for a text that names none.
    """
    # Late: who loads a spec wants a Secret, and none of these.
    from provision.secret.command_sink import CommandSink
    from provision.secret.env_file_sink import EnvFileSink
    from provision.secret.file_sink import FileSink
    from provision.secret.keyring_sink import KeyringSink

    kind, colon, argument = text.partition(":")
    if not colon or not argument.strip():
        raise _no_sink(text)
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
            raise _no_sink(text)


def _no_sink(text: str) -> SinkError:
    return SinkError(
        f"{text.partition(':')[0]!r} names no place for secrets",
        next_step="Use file:PATH, env-file:PATH, keyring:SERVICE or cmd:COMMAND.",
    )
