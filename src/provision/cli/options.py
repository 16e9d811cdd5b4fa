"""The options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.cli.elapsed import begin_elapsed
from provision.errors import CannotError, GateName

if TYPE_CHECKING:
    from provision.spec.variable import Variables

__all__ = [
    "Allow",
    "AllowExec",
    "ApiVersion",
    "DeployWait",
    "HttpTimeout",
    "Org",
    "OrgChoice",
    "ProofWait",
    "Quiet",
    "RulesFile",
    "SpecFile",
    "SpecFiles",
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


def _quietly(value: bool) -> bool:
    if not value:
        begin_elapsed()
    return value


Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print the result and errors only.", callback=_quietly),
]


@dataclass(frozen=True, slots=True)
class OrgChoice:
    """What the command line says of the org to talk to, and how patiently (seconds)."""

    name: str
    api_version: int | None
    http_timeout: float
    deploy_wait: float = 0.0


def variables(assignments: Sequence[str] | None, *, allow_exec: bool) -> Variables:
    """The variables of ``--var NAME=VALUE`` options. Raises :class:`CannotError`."""
    from provision.spec.variable import Variables, is_variable_name

    values: dict[str, str] = {}
    for assignment in assignments or ():
        name, equals, value = assignment.partition("=")
        if not equals or not is_variable_name(name):
            raise CannotError(
                "a --var is not NAME=VALUE; it is not shown, since it may be a secret",
                next_step="Write --var suffix=.uat",
            )
        values[name] = value
    return Variables(values, dict(os.environ), allow_exec=allow_exec)
