from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from provision.errors import SpecError
from provision.keys.pair import new_pair
from provision.spec.load import load
from provision.spec.spec import Spec
from provision.spec.variable import Variables

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with two pairs, app and other, valid for a year from `now`."""
    directory = tmp_path_factory.mktemp("keys")
    for name in ("app", "other"):
        new_pair(name, directory, subject=name, now=NOW)
    return directory


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a spec, and name its file."""

    def write(text: str) -> Path:
        path = tmp_path / "app.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def loaded(write: Callable[[str], Path]) -> Callable[..., Spec]:
    """Load the spec that a text is."""

    def loaded(text: str, variables: Variables | None = None) -> Spec:
        return load(write(text), variables or Variables(), now=NOW)

    return loaded


@pytest.fixture
def problems(write: Callable[[str], Path]) -> Callable[..., list[str]]:
    """Everything wrong with the spec that a text is: LINE:COLUMN: MESSAGE."""

    def problems(text: str, variables: Variables | None = None) -> list[str]:
        path = write(text)
        with pytest.raises(SpecError) as caught:
            load(path, variables or Variables(), now=NOW)
        found = [str(problem) for problem in caught.value.problems]
        return [text.removeprefix(f"{path}:") for text in found]

    return problems
