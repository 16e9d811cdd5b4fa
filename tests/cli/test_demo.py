"""`make demo` is what somebody sees first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import provision

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_runs_to_its_end(tmp_path) -> None:
    """Each step is held by the script itself to the exit code that it is to have."""
    programs = Path(sys.executable).parent
    source = Path(provision.__file__).parents[1]
    done = subprocess.run(
        ["sh", str(ROOT / "docs/demo/run.sh"), str(tmp_path / "demo")],
        env={
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(source),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "proven by JWT login" in done.stdout
    assert done.stdout.rstrip().endswith("localorg.db.")
