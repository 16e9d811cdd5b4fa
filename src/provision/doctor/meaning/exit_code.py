"""Exit codes of the program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from provision.doctor.meaning.meaning import Meaning
from provision.errors import (
    ApplyFailed,
    CannotError,
    ExitCode,
    GateRefused,
    NotProven,
    OrgError,
    ProvisionError,
)

__all__ = ["exit_code_meaning"]

_EXIT_CODE: Final = re.compile(r"(?:exit(?:[ -]?code)?[ :]*)?(\d)", re.IGNORECASE)
_ERRORS: Final = (CannotError, OrgError, ApplyFailed, GateRefused, NotProven)
# The others are not of an error: there is no class whose words to use.
_NO_ERROR: Final[Mapping[ExitCode, str]] = {
    ExitCode.OK: "Done; for diff, lint and doctor: nothing found.",
    ExitCode.BUG: "A bug in provision.",
    ExitCode.FOUND: "Found: differences (diff, plan --exit-code), or findings (lint, doctor).",
}


def exit_code_meaning(word: str) -> Meaning | None:
    """What an exit code means: ``6``, ``exit 6`` or ``REFUSED``; ``None`` for what is none."""
    found = _EXIT_CODE.fullmatch(word.strip())
    for code in ExitCode:
        if word.upper() == code.name or (found and int(found[1]) == code):
            return Meaning(f"exit {code.value} ({code.name})", (("means", _said(code)),))
    return None


def _said(code: ExitCode) -> str:
    by_code: dict[ExitCode, type[ProvisionError]] = {each.exit_code: each for each in _ERRORS}
    return _NO_ERROR.get(code) or (by_code[code].__doc__ or "").strip()
