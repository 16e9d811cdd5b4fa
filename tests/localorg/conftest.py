"""A running local org for each test, and callers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provision.localorg import Clock, LocalOrg, Quirks, RunningOrg
from tests.localorg.caller import Caller

NOW = 1_780_000_000.0  # a day in 2026: every test runs at the same time

Start = Callable[..., RunningOrg]
Call = Callable[..., Caller]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts an org with quirks (``NAME=VALUE``) and settings, in the test's own database."""
    with ExitStack() as stack:

        def begin(*assignments: str, **changes: Any) -> RunningOrg:
            settings = LocalOrg(
                tmp_path / "localorg.db",
                quirks=Quirks.of(*assignments),
                clock=Clock(lambda: NOW),
                shuffle=1,
            )
            return stack.enter_context(replace(settings, **changes))

        yield begin


@pytest.fixture
def call() -> Iterator[Call]:
    """Makes callers: a session of a user (the administrator) on an org, closed at the end."""
    callers: list[Caller] = []

    def make(org: RunningOrg, username: str = "", version: int = 67) -> Caller:
        callers.append(Caller(org, org.session(username).access_token, version))
        return callers[-1]

    yield make
    for caller in callers:
        caller.http.close()


@pytest.fixture
def org(start: Start) -> RunningOrg:
    """An org with every quirk at its default."""
    return start()


@pytest.fixture
def admin(org: RunningOrg, call: Call) -> Caller:
    """The administrator of :func:`org`."""
    return call(org)


@pytest.fixture(scope="session")
def key(pair: tuple[Path, Path]) -> str:
    """The private key of the run."""
    return pair[0].read_text()


@pytest.fixture(scope="session")
def certificate(pair: tuple[Path, Path]) -> str:
    """Its certificate, as PEM."""
    return pair[1].read_text()
