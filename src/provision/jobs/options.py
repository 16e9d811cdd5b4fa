"""The options of jobs, in groups, as plain values that can travel to another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.errors import CannotError, GateName
from provision.jobs.command_line import Argument, Option, Panel
from provision.jobs.part import Part

if TYPE_CHECKING:
    from provision.spec.variable import Variables

__all__ = [
    "CredentialOptions",
    "GateOptions",
    "KeepOptions",
    "OrgOptions",
    "RolloutOptions",
    "RuleOptions",
    "SpecOptions",
    "given_variables",
]


@dataclass(frozen=True, slots=True)
class SpecOptions:
    """How specs are read."""

    panel: ClassVar = Panel.SPECS

    var: Annotated[
        tuple[str, ...],
        Option("--var", metavar="NAME=VALUE", help="Value of ${NAME}. Repeatable.", private=True),
    ] = ()
    allow_exec: Annotated[
        bool, Option("--allow-exec", help="Allow ${cmd:COMMAND}, which runs a command.")
    ] = False
    templates: Annotated[
        Path | None,
        Option(
            "--templates",
            metavar="DIR",
            help="Directory of templates that replace built-in ones.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class OrgOptions:
    """How an org is talked to. Times are in seconds."""

    panel: ClassVar = Panel.ORG

    api_version: Annotated[
        int | None,
        Option(
            "--api-version",
            metavar="NN",
            least=OLDEST_API,
            most=NEWEST_API,
            help="API version to use.",
            default="the newest that both the org and provision know",
        ),
    ] = None
    http_timeout: Annotated[
        float,
        Option(
            "--http-timeout",
            metavar="SECONDS",
            least=1,
            most=3600,
            help="Timeout of one HTTP call, including its whole answer, in seconds.",
        ),
    ] = 30
    deploy_wait: Annotated[
        float,
        Option(
            "--deploy-wait",
            metavar="SECONDS",
            least=1,
            most=86400,
            help="Seconds after which a deploy that has not ended is cancelled.",
        ),
    ] = 600
    session_cache: Annotated[
        Path | None,
        Option(
            "--session-cache",
            metavar="DIR",
            help="Directory that keeps the sessions of a fleet for the next run, encrypted with "
            "the key in PROVISION_SESSION_KEY.",
            panel=Panel.FLEET,
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Which rules apply: those of a file, or those of profiles that ship."""

    panel: ClassVar = Panel.RULES

    rules: Annotated[
        Path | None,
        Option("--rules", metavar="FILE", help="A rules file.", default="the baseline rules"),
    ] = None
    profiles: Annotated[
        tuple[str, ...],
        Option(
            "--profile",
            metavar="NAME",
            help="Rules that come with provision: baseline or partner. Repeatable.",
            default="baseline",
        ),
    ] = ()


@dataclass(frozen=True, slots=True)
class KeepOptions:
    """Where runs and last-applied records are kept. Empty means the default place."""

    panel: ClassVar = Panel.RECORDS

    run_dir: Annotated[
        Path | None,
        Option(
            "--run-dir",
            metavar="DIR",
            help="Directory that keeps runs and snapshots.",
            default=".provision/runs",
        ),
    ] = None
    state: Annotated[
        str,
        Option(
            "--state",
            metavar="URI",
            help="Where the last-applied records are: a directory, a file:// URL, or an https:// "
            "URL, which is only read.",
            default="last-applied in the run directory",
        ),
    ] = ""


@dataclass(frozen=True, slots=True)
class GateOptions:
    """Which gates are lifted, and whether nobody is asked before a write."""

    panel: ClassVar = Panel.SAFETY

    allow: Annotated[
        frozenset[GateName],
        Option(
            "--allow", metavar="GATE", help=f"Lift this gate: {', '.join(GateName)}. Repeatable."
        ),
    ] = frozenset()
    yes: Annotated[bool, Option("--yes", "-y", help="Do not ask for confirmation.")] = False


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """Which orgs of a fleet, and how to go over them. Empty means what the fleet says."""

    panel: ClassVar = Panel.FLEET

    orgs: Annotated[
        tuple[str, ...],
        Option(
            "--org",
            metavar="NAME",
            help="'local' for the embedded local org, or an alias or username of the sf CLI. For a "
            "fleet: a NAME, a pattern, tag:NAME, group:NAME, spec:FILE or changed:REVISION; "
            "repeatable.",
            default="the session in the environment, else the sf CLI's target-org; for a fleet: "
            "all orgs",
            panel=Panel.ORG,
        ),
    ] = ()
    shard: Annotated[
        str, Option("--shard", metavar="N/COUNT", help="Only part N of COUNT parts of the orgs.")
    ] = ""
    concurrency: Annotated[
        int | None,
        Option(
            "--concurrency",
            metavar="N",
            least=1,
            most=256,
            help="Number of orgs at once.",
            default="the fleet's, or 8; with --executor the number of threads of its workers",
        ),
    ] = None
    waves: Annotated[
        str,
        Option(
            "--waves",
            metavar="N,P%,...",
            help="Number of orgs in the first wave (1 is a canary), in the second, and so on; the "
            "last wave is the rest.",
            default="the fleet's, or one wave",
        ),
    ] = ""
    stop_after: Annotated[
        str,
        Option(
            "--stop-after",
            metavar="N|P%",
            help="Number of failed orgs after which the run ends.",
            default="the fleet's, or after a wave with a failure",
        ),
    ] = ""
    resume: Annotated[
        str, Option("--resume", metavar="RUN", help="Continue this run: do only what is left.")
    ] = ""
    executor: Annotated[
        str,
        Option("--executor", metavar="URL", help="Run on the workers of dask://HOST:PORT."),
    ] = ""


@dataclass(frozen=True, slots=True)
class CredentialOptions:
    """Which app's key and secret, which part of them, and where they go."""

    panel: ClassVar = Panel.CREDENTIALS

    app: Annotated[str, Argument("APP", "The developer name of the app.")]
    sink: Annotated[
        str,
        Option(
            "--to",
            metavar="SINK",
            help="Where it goes: file:PATH, env-file:PATH, keyring:SERVICE, or cmd:COMMAND, which "
            "reads it from its standard input.",
        ),
    ] = ""
    prefix: Annotated[
        str,
        Option(
            "--prefix",
            metavar="TEXT",
            help="What the names in an env-file begin with.",
            default="APP_",
        ),
    ] = ""
    part: Annotated[
        Part, Option("--part", help="The key, the secret, or both as a JSON object.")
    ] = Part.BOTH
    force: Annotated[
        bool,
        Option("--force", help="Overwrite the file; with --show, print without a terminal."),
    ] = False
    open_setting: Annotated[
        bool,
        Option(
            "--open-setting",
            help="Switch on the org's setting that allows REST access to secrets, and switch it "
            "off again at the end.",
        ),
    ] = False


def given_variables(options: SpecOptions, environ: Mapping[str, str]) -> Variables:
    """The variables that ``NAME=VALUE`` assignments give. Raises :class:`CannotError`."""
    from provision.spec.variable import Variables, is_variable_name

    values: dict[str, str] = {}
    for assignment in options.var:
        name, equals, value = assignment.partition("=")
        if not equals or not is_variable_name(name):
            raise CannotError(
                "a --var is not NAME=VALUE; it is not shown, since it may be a secret",
                next_step="Write --var suffix=.uat",
            )
        values[name] = value
    return Variables(values, dict(environ), allow_exec=options.allow_exec)
