"""Deploys that do not end, interruptions, and API versions."""

import dataclasses

import pytest

from provision.apply.run import apply_plan
from provision.catalogue.catalogue import NEWEST_API
from provision.errors import ApplyFailed
from tests.apply.test_run import APP, OPEN, assignees, granted


def test_a_deploy_that_takes_too_long_is_cancelled(work) -> None:
    prepared = work.prepare(APP)
    work.org.set_quirks("deploy_polls=1000")
    org = dataclasses.replace(work.org.writable(), deploy_wait=30)
    with pytest.raises(ApplyFailed, match="Canceled") as raised:
        apply_plan(prepared, org, work.messages.append)
    assert "Taken away again: permission set Robots" in raised.value.message
    assert sum(work.org.clock.slept) < 60
    assert not work.org.readable().find_app("Robot").exists


def test_an_interruption_removes_what_was_added(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)

    def interrupted(message: str) -> None:
        if message.startswith("deploying"):
            raise KeyboardInterrupt

    with pytest.raises(ApplyFailed, match="interrupted") as raised:
        apply_plan(prepared, work.org.writable(), interrupted)
    assert "The org is as before." in raised.value.message
    assert granted(work) == set()
    assert assignees(work) == set()
    assert "Robots" not in work.org.readable().access.permission_set_names()


@pytest.mark.parametrize("version", range(59, NEWEST_API + 1))
def test_apply_works_with_every_api_version(work, version) -> None:
    text = (
        OPEN + "    policies: {session_timeout: 15 minutes, refresh_token: {lifetime: 90 days}}\n"
    )
    work.apply(text, version=version)
    assert work.plan(text, version=version).is_empty
    assert work.plan(text, version=NEWEST_API).is_empty
