"""jsforce: one operation of its metadata class a call, in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provision.localorg import RunningOrg
from tests.conformance.clients.process import run
from tests.conformance.toolbox import HERE, NODE_MODULES, node

__all__ = ["Jsforce", "JsforceAnswer"]

_PROGRAM: Final = HERE / "programs" / "run_jsforce.cjs"


@dataclass(frozen=True, slots=True)
class JsforceAnswer:
    """What an operation gave: a result, or the name of an error."""

    result: Any
    error: str

    def checked(self) -> Any:
        """The result, if it went well."""
        assert not self.error, self.error
        return self.result


@dataclass(frozen=True, slots=True)
class Jsforce:
    """A connection with a session of the administrator."""

    org: RunningOrg
    token: str
    home: Path
    version: str = "66.0"

    def __call__(self, operation: str, *arguments: object) -> JsforceAnswer:
        """Call ``connection.metadata.<operation>(...arguments)``."""
        asked = {
            "url": self.org.url,
            "token": self.token,
            "version": self.version,
            "operation": operation,
            "arguments": arguments,
        }
        ended = run(
            [node(), _PROGRAM],
            home=self.home,
            stdin=json.dumps(asked),
            environ={"NODE_PATH": str(NODE_MODULES)},
        ).checked()
        answer = json.loads(ended.stdout)
        return JsforceAnswer(answer.get("result"), answer.get("error", {}).get("name", ""))
