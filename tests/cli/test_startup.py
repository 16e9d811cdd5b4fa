"""What a verb does not need is not imported before it runs: `--help` is asked for all the time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import pytest

from provision.cli.verbs import VERBS, Family, Verb
from provision.errors import ExitCode
from tests.orgs import org_under_test

SLOW = {
    "cryptography", "jinja2", "jwt", "pydantic", "requests", "rich", "simple_salesforce",
    "werkzeug", "yaml",
}  # fmt: skip


# What only a job that writes, or that is judged by rules, needs.
NOT_FOR_A_DIFF = {
    "provision.apply.destroy", "provision.apply.prover", "provision.apply.recording",
    "provision.apply.steps", "provision.fleet.scheduler", "provision.localorg",
    "provision.org.deployer", "provision.org.session_cache", "provision.rules.rule",
    "provision.secret.sink", "rich", "werkzeug",
}  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """The modules that are there after a statement, in a process of its own."""
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def imported_by(statement: str) -> set[str]:
    """The top-level modules that are there after a statement, in a process of its own."""
    return {name.partition(".")[0] for name in loaded_by(statement)}


def loaded_for(*arguments: str) -> set[str]:
    """The modules that are there after a run of the program that succeeds."""
    return loaded_by(
        f"import sys; sys.argv = {['provision', *arguments]}\n"
        "from provision.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code, ended.code"
    )


def ours(modules: set[str]) -> int:
    """How many of ``modules`` are of this program."""
    return sum(name.split(".")[0] == "provision" for name in modules)


def test_help_imports_nothing_slow() -> None:
    assert not SLOW & imported_by("import provision.cli.main")


def test_validate_imports_nothing_of_orgs_fleets_or_templates(spec: Path) -> None:
    loaded = loaded_for("validate", str(spec))
    assert not loaded & {"jinja2", "requests", "rich", "simple_salesforce", "werkzeug"}
    assert not loaded & {"provision.fleet.model", "provision.keys.pair", "provision.org.org"}
    assert ours(loaded) <= 95


def test_only_a_certificate_takes_cryptography(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("app: Robot\ncontact_email: ops@example.com\n")
    assert not loaded_for("validate", str(spec)) & {"cryptography", "jwt"}


def test_a_diff_imports_nothing_of_what_writes(run, spec: Path, monkeypatch) -> None:
    with org_under_test(spec.parent) as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        assert run("apply", str(spec), "--yes").code == ExitCode.OK
        loaded = loaded_for("diff", str(spec))
    assert "simple_salesforce" in loaded
    assert not loaded & NOT_FOR_A_DIFF
    assert ours(loaded) <= 230


def test_simple_salesforce_is_imported_in_a_thread() -> None:
    program = (
        "import sys, threading\n"
        "from provision.org.rest import import_simple_salesforce\n"
        "import_simple_salesforce()\n"
        "for thread in threading.enumerate():\n"
        "    if thread is not threading.current_thread(): thread.join()"
    )
    assert "simple_salesforce" in loaded_by(program)


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
