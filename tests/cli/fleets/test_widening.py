"""What lets more in is told of each org, with the org's own numbers, in every format."""

import html
import json
from pathlib import Path

import pytest

from provision.errors import ExitCode

FORMATS = ["text", "json", "markdown", "html", "junit", "sarif", "github"]
VERBS = ["plan", "diff"]
NOBODYS, ADMINS = "[Minimum Access - Salesforce]", "[System Administrator]"


@pytest.fixture
def widened(run, fleet, spec) -> Path:
    """The app is in all orgs; its spec now admits another profile instead of the one before."""
    text = spec.read_text()
    spec.write_text(text.replace(ADMINS, NOBODYS))
    assert run("apply", "fleet.yaml", "--yes", "--no-proof").code == ExitCode.OK
    spec.write_text(text)
    return spec


@pytest.mark.parametrize("verb", VERBS)
def test_every_format_tells_it(run, widened, verb) -> None:
    for output_format in FORMATS:
        ran = run(verb, "fleet.yaml", "--org", "org1", "--org", "org2", "--format", output_format)
        said = html.unescape(ran.out)
        assert "weakens" in said, output_format
        assert "System Administrator: 1 active user may use it." in said, output_format


@pytest.mark.parametrize("verb", VERBS)
def test_json_has_both_levels_of_a_change_that_does_both(run, widened, verb) -> None:
    document = json.loads(run(verb, "fleet.yaml", "--org", "org1", "--format", "json").out)
    [result] = document["results"]
    [component] = result["plan"]["components"]
    [change] = component["changes"]
    assert change["risk"]["level"] == "locks_out"
    assert [opened["opening"] for opened in change["risk"]["opened"]] == ["profile"]
    assert result["summary"]["risks"] == {"locks_out": 1, "weakens": 1}
