"""`provision` itself, as a program, on its way from a spec to an app that clients log in with."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.localorg import RunningOrg
from tests.conformance.clients.process import Ended, run
from tests.conformance.clients.sf import Sf

__all__ = ["Provision"]

_PROGRAM: Final = Path(sys.executable).with_name("provision")


@dataclass(frozen=True, slots=True)
class Provision:
    """The program in a folder of its own; with a session of the org, unless it borrows one.

    ``stdin`` is what it, and what it runs, is typed.
    """

    folder: Path
    org: RunningOrg
    borrows_from: Sf | None = None
    stdin: str = ""

    def __call__(self, *arguments: str | Path) -> Ended:
        """Run a verb, which must end well."""
        trusted = {"REQUESTS_CA_BUNDLE": str(self.org.ca_file)}
        if self.borrows_from is not None:
            return run(
                [_PROGRAM, *arguments],
                home=self.borrows_from.home,
                cwd=self.folder,
                stdin=self.stdin,
                path=self.borrows_from.path,
                environ={**trusted, **self.borrows_from.environment},
            ).checked()
        session = {
            "SF_INSTANCE_URL": self.org.https_url,
            "SF_ACCESS_TOKEN": self.org.session().access_token,
        }
        return run([_PROGRAM, *arguments], home=self.folder, environ=trusted | session).checked()

    def new_key(self, name: str) -> Path:
        """`provision keys new`: the private key; its certificate is beside it."""
        self("keys", "new", name)
        return self.folder / "keys" / f"{name}.key"

    def apply(self, spec: str, *options: str) -> Ended:
        """`provision apply` of a spec's text."""
        return self("apply", self.spec(spec), "--yes", *options)

    def spec(self, text: str) -> Path:
        """A spec's text as a file."""
        file = self.folder / "spec.yaml"
        file.write_text(text, encoding="utf-8")
        return file
