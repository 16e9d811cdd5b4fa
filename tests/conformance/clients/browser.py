"""Chromium, opened by `sf org login web`: somebody logs in, and allows or denies."""

from __future__ import annotations

import json
import os
import shlex
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conformance.toolbox import HERE, NODE_MODULES, node

__all__ = ["Browser", "Visit"]

_PROGRAM: Final = HERE / "programs" / "browser.cjs"
_LONGEST: Final = 60.0
_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Visit:
    """The titles of the pages that were shown, and at last the path of the CLI's own page."""

    pages: tuple[str, ...]
    ended_at: str


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser with an empty profile in ``folder``, which must not exist yet."""

    chromium: Path
    folder: Path

    def environ(self, username: str, decision: str = "allow") -> Mapping[str, str]:
        """What makes `sf` open this browser, in which ``username`` decides."""
        self.folder.mkdir()
        script = self.folder / "open"
        command = shlex.join([str(node()), str(_PROGRAM)])
        script.write_text(
            # `sf` listens for the answer once this script has ended.
            f'#!/bin/sh\nsetsid {command} "$1" >/dev/null 2>&1 &\necho $! >{self._pid}\n',
            encoding="utf-8",
        )
        script.chmod(0o755)
        return {
            "BROWSER": str(script),
            "BROWSER_CHROMIUM": str(self.chromium),
            "BROWSER_PROFILE": str(self.folder / "profile"),
            "BROWSER_REPORT": str(self._report),
            "BROWSER_USERNAME": username,
            "BROWSER_DECISION": decision,
            "NODE_PATH": str(NODE_MODULES),
        }

    def visit(self) -> Visit:
        """What was seen: the browser closes a moment after `sf` has its code."""
        latest = time.monotonic() + _LONGEST
        while not self._report.exists() or not self._report.stat().st_size:
            assert time.monotonic() < latest, "the browser never closed"
            time.sleep(_PAUSE)
        report = json.loads(self._report.read_text(encoding="utf-8"))
        assert not report["error"], report["error"]
        *pages, ended_at = report["seen"]
        return Visit(tuple(pages), ended_at)

    def close(self) -> None:
        """End it, should it still be there: it is the leader of its own process group."""
        if self._pid.exists():
            with suppress(ProcessLookupError):
                os.killpg(int(self._pid.read_text()), signal.SIGKILL)

    @property
    def _pid(self) -> Path:
        return self.folder / "pid"

    @property
    def _report(self) -> Path:
        return self.folder / "report.json"
