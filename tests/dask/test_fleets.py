"""A fleet on workers that are killed in the middle of it: nothing is lost, nothing done twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provision.runs.rows import read_record
from tests.dask.cluster import Cluster
from tests.dask.conftest import ManyOrgs
from tests.dask.gate import HANGS_AFTER, closed_gate

pytestmark = pytest.mark.slow

LOGIN, DEPLOY = "oauth:userinfo", "rest:deployRequest"


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch, cluster: Cluster):
    """Kill, during each of some operations, the worker that waits for the first answer."""

    def kill_during(*operations: str) -> list[str]:
        hit = []
        for operation in operations:
            with closed_gate(monkeypatch, operation) as gate:
                hit.append(gate.first())
                worker = cluster.worker_at_work_on(hit[-1])
                worker.kill()
                worker.wait()
        return hit

    return kill_during


def test_a_killed_worker_loses_nothing_and_has_nothing_done_twice(
    run, cluster: Cluster, many_orgs: ManyOrgs, killer
) -> None:
    cluster.start_workers(4)
    with ThreadPoolExecutor(1) as pool:
        # One before anything was written, and one whose deploy took effect unbeknown to it.
        killed = pool.submit(killer, LOGIN, DEPLOY)
        arguments = (
            "--executor",
            cluster.url,
            "--yes",
            "--quiet",
            "--http-timeout",
            str(HANGS_AFTER),
        )
        ran = run("apply", "fleet.yaml", *arguments)
        _, deployed = killed.result(HANGS_AFTER)
    assert ran.code == 0, ran.err
    assert len([worker for worker in cluster.workers if worker.poll() is None]) == 2

    (path,) = Path(".provision/runs").glob("*-apply-fleet/rows.jsonl")
    record = read_record(path)
    assert sorted(row.org for row in record.rows) == sorted(many_orgs.names)
    assert len(path.read_text().splitlines()) == 1 + len(many_orgs.names)
    summaries = {row.org: row.summary for row in record.rows}
    assert summaries[deployed] == "in sync, proven"
    assert "applied, proven" in summaries.values()

    assert sorted(many_orgs.deploys()) == sorted(many_orgs.names)
    again = run("diff", "fleet.yaml", "--executor", cluster.url, "--quiet")
    assert again.code == 0, again.out


def test_shards_on_workers_merge_into_one_report(
    run, cluster: Cluster, many_orgs: ManyOrgs
) -> None:
    cluster.start_workers(2)
    for shard in ("1/2", "2/2"):
        ran = run("diff", "fleet.yaml", "--executor", cluster.url, "--shard", shard, "--quiet")
        assert ran.code == 4, ran.err
    records = sorted(map(str, Path(".provision/runs").glob("*-diff-fleet*/rows.jsonl")))
    assert len(records) == 2
    merged = run("report", "merge", *records, "--format", "json")
    assert merged.code == 4
    orgs = [entry["org"] for entry in json.loads(merged.out)["results"]]
    assert sorted(orgs) == sorted(many_orgs.names)


def test_workers_see_what_has_changed_since_the_run_before(
    run, cluster: Cluster, many_orgs: ManyOrgs
) -> None:
    cluster.start_workers(1)
    arguments = ("plan", "fleet.yaml", "--executor", cluster.url, "--org", "org1", "--quiet")
    before = run(*arguments)
    spec = Path("robot.yaml")
    spec.write_text(spec.read_text().replace("The robot", "The other robot"), encoding="utf-8")
    assert "label: The robot" in before.out
    assert "label: The other robot" in run(*arguments).out
