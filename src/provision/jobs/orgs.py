"""Orgs: where a job's orgs come from, and the way into each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import requests

from provision.errors import CannotError, SpecError
from provision.fleet.allotment import misfits, near
from provision.fleet.fleet import Fleet, FleetOrg
from provision.fleet.load import load_fleet
from provision.fleet.login import kept_as, login_of
from provision.fleet.model import RunEntry
from provision.fleet.shared_value import login_values
from provision.jobs.org_login import choose_login
from provision.jobs.target import FilesTarget, FleetTarget, OrgTarget, Target
from provision.jobs.workdir import database_path
from provision.org.clock import Clock
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import TokenLogin
from provision.org.pool import MANY_AT_ONCE, ONE_AT_A_TIME, Pool
from provision.org.session import Login, Session
from provision.spec.combination.unique import UniqueValue
from provision.spec.position import Position
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["LOCAL", "FleetOrgs", "OneOrgOfFleet", "Orgs", "Way", "files_of", "orgs_of"]

LOCAL: Final = "local"
"""The name of the embedded local org."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way into one org, and the values of the variables of its specs.

    ``kept_as`` is the name that a session is kept as; it is empty where no session may be kept.
    """

    login: Login
    variables: Variables = field(repr=False)
    kept_as: str = ""


class Orgs(Protocol):
    """The orgs of a job. Nothing outside of the command line and the fleet file was read yet."""

    @property
    def path(self) -> Path:
        """The file that runs are called after."""
        ...

    @property
    def run(self) -> RunEntry:
        """How to go over them, where the command line does not say otherwise."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, in order."""
        ...

    @property
    def pool(self) -> Pool:
        """How many calls to one of them are made at once."""
        ...

    @property
    def ca_file(self) -> Path | None:
        """The PEM of orgs with a certificate of their own making (the local org)."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may be wrong with the way into them."""
        ...

    def org(self, name: str) -> FleetOrg:
        """The org called ``name``. Raises :class:`CannotError` if there is none."""
        ...

    def way(self, org: FleetOrg, given: Variables, *, with_specs: bool) -> Way:
        """The way into ``org``; variables that are ``given`` win.

        This is where commands run and files are read. Without ``with_specs`` no variable of a spec
        is read. Raises :class:`SpecError` for what has no value here.
        """
        ...

    def shown(self, spec: Path) -> Path:
        """The path of a spec as messages name it."""
        ...

    def check(self, org: FleetOrg, specs: Sequence[Spec]) -> None:
        """Raise :class:`ProvisionError` unless ``specs`` can stand beside each other in ``org``."""
        ...

    def login_values(self, org: str) -> Iterator[UniqueValue]:
        """The values in the login of ``org`` that no two orgs may share."""
        ...


@contextmanager
def orgs_of(target: Target, environ: Mapping[str, str], clock: Clock) -> Iterator[Orgs]:
    """The orgs of ``target``. The embedded local org is there for as long as the block.

    Raises :class:`ProvisionError` for a fleet file that is wrong, and where no org is named.
    """
    match target:
        case FleetTarget(path):
            yield FleetOrgs(load_fleet(path), clock)
        case FilesTarget(specs):
            yield OneOrg(_entry("", specs), _NoLogin())
        case OrgTarget(name, specs) if name == LOCAL:
            with _local_org(specs) as local:
                yield local
        case OrgTarget(name, specs):
            yield _named_org(name, specs, environ, clock)


@dataclass(frozen=True, slots=True)
class FleetOrgs:
    """The orgs of a fleet file. Many at once are fast, with one call after the other to each."""

    fleet: Fleet
    clock: Clock
    pool: Pool = ONE_AT_A_TIME
    ca_file: Path | None = None
    warnings: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The fleet file."""
        return self.fleet.path

    @property
    def run(self) -> RunEntry:
        """What the fleet file says of runs."""
        return self.fleet.run

    @property
    def names(self) -> tuple[str, ...]:
        """All of the file."""
        return tuple(self.fleet.orgs)

    def org(self, name: str) -> FleetOrg:
        """The org of the fleet."""
        return self.fleet.org(name)

    def way(self, org: FleetOrg, given: Variables, *, with_specs: bool) -> Way:
        """The login of the org's entry, and its variables."""
        reach = self.fleet.reach if with_specs else self.fleet.reach_without_specs
        reached = reach(org.name, given)
        login = login_of(org, reached, self.clock)
        return Way(login, reached.variables, kept_as(reached.login))

    def shown(self, spec: Path) -> Path:
        """As seen from this folder: the fleet's own paths start at the fleet file."""
        return near(spec)

    def check(self, org: FleetOrg, specs: Sequence[Spec]) -> None:
        """Raise :class:`SpecError` for an org without a spec, or with two for one app."""
        problems = list(misfits(org, specs))
        if problems:
            raise SpecError(problems)

    def login_values(self, org: str) -> Iterator[UniqueValue]:
        """Keys and usernames of logins."""
        return login_values(self.fleet, org)


@dataclass(frozen=True, slots=True)
class OneOrgOfFleet(FleetOrgs):
    """A single org of a fleet, to which many calls are made at once."""

    name: str = ""
    pool: Pool = MANY_AT_ONCE

    @property
    def names(self) -> tuple[str, ...]:
        """The one."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class OneOrg:
    """One org of a command line, with the login that was found for it."""

    found: FleetOrg
    login: Login
    ca_file: Path | None = None
    warnings: tuple[str, ...] = ()
    pool: Pool = MANY_AT_ONCE
    run: RunEntry = field(default_factory=RunEntry)

    @property
    def path(self) -> Path:
        """The first spec. An org has no file of its own, and its name may be a URL."""
        return self.found.specs[0] if self.found.specs else Path()

    @property
    def names(self) -> tuple[str, ...]:
        """The one."""
        return (self.found.name,)

    def org(self, name: str) -> FleetOrg:  # noqa: ARG002  # there is one
        """The one org."""
        return self.found

    def way(self, org: FleetOrg, given: Variables, *, with_specs: bool) -> Way:  # noqa: ARG002  # see Orgs
        """The login that was found, and the variables of the command line."""
        return Way(self.login, given)

    def shown(self, spec: Path) -> Path:
        """As the command line names it."""
        return spec

    def check(self, org: FleetOrg, specs: Sequence[Spec]) -> None:  # noqa: ARG002  # see Orgs
        """Raise :class:`CannotError` where two specs are for one app."""
        apps = [spec.app.casefold() for spec in specs]
        twice = sorted({spec.app for spec in specs if apps.count(spec.app.casefold()) > 1})
        if twice:
            raise CannotError(
                f"more than one spec is for {', '.join(twice)}", next_step="Name one spec an app."
            )

    def login_values(self, org: str) -> Iterator[UniqueValue]:  # noqa: ARG002  # see Orgs
        """None: a single org shares nothing."""
        return iter(())


def files_of(target: Target) -> OneOrg | None:
    """The specs of ``target`` without a login; ``None`` for a fleet, where they are the org's."""
    if isinstance(target, FleetTarget):
        return None
    return OneOrg(_entry("", target.specs), _NoLogin())


class _NoLogin:
    def open(self, http: requests.Session) -> Session:  # noqa: ARG002  # Login's
        raise CannotError("no org was named", next_step="Name one with --org.")


def _named_org(
    name: str, specs: Sequence[Path], environ: Mapping[str, str], clock: Clock
) -> OneOrg:
    chosen = choose_login(name, environ, clock)
    warnings = (chosen.doubt,) if chosen.doubt else ()
    return OneOrg(_entry(chosen.name, specs), chosen.login, warnings=warnings)


@contextmanager
def _local_org(specs: Sequence[Path]) -> Iterator[OneOrg]:
    from provision.localorg import LocalOrg

    with LocalOrg(database=database_path()) as local:
        session = local.session()
        login = TokenLogin(
            InstanceUrl(local.https_url),
            session.access_token,
            "the embedded local org",
            session.username,
            local.ca_file,
        )
        yield OneOrg(_entry(LOCAL, specs), login, local.ca_file)


def _entry(name: str, specs: Sequence[Path]) -> FleetOrg:
    """The org as an org of a fleet is described. No file has a position for it."""
    return FleetOrg(name, (), (), tuple(specs), None, Position("", 0, 0))
