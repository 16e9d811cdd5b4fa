"""The examples in docs/spec.md are good specs, and the reference names every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provision.spec.load import check
from provision.spec.model import (
    JwtBearer,
    Oauth,
    PermissionSetGrant,
    Policies,
    ProfileGrant,
    SpecDocument,
)
from provision.spec.source import preset_names
from provision.spec.variable import Variables

TEXT = (Path(__file__).parents[2] / "docs" / "spec.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_good(write, now, example):
    text = example if "app:" in example else f"app: App\n{example}"
    problems = check(write(text), Variables(), now=now).problems
    assert [each for each in problems if "no certificate file" not in each.text] == []


@pytest.mark.parametrize(
    "model", [SpecDocument, Oauth, JwtBearer, Policies, ProfileGrant, PermissionSetGrant]
)
def test_every_key_is_in_the_reference(model):
    assert [key for key in model.model_fields if f"`{key}`" not in TEXT] == []


def test_every_preset_is_in_the_reference():
    assert [name for name in preset_names() if f"| `{name}` |" not in TEXT] == []
