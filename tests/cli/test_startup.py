"""What a verb does not need is not imported before it runs: `--help` is asked for all the time."""

import json
import subprocess
import sys

import pytest

SLOW = {
    "cryptography", "jinja2", "jwt", "pydantic", "requests", "rich", "simple_salesforce",
    "stamina", "werkzeug", "yaml",
}  # fmt: skip


def imported_by(statement: str) -> set[str]:
    """The top-level modules that are there after a statement, in a process of its own."""
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_help_imports_nothing_slow() -> None:
    assert not SLOW & imported_by("import provision.cli.main")


@pytest.mark.parametrize("slow", ["requests", "rich", "simple_salesforce", "werkzeug"])
def test_validate_talks_to_nobody(slow: str) -> None:
    assert slow not in imported_by("import provision.spec.load")
