"""docs/local-org.md lists every quirk with its values, kind of fault, sObject and control."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests

from provision.localorg import Quirks
from provision.localorg.domain.sobjects import SOBJECTS
from provision.localorg.fault import FaultKind
from provision.localorg.http.routes import ROUTES

MANUAL = Path(__file__).parents[2].joinpath("docs", "local-org.md").read_text(encoding="utf-8")


def test_every_quirk_and_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", MANUAL, re.MULTILINE))
    quirks = Quirks().as_text()

    assert {name for name in rows if name in quirks} == set(quirks)
    for name, default in quirks.items():
        assert f"**{default}**" in rows[name], name
        kind = type(getattr(Quirks(), name))
        if hasattr(kind, "__members__"):
            assert set(re.findall(r"[\w]+", rows[name])) == {str(value) for value in kind}


def test_every_kind_of_fault() -> None:
    for kind in FaultKind:
        assert f"`{kind}`" in MANUAL or f'`"{kind}"`' in MANUAL


def test_every_sobject() -> None:
    assert all(name in MANUAL for name in SOBJECTS)


def test_every_control() -> None:
    for route in ROUTES:
        if route.rule.startswith("/__localorg__/"):
            [method] = route.methods or ()
            assert f"`{method} {route.rule.rpartition('/')[2]}`" in MANUAL


def test_the_example_in_python_runs() -> None:
    [example] = re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL)
    names: dict[str, Any] = {"requests": requests}

    exec(example, names)

    assert names["limits"].status_code == 200
