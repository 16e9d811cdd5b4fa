"""The options of jobs, in groups, as plain values that can travel to another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import CannotError, GateName

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
    """How specs are read: the assignments of variables, ``NAME=VALUE``, and the templates."""

    var: tuple[str, ...] = ()
    allow_exec: bool = False
    templates: Path | None = None


@dataclass(frozen=True, slots=True)
class OrgOptions:
    """How an org is talked to. Times are in seconds."""

    api_version: int | None = None
    http_timeout: float = 30
    deploy_wait: float = 600
    session_cache: Path | None = None


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Which rules apply: those of a file, or those of profiles that ship."""

    rules: Path | None = None
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepOptions:
    """Where runs and last-applied records are kept. Empty means the default place."""

    run_dir: Path | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class GateOptions:
    """Which gates are lifted, and whether nobody is asked before a write."""

    allow: frozenset[GateName] = frozenset()
    yes: bool = False


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """Which orgs of a fleet, and how to go over them. Empty means what the fleet says.

    ``orgs`` are selectors, ``shard`` is a part such as ``3/20``, ``resume`` a run that continues,
    ``executor`` the address of an engine.
    """

    orgs: tuple[str, ...] = ()
    shard: str = ""
    concurrency: int | None = None
    waves: str = ""
    stop_after: str = ""
    resume: str = ""
    executor: str = ""


@dataclass(frozen=True, slots=True)
class CredentialOptions:
    """Which app's key and secret, which part of them, and where they go."""

    app: str
    sink: str = ""
    prefix: str = ""
    part: str = ""
    force: bool = False
    open_setting: bool = False


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
