"""Counts the requests of the main verbs, and times the program as a whole process.

Times are medians of several runs in one go, and are shown beside a bound of the same run: absolute
times say nothing on another machine. Usage: ``make benchmark`` or ``python benchmarks/run.py``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.localorg.server import RunningOrg, Settings, running

RUNS = 7
PROVISION = str(Path(sys.executable).with_name("provision"))
SPEC = """\
app: Bench
contact_email: ops@example.com
oauth:
  callback_urls: [https://bench.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/bench.crt, private_key: keys/bench.key}
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
  permission_sets: [{name: Bench, create: true, assign_to: [admin@localorg.example]}]
  session_timeout: 15 minutes
"""


@dataclass(frozen=True)
class Bench:
    """A folder with a spec, an org, and the environment that leads to it."""

    folder: Path
    org: RunningOrg

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "SF_ACCESS_TOKEN": self.org.session().access_token,
            "SF_INSTANCE_URL": self.org.https_url,
            "REQUESTS_CA_BUNDLE": str(self.org.ca_file),
        }

    def run(self, *arguments: str) -> None:
        subprocess.run(
            [PROVISION, *arguments],
            cwd=self.folder, env=self.environment(), check=False, capture_output=True,
        )  # fmt: skip

    def operations(self, *arguments: str) -> Counter[str]:
        """What the org was asked for by one run of the program."""
        before = len(self.org.requests)
        self.run(*arguments)
        return Counter(record.operation for record in list(self.org.requests)[before:])


def main() -> None:
    """Print the tables of benchmarks/README.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bench.yaml").write_text(SPEC, encoding="utf-8")
        subprocess.run(
            [PROVISION, "keys", "new", "bench"], cwd=folder, check=True, capture_output=True
        )
        with running(Settings(database=folder / "org.db")) as org:
            requests(Bench(folder, org))
        times(folder)


def requests(bench: Bench) -> None:
    """Requests of a first apply, a no-op apply and a diff; the session is given (no login)."""
    print("| requests | total | of which |\n|---|---|---|")
    for title, arguments in (
        ("first apply, proof included", ["apply", "bench.yaml", "--yes"]),
        ("apply that changes nothing, proof included", ["apply", "bench.yaml", "--yes"]),
        ("diff", ["diff", "bench.yaml"]),
    ):
        asked = bench.operations(*arguments)
        listed = ", ".join(f"{count} {name}" for name, count in asked.most_common())
        print(f"| {title} | {asked.total()} | {listed} |")
    print()


def times(folder: Path) -> None:
    """Wall time of whole processes beside what they cannot be faster than."""
    bound = timed([sys.executable, "-c", "import typer"], folder)
    print(f"| command | median of {RUNS}, s | x `python -c 'import typer'` |\n|---|---|---|")
    print(f"| `python -c 'import typer'` | {bound:.2f} | 1.0 |")
    for arguments in (
        ["--help"],
        ["validate", "bench.yaml"],
        ["diff", "bench.yaml", "--org", "local"],
    ):
        seconds = timed([PROVISION, *arguments], folder)
        print(f"| `provision {' '.join(arguments)}` | {seconds:.2f} | {seconds / bound:.1f} |")


def timed(command: Sequence[str], folder: Path) -> float:
    """Median wall time in seconds of one command, after a run that warms the caches."""
    taken = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=False, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    main()
