"""Results that are kept: a line a run, a file a shard of a scenario, a directory a source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

__all__ = ["KEPT", "Line", "Results", "Tally", "source_digest"]

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".cache" / "faults"
"""Where results are, below the digest of the source that they belong to."""

_MOST_KEPT = 4000  # characters of what a run said


@dataclass(frozen=True)
class Line:
    """One run. ``met``: the request was made, so that the fault took place.

    ``said`` and ``again`` (what reruns came to) are kept of runs in which something was found.
    """

    kind: str
    position: str
    met: bool
    code: int
    untruths: tuple[str, ...]
    converged: bool
    seconds: float
    said: str = ""
    again: str = ""

    @property
    def is_found(self) -> bool:
        """Whether it told an untruth, or a rerun did not converge."""
        return self.met and bool(self.untruths or not self.converged)


@dataclass
class Tally:
    """How many runs of one verb, or of one fault, there were, and what was found in them."""

    runs: int = 0
    untrue: int = 0
    stuck: int = 0

    def count(self, line: Line) -> None:
        """Count a run in which the fault took place."""
        self.runs += 1
        self.untrue += bool(line.untruths)
        self.stuck += not line.converged


@dataclass(frozen=True)
class Results:
    """The results of one state of the source."""

    directory: Path
    done: str = field(default="done", init=False)

    @classmethod
    def of_source(cls) -> Results:
        """Those of the source as it is now."""
        return cls(KEPT / source_digest())

    def lines(self, scenario: str) -> Iterator[Line]:
        """The runs of a scenario."""
        for path in sorted(self.directory.glob(f"{scenario}.*.jsonl")):
            for text in path.read_text(encoding="utf-8").splitlines():
                said = json.loads(text)
                yield Line(**{**said, "untruths": tuple(said["untruths"])})

    def add(self, scenario: str, shard: int, line: Line) -> None:
        """Keep a run."""
        kept = asdict(line)
        if not line.is_found:
            kept.update(said="", again="")
        kept["said"] = kept["said"][-_MOST_KEPT:]
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / f"{scenario}.{shard}.jsonl").open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(kept)}\n")

    def complete(self, scenario: str, shard: int, shards: int) -> None:
        """Note that all runs of a shard were made."""
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / f"{scenario}.{shard}-of-{shards}.{self.done}").touch()

    def is_complete(self, scenario: str) -> bool:
        """Whether all runs of a scenario were made."""
        found = [path.stem for path in self.directory.glob(f"{scenario}.*.{self.done}")]
        return any(len(found) >= int(name.rpartition("-")[2]) for name in found)


def source_digest() -> str:
    """What the program, its templates and this sweep are now, in twelve digits."""
    digest = hashlib.sha256()
    files = ["src/**/*.py", "templates/**/*.j2", "tests/faults/*.py"]
    for path in sorted(path for pattern in files for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
