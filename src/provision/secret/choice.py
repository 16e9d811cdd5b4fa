"""Choosing a sink: from what a user typed after ``--to``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provision.secret.error import SinkError
from provision.secret.sink import Sink
from provision.sensitive_text import sensitive_kind

__all__ = ["sink_for"]

_LONGEST_NAME: Final = 255  # bytes of one name of a path, in all file systems in use


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
    """Names of sinks are shown: a secret in the place of one is refused."""
    kind = sensitive_kind(argument)
    is_name = argument.isprintable() and all(
        len(part.encode()) <= _LONGEST_NAME for part in argument.split("/")
    )
    if kind or not is_name:
        raise SinkError(
            f"--to holds {kind or 'what no path and no name is'}, where a path or a name is due",
            next_step="Use file:PATH, env-file:PATH, keyring:SERVICE or cmd:COMMAND.",
        )


def _no_sink() -> SinkError:
    return SinkError(
        "--to names no place for secrets",
        next_step="Use file:PATH, env-file:PATH, keyring:SERVICE or cmd:COMMAND.",
    )
