"""An org with few API calls left is not called, unless a run has begun to write."""

import dataclasses

import pytest

from provision.apply.destroy import destroy_app, prepare_removal
from provision.apply.run import apply_plan
from provision.org.quota import RESERVE, QuotaTooLow
from tests.apply.test_run import APP, OPEN
from tests.orgs import writes

FEW = 14_300  # of 15 000: 5 % are 750


def test_nothing_is_written_below_the_reserve(work) -> None:
    work.org.set_api_calls(FEW)
    prepared = work.prepare(APP)
    with work.org.noting() as noted, pytest.raises(QuotaTooLow) as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert writes(noted) == []
    assert "of its 15000 API calls of 24 hours are used, and 5% are left" in raised.value.message
    assert "local was left alone" in raised.value.message
    assert raised.value.next_step
    assert raised.value.exit_code == 3


def test_no_app_is_destroyed_below_the_reserve(work) -> None:
    work.apply(OPEN)
    work.org.set_api_calls(FEW)
    removal = prepare_removal(work.spec_of(OPEN), work.org.readable())
    with work.org.noting() as noted, pytest.raises(QuotaTooLow):
        destroy_app(removal, work.org.writable(), work.messages.append)
    assert writes(noted) == []


def test_a_run_that_has_begun_continues_below_the_reserve(work) -> None:
    """The reserve is reached with the first write; the rest of the run is far below it."""
    work.apply(OPEN)
    prepared = work.prepare(APP)

    def others_call_the_org_too(message: str) -> None:
        work.org.set_api_calls(FEW)

    applied = apply_plan(prepared, work.org.writable(), others_call_the_org_too)
    assert applied.consumer_key
    with pytest.raises(QuotaTooLow):
        work.apply(APP.replace("15 minutes", "10 minutes"))


def test_a_reserve_can_be_set(work) -> None:
    org = dataclasses.replace(work.org.writable(), reserve=dataclasses.replace(RESERVE, share=0.5))
    work.org.set_api_calls(7_000)
    apply_plan(work.prepare(OPEN), org, work.messages.append)
    work.org.set_api_calls(7_500)
    with pytest.raises(QuotaTooLow, match="50% are left"):
        apply_plan(work.prepare(APP), org, work.messages.append)
