"""``cmd:COMMAND``: the standard input of a program (vault, sops, 1Password, `gh secret set`)."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import Final

from provision.secret.secret import SinkError
from provision.secret.sink import Values, document

__all__ = ["COMMAND_SECONDS", "CommandSink"]

COMMAND_SECONDS: Final = 120.0
"""How long a command may take: some ask for a fingerprint."""


@dataclass(frozen=True, slots=True)
class CommandSink:
    """A program that reads the values: one as it is, several as a JSON object.

    It is run without a shell. Values are never arguments, which every user of the machine can
    see. What the program prints is discarded, since it may print the values.
    """

    command: str = field(repr=False)
    seconds: float = COMMAND_SECONDS

    @property
    def name(self) -> str:
        """Its name in messages: the program, without arguments."""
        return f"the command {self._words()[0]}"

    def check(self) -> None:
        """Raise :class:`SinkError` if there is no such program."""
        program = self._words()[0]
        if shutil.which(program) is None:
            raise SinkError(
                "there is no such program as the first word of cmd:COMMAND",
                next_step="Install it, or fix cmd:COMMAND. It is run without a shell; for one, "
                "use cmd:sh -c '...'.",
            )

    def put(self, values: Values) -> None:
        """Run the command. Raises :class:`SinkError` if it fails, or does not end in time."""
        try:
            done = subprocess.run(  # noqa: S603  # the user's own command, without a shell
                self._words(),
                input=document(values).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:  # not chained, since it has the arguments
            raise SinkError(
                f"{self.name} did not end in {self.seconds:g} seconds, and was stopped",
                next_step="Run it by hand with made-up input to see what it waits for.",
            ) from None
        except OSError as error:
            raise SinkError(
                f"{self.name} cannot be run: {error.strerror}", next_step="Fix cmd:COMMAND."
            ) from None
        if done.returncode != 0:
            raise SinkError(
                f"{self.name} failed with exit code {done.returncode}",
                next_step="Run it by hand with made-up input; what it prints is not shown here, "
                "since it may hold the secret.",
            )

    def _words(self) -> list[str]:
        try:
            words = shlex.split(self.command)
        except ValueError as error:
            raise SinkError(
                f"cmd:COMMAND cannot be split into words: {error}",
                next_step="Close the quotes.",
            ) from error
        if not words:
            raise SinkError("cmd: names no command", next_step="Write cmd:COMMAND.")
        return words
