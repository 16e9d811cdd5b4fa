"""Rules from their text, and what they find in an app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from provision.catalogue.component import Value
from provision.errors import SpecError
from provision.rules.finding import broken_rules
from provision.rules.load import load_rules
from provision.rules.rule import RuleSet
from tests.rules.apps import app
from tests.spec.conftest import keys, loaded, now, write

__all__ = ["keys", "loaded", "now", "write"]


@pytest.fixture
def rules(tmp_path: Path) -> Callable[[str], RuleSet]:
    """The rule set of a file with this text."""

    def rules(text: str) -> RuleSet:
        path = tmp_path / "rules.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load_rules(path)

    return rules


@pytest.fixture
def refused(rules: Callable[[str], RuleSet], tmp_path: Path) -> Callable[[str], list[str]]:
    """Everything wrong with a rules file: LINE:COLUMN: MESSAGE."""

    def refused(text: str) -> list[str]:
        with pytest.raises(SpecError) as caught:
            rules(text)
        prefix = f"{tmp_path / 'rules.yaml'}:"
        return [str(problem).removeprefix(prefix) for problem in caught.value.problems]

    return refused


@pytest.fixture
def broken(rules: Callable[[str], RuleSet]) -> Callable[..., bool]:
    """Whether an app breaks the one rule that a flow mapping writes."""

    def broken(rule: str, **fields: Value) -> bool:
        return bool(broken_rules(rules(f"rules: {{it: {rule}}}"), app(**fields)))

    return broken
