"""A fresh local org, and a stand-in for the `sf` CLI that answers as the real one is known to."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.orgs import OrgUnderTest, org_under_test

FakeSf = Callable[[Mapping[str, object]], None]

SCRIPT = """#!{python}
import json, sys
answers = json.load(open({answers!r}))
asked = " ".join(word for word in sys.argv[1:] if word != "--json")
for command, answer in answers.items():
    if asked.startswith(command):
        if isinstance(answer, str):
            sys.stderr.write(answer)
            sys.exit(2)
        print(json.dumps(answer))
        sys.exit(answer["status"])
sys.stderr.write(f" >   Error: {{asked}} is not a sf command.")
sys.exit(127)
"""


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgUnderTest]:
    with org_under_test(tmp_path / "org") as running:
        yield running


@pytest.fixture
def fake_sf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSf:
    """Put an `sf` on the PATH that gives an answer, or an error text, by command."""
    directory = tmp_path / "bin"
    directory.mkdir()

    def install(answers: Mapping[str, object]) -> None:
        file = directory / "answers.json"
        file.write_text(json.dumps(answers), encoding="utf-8")
        script = directory / "sf"
        script.write_text(SCRIPT.format(python=sys.executable, answers=str(file)))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")

    return install
