"""The options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.cli.elapsed import begin_elapsed
from provision.errors import GateName

if TYPE_CHECKING:
    from provision.spec.variable import Variables

__all__ = [
    "Allow",
    "AllowExec",
    "ApiVersion",
    "DeployWait",
    "HttpTimeout",
    "Org",
    "ProofWait",
    "Quiet",
    "RulesFile",
    "RunDir",
    "SpecFile",
    "SpecFiles",
    "State",
    "Strict",
    "TemplateDirectory",
    "Var",
    "variables",
]

SpecFile = Annotated[Path, typer.Argument(metavar="SPEC", show_default=False)]
SpecFiles = Annotated[list[Path], typer.Argument(metavar="SPEC", show_default=False)]
Org = Annotated[
    str,
    typer.Option(
        "--org",
        metavar="NAME",
        help="'local' for the embedded local org, or an alias or username of the sf CLI. "
        "[default: the session in the environment, else the sf CLI's target-org]",
        show_default=False,
    ),
]
Var = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="Value of ${NAME}.", show_default=False),
]
AllowExec = Annotated[
    bool, typer.Option("--allow-exec", help="Let the spec run commands with ${cmd:...}.")
]
TemplateDirectory = Annotated[
    Path | None,
    typer.Option("--templates", metavar="DIR", help="Templates to use before the built-in ones."),
]
ApiVersion = Annotated[
    int | None,
    typer.Option(
        "--api-version",
        metavar="NN",
        min=OLDEST_API,
        max=NEWEST_API,
        help="[default: the newest that both the org and provision know]",
        show_default=False,
    ),
]
HttpTimeout = Annotated[
    float,
    typer.Option(
        "--http-timeout",
        metavar="SECONDS",
        min=1,
        max=3600,
        help="Timeout of one HTTP call, its whole answer included.",
    ),
]
DeployWait = Annotated[
    float,
    typer.Option(
        "--deploy-wait",
        metavar="SECONDS",
        min=1,
        max=86400,
        help="After it, a deploy is cancelled.",
    ),
]
ProofWait = Annotated[
    float,
    typer.Option(
        "--proof-wait",
        metavar="SECONDS",
        min=0,
        max=86400,
        help="How long a refused login may be 'not yet'.",
    ),
]
Allow = Annotated[
    list[GateName] | None,
    typer.Option("--allow", help="Lift this gate.", show_default=False),
]
RulesFile = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        metavar="FILE",
        help="A rules file. [default: the baseline rules]",
        show_default=False,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Advice counts as a difference.")]
RunDir = Annotated[
    Path | None,
    typer.Option(
        "--run-dir",
        metavar="DIR",
        help="Where runs and snapshots are kept. [default: .provision/runs]",
        show_default=False,
    ),
]
State = Annotated[
    str,
    typer.Option(
        "--state",
        metavar="URI",
        help="Where last-applied records are: a directory, file:// or https:// (read only). "
        "[default: last-applied in the run directory]",
        show_default=False,
    ),
]


def _quietly(value: bool) -> bool:
    if not value:
        begin_elapsed()
    return value


Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print the result and errors only.", callback=_quietly),
]


def variables(assignments: Sequence[str] | None, *, allow_exec: bool) -> Variables:
    """The variables of ``--var NAME=VALUE`` options. Raises :class:`CannotError`."""
    from provision.jobs.options import SpecOptions, given_variables

    return given_variables(SpecOptions(tuple(assignments or ()), allow_exec), os.environ)
