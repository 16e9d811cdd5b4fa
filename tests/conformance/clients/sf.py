"""The `sf` CLI: every command with --json, with a home of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tests.conformance.clients.process import run
from tests.conformance.toolbox import NODE_MODULES, node

__all__ = ["Sf", "SfAnswer"]

_ENTRY: Final = NODE_MODULES / "@salesforce" / "cli" / "bin" / "run.js"
_ENVIRONMENT: Final = {
    "SF_DISABLE_TELEMETRY": "true",
    # Of an npm installation the first alone keeps nobody: a process of `sf update` is left behind.
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_DISABLE_AUTOUPDATE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_LOG_FILE": "true",  # its writer delays every exit by up to a second
    "CI": "true",
}


@dataclass(frozen=True, slots=True)
class SfAnswer:
    """What a command printed with --json. ``name`` and ``message`` are an error's."""

    exit_code: int
    result: Any
    name: str
    message: str

    @classmethod
    def of(cls, exit_code: int, printed: str) -> SfAnswer:
        """The answer in what was printed."""
        answer = json.loads(printed[printed.index("{") :])  # a question may stand before it
        return cls(
            exit_code, answer.get("result"), answer.get("name", ""), answer.get("message", "")
        )

    def checked(self) -> Any:
        """The result, if it went well; else the test fails with what `sf` said."""
        assert self.exit_code == 0, f"exit {self.exit_code}: {self.name}: {self.message}"
        return self.result


@dataclass(frozen=True, slots=True)
class Sf:
    """The CLI of one user: whom it knows is in ``home``, where it runs is ``folder``."""

    home: Path
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: str = "") -> SfAnswer:
        """Run a command."""
        ended = run(
            [node(), _ENTRY, *arguments, "--json"],
            home=self.home,
            cwd=self.folder,
            stdin=stdin,
            path=self.path,
            environ=self.environment,
        )
        assert "{" in ended.stdout, f"exit {ended.code}\n{ended.stderr}"
        return SfAnswer.of(ended.code, ended.stdout)

    @property
    def path(self) -> tuple[Path, ...]:
        """Where the CLI's programs are."""
        return node().parent, NODE_MODULES / ".bin"

    @property
    def environment(self) -> Mapping[str, str]:
        """What the CLI finds in its environment."""
        return {**_ENVIRONMENT, **self.environ}

    def where(self, **environ: str) -> Sf:
        """The same CLI with more in its environment."""
        return replace(self, environ={**self.environ, **environ})

    def login_token(self, url: str, access_token: str) -> SfAnswer:
        """`sf org login access-token`, as the default org."""
        return self.where(SF_ACCESS_TOKEN=access_token)(
            "org", "login", "access-token", "--instance-url", url, "--no-prompt", "--set-default"
        )  # fmt: skip

    def login_jwt(self, url: str, username: str, client_id: str, key: Path) -> SfAnswer:
        """`sf org login jwt`, as the default org."""
        return self(
            "org", "login", "jwt", "--instance-url", url, "--username", username,
            "--client-id", client_id, "--jwt-key-file", key, "--set-default",
        )  # fmt: skip

    def login_web(self, url: str, client_id: str = "", secret: str = "") -> SfAnswer:
        """`sf org login web`, as the default org; of an app of ours it asks for the secret."""
        client = ("--client-id", client_id) if client_id else ()
        command = ("org", "login", "web", "--instance-url", url, *client, "--set-default")
        return self(*command, stdin=f"{secret}\n")
