"""One program, run to its end: what it said, and how it ended."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Ended", "run"]

_LONGEST: Final = 120
_PASSED_ON: Final = ("LANG", "LC_ALL", "TZ", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int
    stdout: str
    stderr: str

    def checked(self) -> Ended:
        """This, if it ended well; else the test fails with what the program said."""
        assert self.code == 0, f"exit {self.code}\n{self.stdout}\n{self.stderr}"
        return self


def run(
    command: Sequence[str | Path],
    *,
    home: Path,
    cwd: Path | None = None,
    stdin: str = "",
    path: Sequence[Path] = (),
    environ: Mapping[str, str] | None = None,
) -> Ended:
    """Run a program with a home of its own and next to nothing of this environment."""
    directories = [str(directory) for directory in path] + [os.environ["PATH"]]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd or home,
        env={
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "PATH": os.pathsep.join(directories),
            "HOME": str(home),
            **(environ or {}),
        },
        input=stdin,
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
