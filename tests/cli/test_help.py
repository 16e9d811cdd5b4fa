"""Help texts: sections by subject, examples that are valid, nothing cut off."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from provision.cli.main import app
from tests.cli.test_json_on_error import ALL

PANELS = [
    "Arguments", "Options", "Credentials", "Specs", "Rules", "Org", "Fleet", "Safety", "Records",
    "Output", "Examples",
]  # fmt: skip


def help_of(run, verb: str, option: str = "--help") -> str:
    ran = run(*verb.split(), option)
    assert ran.code == 0
    return ran.out


def section(text: str, name: str) -> str:
    [found] = re.findall(rf"^{name}:\n((?:  .*\n|\n)*)", text, re.MULTILINE)
    return found


@pytest.mark.parametrize("verb", ALL)
def test_options_are_grouped(run, verb) -> None:
    text = help_of(run, verb)
    names = re.findall(r"^(\w+):$", text, re.MULTILINE)
    assert set(names) <= set(PANELS)
    assert {"Output", "Examples"} <= set(names)
    assert "--quiet" in section(text, "Output")


def test_each_option_is_in_the_section_of_its_subject(run) -> None:
    text = help_of(run, "apply")
    for name, option in {
        "Options": "--checksum",
        "Specs": "--var",
        "Org": "--org",
        "Fleet": "--session-cache",
        "Safety": "--allow",
        "Rules": "--rules",
        "Records": "--run-dir",
        "Output": "--format",
    }.items():
        assert option in section(text, name)


@pytest.mark.parametrize("verb", ["", *ALL])
def test_h_is_short_for_help(run, verb) -> None:
    assert help_of(run, verb, "-h") == help_of(run, verb)


@pytest.mark.parametrize("verb", ALL)
def test_examples_are_command_lines_of_the_verb(run, verb, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    examples = section(help_of(run, verb), "Examples").splitlines()
    assert 1 <= len([line for line in examples if line]) <= 3
    for line in filter(None, examples):
        assert len(line) <= 80
        program, *words = shlex.split(line.partition(" > ")[0])
        assert program == "provision"
        assert words[: len(verb.split())] == verb.split()
        parse(words)  # raises what the program would refuse


def parse(words: list[str]) -> None:
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="provision")
    while hasattr(command, "commands"):
        command = command.get_command(context, words.pop(0))
    command.make_context(command.name, words, parent=context)


@pytest.mark.parametrize(
    "group", ["", "fleet", "keys", "credentials", "rotate", "runs", "report", "localorg"]
)
def test_no_line_of_a_list_of_verbs_is_cut_off(run, group, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "..." not in section(help_of(run, group), "Commands")
