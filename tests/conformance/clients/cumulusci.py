"""CumulusCI: one of its metadata classes a call, in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provision.localorg import RunningOrg
from tests.conformance.clients.process import run
from tests.conformance.toolbox import HERE, PYTHON

__all__ = ["CumulusCI", "CumulusCIAnswer"]

_PROGRAM: Final = HERE / "programs" / "run_cumulusci.py"


@dataclass(frozen=True, slots=True)
class CumulusCIAnswer:
    """What a class gave: a result, or an error's name and message."""

    result: Any
    error: str
    message: str

    def checked(self) -> Any:
        """The result, if it went well."""
        assert not self.error, f"{self.error}: {self.message}"
        return self.result


@dataclass(frozen=True, slots=True)
class CumulusCI:
    """CumulusCI with a session of the administrator."""

    org: RunningOrg
    token: str
    home: Path

    def __call__(self, operation: str, **given: object) -> CumulusCIAnswer:
        """Run an operation of ``programs/run_cumulusci.py``."""
        asked = {
            "url": self.org.url,
            "token": self.token,
            "org_id": self.org.org_id,
            "operation": operation,
            "given": given,
        }
        ended = run([PYTHON, _PROGRAM], home=self.home, stdin=json.dumps(asked)).checked()
        answer = json.loads(ended.stdout)
        error = answer.get("error", {})
        return CumulusCIAnswer(
            answer.get("result"), error.get("name", ""), error.get("message", "")
        )
