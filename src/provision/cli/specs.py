"""Loading the specs of a command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from provision.cli.console import Console, hide
from provision.errors import CannotError, SpecError
from provision.findings import Finding

if TYPE_CHECKING:
    from provision.spec.spec import Spec
    from provision.spec.variable import Variables

__all__ = ["load_specs"]


def load_specs(paths: Sequence[Path], values: Variables, console: Console) -> tuple[Spec, ...]:
    """The specs in ``paths``, all problems of all files at once; warnings are told.

    What they brought from outside is printed by nobody from here on.

    Raises :class:`SpecError`, and :class:`CannotError` for an app that two of them describe.
    """
    from provision.spec.load import load

    specs: list[Spec] = []
    problems: list[Finding] = []
    for path in paths:
        try:
            specs.append(load(path, values))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    for spec in specs:
        hide(spec.sensitive)
        for warning in spec.warnings:
            console.talk(warning.line)
    apps = [spec.app.casefold() for spec in specs]
    twice = sorted({spec.app for spec in specs if apps.count(spec.app.casefold()) > 1})
    if twice:
        raise CannotError(
            f"more than one spec is for {', '.join(twice)}", next_step="Name one spec an app."
        )
    return tuple(specs)
