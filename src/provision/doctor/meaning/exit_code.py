"""Exit codes of the program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from provision.doctor.meaning.meaning import Meaning
from provision.errors import ExitCode

__all__ = ["MEANINGS", "exit_code_meaning"]

_EXIT_CODE: Final = re.compile(r"(?:exit)?[ _-]*(?:code|status)?[ :=_-]*(\d{1,3})", re.IGNORECASE)
_INTERRUPTED: Final = 130  # 128 and the number of SIGINT, as shells have it

MEANINGS: Final[Mapping[ExitCode, str]] = {
    ExitCode.OK: "Done. For diff, lint and doctor: nothing found. A proof may have been a probe "
    "alone, and says so then.",
    ExitCode.BUG: "A bug in provision.",
    ExitCode.CANNOT: "It cannot be done as asked: usage, a spec, or names or versions that the org "
    "does not know. Nothing was written in that org.",
    ExitCode.UNREACHABLE: "The org cannot be reached, or refused the login. Nothing was written in "
    "that org.",
    ExitCode.FOUND: "Found: differences (diff, plan --exit-code), or findings (lint, doctor).",
    ExitCode.APPLY_FAILED: "A write failed, or nobody knows how it ended. The message says what "
    "was written, or that the org is as before.",
    ExitCode.REFUSED: "Refused by a gate, or not confirmed. Nothing was written in that org.",
    ExitCode.NOT_PROVEN: "Applied and read back, and not proven (yet): the login did not succeed, "
    "or one that the spec switches off is still granted.",
}
"""What each means for one org. Over several, the program ends with the worst of them."""


def exit_code_meaning(word: str) -> Meaning | None:
    """What an exit code means: ``6``, ``exit 6`` or ``REFUSED``; ``None`` for what is none."""
    found = _EXIT_CODE.fullmatch(word.strip())
    for code, meaning in MEANINGS.items():
        if word.upper() == code.name or (found and int(found[1]) == code):
            return Meaning(f"exit {code.value} ({code.name})", (("means", meaning),))
    if found and int(found[1]) == _INTERRUPTED:
        facts = (("means", "Interrupted (Ctrl-C) before anything was written."),)
        return Meaning(f"exit {_INTERRUPTED}", facts)
    return None
