"""What DaskExecutor makes of clusters that are not there, go away, or are not as they must be."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from provision.errors import CannotError, ExitCode, OrgUnreachable
from provision.fleet import dask_executor
from provision.fleet.dask_executor import DaskExecutor
from provision.jobs.plan import Diff
from provision.jobs.target import FleetTarget
from provision.jobs.unit import org_row
from tests.dask.cluster import running_cluster
from tests.dask.gate import HANGS_AFTER

pytestmark = pytest.mark.slow


def never_over(_org: str) -> partial[None]:
    return partial(time.sleep, 3600)


def no_orders(org: str) -> partial[None]:
    raise AssertionError(org)


@pytest.mark.parametrize(
    "url",
    ["dask://", "dask://host", "dask://host:port", "dask://host:1/path", "dask://me@host:1",
     "dask://host:99999", "dask://host:1?x=y", "tcp://host:1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url) -> None:
    with pytest.raises(CannotError, match="not the address of a Dask scheduler") as raised:
        DaskExecutor(url, no_orders)
    assert "dask://HOST:PORT" in raised.value.next_step


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotError) as raised, DaskExecutor("dask://127.0.0.1:1", no_orders):
        pass
    assert 'pip install "eca-provision[dask] @ file://$PWD"' in raised.value.next_step


def test_a_scheduler_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes connections, and says nothing
        url = f"dask://127.0.0.1:{server.getsockname()[1]}"
        with (
            pytest.raises(CannotError, match="no Dask scheduler answers"),
            DaskExecutor(url, no_orders, timeout=0.3),
        ):
            pass


def test_a_scheduler_without_workers_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with (
        running_cluster(tmp_path) as cluster,
        pytest.raises(CannotError, match="has no workers") as raised,
        DaskExecutor(cluster.url, no_orders, timeout=0.3),
    ):
        pass
    assert f"dask worker {cluster.address}" in raised.value.next_step


def test_workers_say_what_they_lack(tmp_path: Path, monkeypatch) -> None:
    def orders(org: str) -> partial[object]:
        return partial(org_row, Diff(target=FleetTarget(tmp_path / "nowhere.yaml")), org)

    with running_cluster(tmp_path) as cluster:
        cluster.start_workers(2, threads=3)
        with DaskExecutor(cluster.url, orders) as executor:
            assert executor.at_once == 6
            row = executor.submit("acme").result()
            assert row.exit_code is ExitCode.CANNOT
            assert "nowhere.yaml" in row.summary
            monkeypatch.setattr(dask_executor, "VERSION", "0.0.9")
            with pytest.raises(CannotError, match=r"and the run is of 0\.0\.9") as raised:
                executor.submit("acme").result()
            assert "Install provision 0.0.9 on all workers" in raised.value.next_step


def test_work_that_kills_workers_is_given_up(tmp_path: Path) -> None:
    with running_cluster(tmp_path, allowed_failures=1) as cluster:
        cluster.start_workers(3, threads=1)
        with (
            DaskExecutor(cluster.url, lambda _: partial(os._exit, 1)) as executor,
            pytest.raises(OrgUnreachable, match="died, one after the other"),
        ):
            executor.submit("acme").result()
        assert any(worker.poll() is None for worker in cluster.workers)  # it spares the others


def test_a_scheduler_that_goes_away_ends_what_is_under_way(tmp_path: Path) -> None:
    over = threading.Event()
    with running_cluster(tmp_path) as cluster:
        cluster.start_workers(1)
        with DaskExecutor(cluster.url, never_over, timeout=1) as executor:
            pending = executor.submit("acme")
            pending.add_done_callback(lambda _: over.set())
            cluster.scheduler.kill()
            assert over.wait(HANGS_AFTER)
            with pytest.raises(OrgUnreachable, match="a worker may still be at it") as raised:
                pending.result()
            assert "--resume" in raised.value.next_step
            with pytest.raises(OrgUnreachable, match="nothing was begun"):
                executor.submit("hub")
