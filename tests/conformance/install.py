"""Install the programs of `make conformance`, pinned, into the cache folder; quick when done.

    python -m tests.conformance.install

Ends with 1 if something could not be installed although its registry answered. A registry that is
out of reach is said loudly and noted: its tests are then skipped.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conformance.toolbox import (
    HERE,
    NODE_PROJECT,
    PYTHON,
    VENV,
    Outcome,
    Source,
    Verdict,
    keep,
    noted,
    program,
)

_LONGEST: Final = 900  # seconds for one command
_NODE_FILES: Final = ("package.json", "package-lock.json", ".npmrc")
_NPM_OPTIONS: Final = (
    "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
    "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000",
)  # fmt: skip
_DEBIAN_PACKAGES: Final = {"chromium": "chromium", "openssl": "openssl"}  # program: package
_NO_NETWORK: Final = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT"
    r"|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Max retries exceeded"
    r"|[Nn]ame resolution|Network is unreachable|[Cc]ould not (resolve|connect)"
    r"|Temporary failure resolving|Connection (refused|timed out)"
)


@dataclass(frozen=True, slots=True)
class Installation:
    """What one source gives us, the files that pin it, and how to get it."""

    source: Source
    gives: str
    pins: tuple[Path, ...]
    commands: tuple[tuple[str, ...], ...]


class _Failed(Exception):
    """A command that did not do it; its output is the message."""


def main() -> int:
    """Install what is missing, source after source."""
    outcomes = [_ensure(installation) for installation in _installations()]
    outcomes.append(_ensure_debian())
    return int(any(outcome.verdict is Verdict.ABSENT for outcome in outcomes))


def _installations() -> tuple[Installation, ...]:
    requirements = HERE / "requirements.txt"
    quiet_pip = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2")
    return (
        Installation(
            Source.PIP,
            "CumulusCI, and the Node.js of sf, jsforce and the browser",
            (requirements,),
            (
                (sys.executable, "-m", "venv", "--clear", str(VENV)),
                (str(PYTHON), "-m", "pip", "install", *quiet_pip, "-r", str(requirements)),
            ),
        ),
        Installation(
            Source.NPM,
            "sf, jsforce, and what drives the browser",
            tuple(HERE / "node" / name for name in _NODE_FILES),
            (("npm", "ci", *_NPM_OPTIONS),),
        ),
    )


def _ensure(installation: Installation) -> Outcome:
    pins = _digest(installation.pins)
    known = noted(installation.source)
    if known.verdict is Verdict.INSTALLED and known.pins == pins:
        return known
    _say(f"installing {installation.gives} ({installation.source})")
    if installation.source is Source.NPM:
        _lay_node_project()
    outcome = _attempt(installation.commands, installation.gives, pins)
    keep(installation.source, outcome)
    return outcome


def _ensure_debian() -> Outcome:
    missing = [package for name, package in _DEBIAN_PACKAGES.items() if program(name) is None]
    gives = ", ".join(missing)
    if not missing:
        outcome = Outcome(Verdict.INSTALLED)
    elif os.geteuid() or program("apt-get") is None:
        _say(f"{gives}: MISSING, and only root can install Debian packages")
        outcome = Outcome(Verdict.ABSENT, detail=f"{gives}: install it as root")
        keep(Source.DEBIAN, outcome)
        return Outcome(Verdict.INSTALLED)  # not ours to fail on: the tests say what they lack
    else:
        _say(f"installing {gives} (apt-get)")
        install = ("apt-get", "install", "--yes", "--no-install-recommends", *missing)
        outcome = _attempt((("apt-get", "update"), install), gives, "")
    keep(Source.DEBIAN, outcome)
    return outcome


def _attempt(commands: Sequence[Sequence[str]], gives: str, pins: str) -> Outcome:
    try:
        for command in commands:
            _run(command)
    except _Failed as failure:
        output = str(failure)
        unreachable = _NO_NETWORK.search(output)
        if unreachable is None:
            _say(f"{gives}: FAILED to install\n{output}")
            return Outcome(Verdict.ABSENT, detail=f"{gives}: the installation failed")
        reason = f"{gives}: the registry is out of reach ({unreachable.group()})"
        _say(f"SKIPPING {reason}")
        return Outcome(Verdict.UNREACHABLE, detail=reason)
    return Outcome(Verdict.INSTALLED, pins)


def _run(command: Sequence[str]) -> None:
    """Run to the end. Raises :class:`_Failed`."""
    try:
        done = subprocess.run(
            command,
            cwd=NODE_PROJECT if command[0] == "npm" else None,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
    except FileNotFoundError as error:
        raise _Failed(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise _Failed(f"{command[0]}: Connection timed out after {_LONGEST} s") from error
    if done.returncode:
        raise _Failed(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")


def _environment() -> Mapping[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def _lay_node_project() -> None:
    NODE_PROJECT.mkdir(parents=True, exist_ok=True)
    for name in _NODE_FILES:
        shutil.copy(HERE / "node" / name, NODE_PROJECT / name)


def _digest(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _say(what: str) -> None:
    sys.stderr.write(f"conformance: {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
