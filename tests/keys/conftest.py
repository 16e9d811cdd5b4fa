from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.keys import new_pair

NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and its certificate, for tests that only read them."""
    return new_pair("app", tmp_path_factory.mktemp("pair"), subject="An app", days=30, now=NOW)


@pytest.fixture(scope="session")
def other_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return new_pair("other", tmp_path_factory.mktemp("other"), subject="Other", now=NOW)
