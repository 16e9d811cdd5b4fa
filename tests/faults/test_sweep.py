"""A fixed sample of the sweep: each verb that writes meets some faults. `make faults` runs all."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.results import ROOT, Results
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.slow

SAMPLE = "2026:4"


@pytest.mark.parametrize("scenario", [each.name for each in SCENARIOS])
def test_what_is_said_is_so_and_reruns_converge(scenario: str, tmp_path: Path) -> None:
    # A process of its own: it sends itself signals, and changes its directory and environment.
    command = [sys.executable, "-m", "tests.faults.sweep", "--here", "--only", scenario,
               "--sample", SAMPLE, "--results", str(tmp_path)]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    found = [line for line in Results(tmp_path).lines(scenario) if line.is_found]
    assert found == []
    assert ran.returncode == 0, ran.stdout + ran.stderr
