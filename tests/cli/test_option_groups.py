"""Options that are declared once: read from a command line, and written back as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from provision.cli.option_groups import Without, takes_options
from provision.cli.output import Output
from provision.errors import GateName
from provision.jobs.command_line import Option, command_line, shown
from provision.jobs.options import (
    CredentialOptions,
    GateOptions,
    KeepOptions,
    OrgOptions,
    RolloutOptions,
    RuleOptions,
    SpecOptions,
)
from provision.jobs.part import Part
from provision.report.format import Format

GROUPS = [
    SpecOptions(),
    SpecOptions(("suffix=.uat", "text=two words"), allow_exec=True, templates=Path("own dir")),
    OrgOptions(66, 7.5, 1200, Path("sessions")),
    RuleOptions(Path("rules.yaml"), ("baseline", "partner")),
    KeepOptions(Path("runs"), "https://example.com/state"),
    GateOptions(frozenset({GateName.LOCKOUT, GateName.IRREVERSIBLE}), yes=True),
    RolloutOptions(("acme", "tag:production"), "3/20", 4, "1,10%", "5%", "RUN", "dask://one:8786"),
    RolloutOptions(resume="-odd"),
    CredentialOptions("Robot", "file:secret.json", "X_", Part.KEY, force=True, open_setting=True),
    Output(Format.SARIF, Path("found.sarif"), quiet=True),
]


def parsed(verb: Callable[..., object], *words: str) -> object:
    """What the verb gives when it is called with the words of a command line."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(takes_options(verb))
    return app([*words], standalone_mode=False)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: type(group).__name__)
def test_a_group_that_is_written_as_a_command_line_is_read_as_the_same(
    group: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a file for the result is tried before anything is done

    def verb(given):
        return given

    verb.__annotations__ = {"given": type(group)}
    assert parsed(verb, *command_line(group)) == group


def test_only_what_differs_from_the_defaults_is_written() -> None:
    assert command_line(OrgOptions(http_timeout=60)) == ("--http-timeout", "60")
    assert command_line(GateOptions()) == ()


def test_a_command_is_shown_quoted_and_without_values_of_variables() -> None:
    specs = SpecOptions(("password=secret", "b=1"), templates=Path("own dir"))
    command = shown(["provision", "plan", "a b.yaml"], specs, GateOptions(yes=True))
    assert command == (
        "provision plan 'a b.yaml' --var password=... --var b=... --templates 'own dir' --yes"
    )


def test_a_verb_can_leave_fields_out() -> None:
    def verb(org: Annotated[OrgOptions, Without("deploy_wait")]) -> OrgOptions:
        return org

    assert parsed(verb, "--http-timeout", "5") == OrgOptions(http_timeout=5)
    with pytest.raises(Exception, match="No such option: --deploy-wait"):
        parsed(verb, "--deploy-wait", "5")


def test_a_verb_can_have_other_defaults() -> None:
    def verb(org: OrgOptions = OrgOptions(http_timeout=99)) -> OrgOptions:
        return org

    assert parsed(verb) == OrgOptions(http_timeout=99)
    assert parsed(verb, "--http-timeout", "5") == OrgOptions(http_timeout=5)


def test_a_field_that_is_left_out_must_be_there() -> None:
    def verb(org: Annotated[OrgOptions, Without("deploy_weight")]) -> None: ...

    with pytest.raises(TypeError, match="OrgOptions has no field deploy_weight"):
        takes_options(verb)


def test_a_parameter_must_say_what_its_option_is() -> None:
    def verb(strict: bool = False) -> None: ...

    with pytest.raises(TypeError, match="strict has no declaration"):
        takes_options(verb)


def test_an_option_of_a_verb_is_declared_in_the_same_way() -> None:
    def verb(names: Annotated[tuple[str, ...], Option("--name", "-n")] = ()) -> tuple[str, ...]:
        return names

    assert parsed(verb) == ()
    assert parsed(verb, "-n", "a", "--name", "b") == ("a", "b")
