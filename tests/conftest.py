"""What tests of several rooms share: a key pair made once, and specs from text."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
import stamina
from hypothesis import HealthCheck, settings

from provision.keys.pair import new_pair
from provision.spec.load import load
from provision.spec.spec import Spec
from provision.spec.variable import Variables

# How long an example takes says nothing on a busy machine. The same examples every time where a
# change is judged; new ones wherever one is developed.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

SpecOf = Callable[[str], Spec]


@pytest.fixture(scope="session", autouse=True)
def _no_waiting() -> None:
    """Reads are repeated as often as ever, without the pause between."""
    stamina.set_testing(True, attempts=4)


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A private key and its certificate, made for this run."""
    directory = tmp_path_factory.mktemp("pair")
    return new_pair("app", directory, bits=2048, subject="app", days=365, now=datetime.now(UTC))


@pytest.fixture
def keys(pair: tuple[Path, Path], tmp_path: Path) -> Path:
    """`keys/app.key` and `keys/app.crt` beside the spec."""
    directory = tmp_path / "keys"
    directory.mkdir()
    for file in pair:
        shutil.copy(file, directory / file.name)
    return directory


@pytest.fixture
def spec_of(keys: Path, tmp_path: Path) -> SpecOf:
    """A spec from its text; `keys/app.crt` and `keys/app.key` are there."""

    def build(text: str) -> Spec:
        path = tmp_path / "spec.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load(path, Variables({}, {}))

    return build
