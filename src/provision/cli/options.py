"""The arguments and options that several verbs share, and that are in no group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from provision.cli.option_groups import Without
from provision.jobs.command_line import Argument, Option, Panel
from provision.jobs.options import GateOptions, OrgOptions, RolloutOptions, RuleOptions

__all__ = [
    "Asking",
    "OrgName",
    "ProofWait",
    "Reading",
    "ReadingRollout",
    "RulesFile",
    "SingleOrg",
    "SpecFile",
    "SpecFiles",
    "Targets",
]

SpecFile: TypeAlias = Annotated[Path, Argument("SPEC", "A spec.")]
SpecFiles: TypeAlias = Annotated[tuple[Path, ...], Argument("SPEC", "Specs.")]
Targets: TypeAlias = Annotated[
    tuple[Path, ...], Argument("SPEC", "Specs for one org, or one fleet file.")
]

ProofWait: TypeAlias = Annotated[
    float,
    Option(
        "--proof-wait",
        metavar="SECONDS",
        least=0,
        most=86400,
        help="Seconds to keep retrying a refused login while the org propagates the change.",
        panel=Panel.ORG,
    ),
]

Reading: TypeAlias = Annotated[OrgOptions, Without("deploy_wait")]
"""For verbs that deploy nothing."""

SingleOrg: TypeAlias = Annotated[OrgOptions, Without("session_cache")]
"""For verbs that do not go over fleets. A session cache is for fleets."""

ReadingRollout: TypeAlias = Annotated[RolloutOptions, Without("waves", "stop_after")]
"""For verbs that write nothing: they go over all orgs at once."""

OrgName: TypeAlias = Annotated[
    RolloutOptions,
    Without("shard", "concurrency", "waves", "stop_after", "resume", "executor"),
]
"""For verbs that do not go over fleets."""

RulesFile: TypeAlias = Annotated[RuleOptions, Without("profiles")]
"""For verbs whose rules are those of gates."""

Asking: TypeAlias = Annotated[GateOptions, Without("allow")]
"""For verbs that ask, and that no gate refuses."""
