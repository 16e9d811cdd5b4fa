"""What docs/ci.md tells people to write is what the workflows take."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.workflows.conftest import HOME

BLOCKS = [
    yaml.safe_load(block)
    for block in re.findall(r"```yaml\n(.*?)```", (HOME / "docs" / "ci.md").read_text(), re.DOTALL)
]
CALLS = {
    name: job
    for block in BLOCKS
    if isinstance(block, dict)
    for name, job in block.get("jobs", {}).items()
}
REPOSITORY = "OWNER/provision/"


@pytest.mark.parametrize("name", ["plan", "apply", "drift"])
def test_a_call_names_inputs_that_there_are_and_grants_what_is_needed(name: str) -> None:
    call = CALLS[name]
    path, _, version = call["uses"].removeprefix(REPOSITORY).partition("@")
    assert call["with"]["provision-ref"] == version
    workflow = yaml.safe_load((HOME / path).read_text())
    inputs = workflow[True]["workflow_call"]["inputs"]  # `on`, to YAML 1.1
    assert call["with"].keys() <= inputs.keys()
    assert {key for key, one in inputs.items() if one.get("required")} <= call["with"].keys()
    needed = {}
    for job in workflow["jobs"].values():
        needed |= job["permissions"]
    assert call["permissions"] == needed


def test_the_action_alone_is_given_inputs_that_there_are() -> None:
    steps = next(block for block in BLOCKS if isinstance(block, list))
    for step in steps:
        folder = step["uses"].removeprefix(REPOSITORY).partition("@")[0]
        action = yaml.safe_load((HOME / folder / "action.yml").read_text())
        assert step.get("with", {}).keys() <= action["inputs"].keys()


def test_gitlab_and_pre_commit_are_given_what_they_know() -> None:
    includes = next(b for b in BLOCKS if isinstance(b, dict) and "include" in b)
    template = yaml.safe_load((HOME / includes["include"][0]["file"]).read_text())
    assert includes["variables"].keys() <= template["variables"].keys()
    hooks = {hook["id"] for hook in yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text())}
    repository = next(b for b in BLOCKS if isinstance(b, dict) and "repos" in b)["repos"][0]
    assert {hook["id"] for hook in repository["hooks"]} == hooks
