"""`provision` itself, as a program, on its way from a spec to an app that clients log in with."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.localorg.server import RunningOrg
from tests.conformance.clients.process import Ended, run

__all__ = ["Provision"]

_PROGRAM: Final = Path(sys.executable).with_name("provision")


@dataclass(frozen=True, slots=True)
class Provision:
    """The program in a folder of its own, with a session of the org in its environment."""

    folder: Path
    org: RunningOrg

    def __call__(self, *arguments: str | Path) -> Ended:
        """Run a verb, which must end well."""
        return run(
            [_PROGRAM, *arguments],
            home=self.folder,
            environ={
                "SF_INSTANCE_URL": self.org.https_url,
                "SF_ACCESS_TOKEN": self.org.session().access_token,
                "REQUESTS_CA_BUNDLE": str(self.org.ca_file),
            },
        ).checked()

    def new_key(self, name: str) -> Path:
        """`provision keys new`: the private key; its certificate is beside it."""
        self("keys", "new", name)
        return self.folder / "keys" / f"{name}.key"

    def apply(self, spec: str) -> Ended:
        """`provision apply` of a spec's text."""
        file = self.folder / "spec.yaml"
        file.write_text(spec, encoding="utf-8")
        return self("apply", file, "--yes")
