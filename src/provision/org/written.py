"""Written: what this run wrote to one org, so that no error hides it."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.errors import ApplyFailed, ExitCode, ProvisionError

__all__ = ["Written"]

_SAYS_SO: frozenset[ExitCode] = frozenset({ExitCode.APPLY_FAILED, ExitCode.NOT_PROVEN})


@dataclass(slots=True)
class Written:
    """What was written to one org, in sentences, in the order of the writes."""

    _said: list[str] = field(default_factory=list)
    _settled: int = 0

    def note(self, sentence: str) -> None:
        """Note what was just written, as a sentence."""
        if sentence not in self._said:
            self._said.append(sentence)

    def correct(self, sentence: str, by: str) -> None:
        """Note ``by`` in place of a sentence that is true no more."""
        self._said = [by if said == sentence else said for said in self._said]

    def settle(self) -> None:
        """Note that one app is done: what comes next is another, whose errors do not tell of it."""
        self._settled = len(self._said)

    def __bool__(self) -> bool:
        return bool(self._said)

    def __str__(self) -> str:
        return "\n".join(self._said)

    def first(self, error: BaseException) -> BaseException:
        """``error`` as one that begins with what was written.

        It is returned as it is where nothing was written. An error whose class says that something
        was tells of its own app, and gets what was settled before that. Any other one becomes
        :class:`ApplyFailed`: after the first write, no other exit code is true.
        """
        if not self._said:
            return error
        if isinstance(error, ProvisionError):
            if error.exit_code in _SAYS_SO:
                before = "\n".join(self._said[: self._settled])
                if before and not error.message.startswith(before):
                    error.message = f"{before}\n{error.message}"
                return error
            return ApplyFailed(f"{self}\n{error.message}", next_step=error.next_step)
        if isinstance(error, KeyboardInterrupt):
            return ApplyFailed(
                f"{self}\ninterrupted",
                next_step="That is done, and what would have come after it is not. Run it again, "
                "or see what the org has with `provision diff`.",
            )
        return ApplyFailed(
            f"{self}\nthis is a bug in provision: {type(error).__name__}: {error}",
            next_step="Run `provision diff` to see what the org has, and report the bug.",
        )
