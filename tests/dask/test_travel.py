"""What travels to workers and back: names and plain values, neither sessions nor secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dask.cluster import Cluster
from tests.dask.conftest import ManyOrgs
from tests.dask.relay import relay_to

pytestmark = pytest.mark.slow


def test_neither_sessions_nor_keys_nor_secrets_travel(
    run, cluster: Cluster, many_orgs: ManyOrgs, keys: Path
) -> None:
    spec = Path("robot.yaml")
    spec.write_text(spec.read_text().replace("label: The robot", "label: ${env:LABEL}"))
    cluster.environ = {**cluster.environ, "LABEL": "nobody's business"}
    cluster.start_workers(1)
    with relay_to(cluster.address) as relay:
        # This process has neither tokens nor the label: the worker finds them where it is.
        ran = run("apply", "fleet.yaml", "--executor", f"dask://{relay.address}", "--yes")
    assert ran.code == 0, ran.err
    assert "proven" in ran.out
    assert "label: (hidden)" in ran.out

    key = (keys / "app.key").read_text().splitlines()[1]
    secrets = [*many_orgs.tokens.values(), key, "nobody's business"]
    seen = bytes(relay.seen)
    assert all(name.encode() in seen for name in many_orgs.names)
    assert [secret for secret in secrets if secret.encode() in seen] == []
    for secret in many_orgs.tokens.values():
        assert secret.partition("!")[2].encode() not in seen
