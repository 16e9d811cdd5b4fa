"""A worker that is gone told nobody what it wrote: a verb that writes does not say "nothing"."""

from __future__ import annotations

import pytest

from provision.errors import ExitCode
from provision.jobs import runner
from provision.runs.rows import OrgRow


@pytest.fixture
def _org2_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a worker of an engine does: out of memory, say. Plans come through."""
    work = runner.org_row

    def die(job, name: str, *seen) -> OrgRow:
        if name == "org2" and job.verb != "plan":
            raise ConnectionResetError("the worker is gone")
        return work(job, name, *seen)

    monkeypatch.setattr(runner, "org_row", die)


@pytest.mark.usefixtures("fleet", "_org2_dies")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("diff",), ExitCode.UNREACHABLE, ""),
        (("apply", "--yes", "--no-proof"), ExitCode.APPLY_FAILED, "not known what it wrote"),
    ],
    ids=["reads", "writes"],
)
def test_a_worker_that_is_gone(run, arguments, code, said) -> None:
    verb, *options = arguments
    ran = run(verb, "fleet.yaml", *options)
    assert ran.code == code
    assert "the worker is gone" in ran.out + ran.err
    assert said in ran.out + ran.err
    if verb == "apply":
        assert run("diff", "fleet.yaml", "--org", "org1", "--org", "org3").code == ExitCode.OK
