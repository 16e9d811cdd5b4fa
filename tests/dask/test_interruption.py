"""A run on workers that is interrupted twice: it ends, they go on, and --resume does the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provision.runs.rows import read_record
from tests.dask.cluster import Cluster
from tests.dask.conftest import ManyOrgs
from tests.dask.gate import HANGS_AFTER, closed_gate

pytestmark = pytest.mark.slow

PROGRAM = "from provision.cli.main import main; main()"


def test_who_interrupts_twice_waits_for_no_worker_and_goes_on_later(
    run, monkeypatch: pytest.MonkeyPatch, cluster: Cluster, many_orgs: ManyOrgs
) -> None:
    cluster.start_workers(2)
    arguments = ("apply", "fleet.yaml", "--executor", cluster.url, "--yes")
    with (
        closed_gate(monkeypatch, "rest:deployRequest") as gate,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        held = gate.first()
        process.send_signal(signal.SIGINT)
        assert any("interrupted: waiting" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(HANGS_AFTER) == 5  # while the org's answer is still waited for

    (folder,) = Path(".provision/runs").glob("*-apply-fleet")
    rows = {row.org: row for row in read_record(folder / "rows.jsonl").rows}
    assert "nobody waited for its end" in rows[held].summary
    assert len(rows) < len(many_orgs.names)

    resumed = run(*arguments, "--resume", folder.name, "--quiet")
    assert resumed.code == 0, resumed.err
    assert sorted(many_orgs.deploys()) == sorted(many_orgs.names)
