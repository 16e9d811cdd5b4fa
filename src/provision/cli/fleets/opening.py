"""Opening: the way into one org of a fleet."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from provision.cli.console import hide
from provision.cli.fleets.errand import Errand
from provision.cli.fleets.shelf import Shelf
from provision.fleet.fleet import FleetOrg, Reached
from provision.fleet.login import kept_as, login_of
from provision.org.clock import SystemClock
from provision.org.org import ReadableOrg, WritableOrg, readable_org, writable_org
from provision.org.pool import ONE_AT_A_TIME
from provision.org.session import Login
from provision.org.session_cache import CachedLogin
from provision.spec.spec import Spec

__all__ = ["Site", "opened"]


@dataclass(frozen=True, slots=True)
class Site:
    """One org that an errand came to, the specs that go there, and what all orgs share."""

    org: ReadableOrg
    specs: tuple[Spec, ...]
    shelf: Shelf
    errand: Errand

    def writable(self) -> WritableOrg:
        """The org, for a verb that writes."""
        return writable_org(self.org, SystemClock(), self.errand.deploy_wait)


def opened(org: FleetOrg, shelf: Shelf, errand: Errand, http: requests.Session) -> Site:
    """The org, with the session that this process has of it already, or a new one.

    Raises :class:`SpecError` before anybody logs in, and what a login raises.
    """
    fleet = shelf.fleet
    reach = fleet.reach if errand.needs_specs else fleet.reach_without_specs
    reached = reach(org.name, shelf.given)
    hide(reached.sensitive)
    specs = shelf.specs(org, reached.variables) if errand.needs_specs else ()
    session = shelf.sessions.get(org.name)
    if session is None:
        session = _login(org, reached, shelf).open(http)
    version = errand.api_version or org.api_version
    readable = readable_org(org.name, session, http, version, ONE_AT_A_TIME)
    shelf.sessions[org.name] = readable.session
    return Site(readable, specs, shelf, errand)


def _login(org: FleetOrg, reached: Reached, shelf: Shelf) -> Login:
    """The org's login, with the session of an earlier run where that was asked for."""
    login = login_of(org, reached, SystemClock())
    name = kept_as(reached.login)
    return CachedLogin(login, shelf.cache, name, _unsaid) if shelf.cache and name else login


def _unsaid(_notice: str) -> None:
    """A cache that is of no use costs a login, and that the row of the org counts."""
