"""What a verb does not need is not imported before it runs: `--help` is asked for all the time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module

import pytest

from provision.cli.verbs import VERBS, Family, Verb

SLOW = {
    "cryptography", "jinja2", "jwt", "pydantic", "requests", "rich", "simple_salesforce",
    "werkzeug", "yaml",
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


@pytest.mark.parametrize("slow", ["cryptography", "jwt", "simple_salesforce", "zeep"])
def test_an_org_imports_what_a_call_needs_when_it_is_made(slow: str) -> None:
    assert slow not in imported_by("import provision.org.org, provision.fleet.login")


def listed(table: Sequence[Verb | Family], before: tuple[str, ...] = ()) -> Iterator[object]:
    for entry in table:
        if isinstance(entry, Family):
            yield from listed(entry.verbs, (*before, entry.name))
        else:
            yield pytest.param((*before, entry.name), entry, id=" ".join((*before, entry.name)))


@pytest.mark.parametrize(("words", "verb"), list(listed(VERBS)))
def test_what_is_listed_of_a_verb_is_what_it_says_of_itself(words, verb: Verb, run) -> None:
    function = getattr(import_module(f"provision.cli.{verb.module}"), verb.function)
    assert function.__doc__.splitlines()[0] == verb.help
    said = run(*words, "--help").out
    assert said.startswith(f"Usage: provision {' '.join(words)} ")


def test_help_imports_no_verb() -> None:
    program = (
        "import sys; sys.argv = ['provision', '--help']\n"
        "from provision.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('provision.cli.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "provision.cli.apply" not in done.stdout.splitlines()[-1]
    assert "apply" in done.stdout


def test_a_misspelled_verb_is_told_from_a_known_one(run) -> None:
    assert "Did you mean 'apply'" in run("aply", "spec.yaml").err
    assert "Did you mean 'new'" in run("keys", "neww").err
