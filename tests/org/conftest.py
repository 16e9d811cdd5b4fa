"""A fresh local org."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orgs import OrgUnderTest, org_under_test


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgUnderTest]:
    with org_under_test(tmp_path / "org") as running:
        yield running
