"""Runs kept below a directory of a test's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.apply.prepare import Prepared
from provision.apply.recording import Recorder, intent_of
from provision.apply.rollback import KeptRun, read_run
from provision.apply.run import Applied, apply_plan
from provision.apply.state_store import DirectoryState
from provision.runs.run_directory import find_run
from tests.apply.conftest import Work


@dataclass
class Keeping:
    """What a user does with one org, with each run kept."""

    work: Work
    base: Path

    @property
    def recorder(self) -> Recorder:
        state = DirectoryState(self.base / "last-applied", self.work.messages.append)
        return Recorder(lambda: self.base, state, self.work.messages.append)

    @property
    def runs(self) -> list[str]:
        return sorted(path.parent.name for path in self.base.glob("*/record.json"))

    def apply(self, prepared: Prepared, verb="apply") -> Applied:
        org = self.work.org.writable()
        with self.recorder.recording(intent_of(prepared, verb), org) as recording:
            applied = apply_plan(prepared, org, self.work.messages.append)
            if verb == "apply":
                recording.applied(applied)
        return applied

    def newest(self) -> KeptRun:
        paths = sorted(self.base.glob("*/record.json"), key=lambda path: path.stat().st_mtime_ns)
        return read_run(find_run(self.base, paths[-1].parent.name))
