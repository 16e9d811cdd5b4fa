"""Org: an org that can be read, and one that can also be written to."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import requests

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.errors import OrgRefused, OrgUnreachable, VersionUnsupported
from provision.org.access import AccessReader, AccessWriter
from provision.org.app import AppReader, app_id_of, find_app, read_back
from provision.org.app_names import LearnedNames, no_app
from provision.org.clock import Clock
from provision.org.dependents import DependentReader
from provision.org.failure import translated
from provision.org.headcount import Headcount, read_headcount
from provision.org.http import calls_of, org_time_of
from provision.org.last_changes import audit_trail, record_changes
from provision.org.metadata import MetadataReader
from provision.org.pool import MANY_AT_ONCE, Pool
from provision.org.quota import RESERVE, Calls, QuotaReserve
from provision.org.rest import RestReader, RestWriter, import_simple_salesforce
from provision.org.session import Session, is_jwt_format
from provision.org.soap import SoapEndpoint
from provision.org.usage import app_users, is_production
from provision.org.written import Written
from provision.plan.drift import LastChange
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.gate import Usage
from provision.plan.names import Wanted
from provision.plan.widening import Widening

if TYPE_CHECKING:
    from provision.org.deployer import Deployer

__all__ = [
    "ReadableOrg",
    "WritableOrg",
    "agreed_version",
    "readable_org",
    "with_username",
    "writable_org",
]

_JWT_TOKENS_LIST_SINCE = 68


@dataclass(frozen=True)
class ReadableOrg:
    """An org that can only be read: it has no method that writes.

    ``name`` is what the user called it, ``pool`` makes independent reads at the same time.
    """

    name: str
    session: Session
    http: requests.Session
    api_version: int
    pool: Pool = field(default=MANY_AT_ONCE, kw_only=True)
    learned: LearnedNames = field(default_factory=LearnedNames, kw_only=True, compare=False)

    @property
    def facts(self) -> OrgFacts:
        """Which org this is, for a plan."""
        return OrgFacts(
            name=self.name,
            instance_url=str(self.session.instance_url),
            username=self.session.username,
            api_version=self.api_version,
            reached_by=self.session.reached_by,
            org_id=self.session.org_id[:15],
        )

    @property
    def calls(self) -> Calls:
        """How many calls were made to the org so far, and its allowance as it last told it."""
        return calls_of(self.http)

    @cached_property
    def rest(self) -> RestReader:
        """REST and SOQL."""
        return RestReader(self.session, self.http, self.api_version)

    @cached_property
    def metadata(self) -> MetadataReader:
        """The Metadata API's reading calls."""
        return MetadataReader(self.soap, self.api_version, self.pool)

    @cached_property
    def access(self) -> AccessReader:
        """Who may use what."""
        return AccessReader(self.rest, self.pool)

    @cached_property
    def soap(self) -> SoapEndpoint:
        """The Metadata API's SOAP endpoint."""
        return SoapEndpoint(self.session, self.http, self.api_version)

    def find_app(self, app: str, *, wholly: bool = False) -> ActualApp:
        """``app`` as the org has it; if ``wholly``, with every record that a deletion removes."""
        return find_app(app, self._app_reader, wholly=wholly)

    def existing_app(self, app: str) -> ActualApp:
        """``app`` as the org has it. Raises :class:`CannotError` if there is none."""
        found = self.find_app(app)
        if not found.exists:
            raise no_app(self.name, app, found.packages)
        return found

    def app_id(self, app: str) -> str:
        """The id of ``app``. Raises :class:`OrgRefused` if a query does not find it."""
        found = app_id_of(app, self.rest)
        if not found:
            raise OrgRefused(f"a query finds no app {app}", code="NOT_FOUND")
        return found

    def usage(self, app: str, names: Wanted) -> Usage:
        """Who uses ``app``, and which of the ``names`` in its lists the org has."""
        users = app_users(self.rest, self.app_id(app))
        return Usage(
            users=users or (),
            known=users is not None,
            access=self.access.find(names),
            session_client_id=self.session.client_id,
        )

    def headcount(self, found: Widening) -> Headcount:
        """How many active users a widening admits, and which of the assigned ones."""
        return read_headcount(self.rest, self.pool, found)

    def last_changes(
        self, app: str, types: Collection[str], names: Sequence[str], since: datetime | None
    ) -> tuple[LastChange, ...]:
        """Who changed ``app`` last, and when: its records of ``types``, and in the audit trail.

        The audit trail calls the app by one of ``names``, and is read from ``since`` on. What the
        org does not show is left out.
        """
        records, trail = self.pool.both(
            lambda: self._record_changes(app, types), lambda: audit_trail(self.rest, names, since)
        )
        return (*records, *trail)

    def _record_changes(self, app: str, types: Collection[str]) -> tuple[LastChange, ...]:
        app_id = app_id_of(app, self.rest) if types else ""
        return record_changes(self.rest, app_id, types, self.pool) if app_id else ()

    def is_production(self) -> bool | None:
        """Whether this is a production org; ``None`` if it does not tell."""
        return is_production(self.rest)

    def read_back(self, actual: ActualApp, names: Mapping[str, str]) -> ActualApp:
        """``actual``, read again after a write of components called ``names`` (by type)."""
        return read_back(actual, names, self._app_reader)

    @cached_property
    def dependents(self) -> DependentReader:
        """The records of types that provision does not manage."""
        return DependentReader(
            self.metadata,
            self.pool,
            self.learned,
            newest=lambda: max(_versions(self.session, self.http)),
        )

    @cached_property
    def _app_reader(self) -> AppReader:
        return AppReader(self.rest, self.metadata, self.pool, self.dependents, self.learned)


@dataclass(frozen=True)
class WritableOrg(ReadableOrg):
    """An org that can be written to: deploys, and records of who may use what."""

    clock: Clock
    deploy_wait: float
    reserve: QuotaReserve = RESERVE
    written: Written = field(default_factory=Written, kw_only=True, compare=False)

    def check_quota(self) -> None:
        """Raise :class:`QuotaTooLow` if the org has too few API calls left to begin writing."""
        self.reserve.check(self.name, self.calls)

    @cached_property
    def deployer(self) -> Deployer:
        """Sends deploys and waits for them."""
        # Late: most jobs deploy nothing.
        from provision.org.deploy_rest import RestDeploys
        from provision.org.deploy_search import DeploySearch
        from provision.org.deploy_soap import SoapDeploys
        from provision.org.deployer import Deployer, deploy_lock_of

        return Deployer(
            rest=RestDeploys(self.session, self.http, self.api_version),
            soap=SoapDeploys(self.soap),
            search=DeploySearch(self.rest, self.session.username),
            clock=self.clock,
            wait=self.deploy_wait,
            lock=deploy_lock_of(self.session.instance_url),
            org_time=lambda: org_time_of(self.http) or self.clock.time(),
        )

    @cached_property
    def access_writer(self) -> AccessWriter:
        """Changes who may use what."""
        return AccessWriter(RestWriter(self.session, self.http, self.api_version), self.pool)


def readable_org(
    name: str, session: Session, http: requests.Session, version: int | None, pool: Pool
) -> ReadableOrg:
    """The org called ``name`` behind a session, in API ``version`` or the newest that both know.

    Raises :class:`VersionUnsupported` if there is none, or none that fits the session.
    """
    import_simple_salesforce()  # while the org answers
    agreed, known = pool.both(
        lambda: agreed_version(session, http, version), lambda: with_username(session, http)
    )
    return ReadableOrg(name, known, http, agreed, pool=pool)


def writable_org(org: ReadableOrg, clock: Clock, deploy_wait: float) -> WritableOrg:
    """``org``, to be written to. A deploy is cancelled after ``deploy_wait`` seconds."""
    return WritableOrg(
        org.name,
        org.session,
        org.http,
        org.api_version,
        clock=clock,
        deploy_wait=deploy_wait,
        pool=org.pool,
        learned=org.learned,
    )


def agreed_version(session: Session, http: requests.Session, wanted: int | None) -> int:
    """The API version to talk to an org in: ``wanted``, or the newest that both sides know.

    Raises :class:`VersionUnsupported` if there is none, or none that fits the session.
    """
    known = _versions(session, http)
    shared = [version for version in known if OLDEST_API <= version <= NEWEST_API]
    if wanted is not None and wanted not in shared:
        raise VersionUnsupported(
            f"API {wanted} is not one that both {session.instance_url} (up to {max(known)}) and "
            f"provision ({OLDEST_API} to {NEWEST_API}) know",
            next_step="Leave --api-version out to use the newest that both know.",
        )
    if not shared:
        raise VersionUnsupported(
            f"{session.instance_url} knows no API version from {OLDEST_API} to {NEWEST_API}",
            next_step="External client apps need an org of API 59 (Winter '24) or newer.",
        )
    version = max(shared) if wanted is None else wanted
    if is_jwt_format(session.access_token) and version < _JWT_TOKENS_LIST_SINCE:
        raise VersionUnsupported(
            f"the session's access token is JWT-format, with which an org lists no metadata "
            f"below API {_JWT_TOKENS_LIST_SINCE}; this is API {version}",
            next_step="Use a session of another app, or one without JWT-based access tokens.",
        )
    return version


def with_username(session: Session, http: requests.Session) -> Session:
    """``session`` with the name of its user, for which the org is asked if the login did not tell.

    It is unchanged if the org does not tell either: the session may not have the scope for that.
    """
    if session.username:
        return session
    url = f"{session.instance_url}/services/oauth2/userinfo"
    headers = {"Authorization": f"Bearer {session.access_token}"}
    response = translated(url, lambda: http.get(url, headers=headers))
    try:
        answer = response.json()
    except requests.exceptions.JSONDecodeError:
        return session
    name = answer.get("preferred_username") if isinstance(answer, Mapping) else None
    return dataclasses.replace(session, username=str(name)) if name else session


def _versions(session: Session, http: requests.Session) -> list[int]:
    url = f"{session.instance_url}/services/data"
    response = translated(url, lambda: http.get(url))
    try:
        versions = [int(float(entry["version"])) for entry in response.json()]
    except (ArithmeticError, KeyError, TypeError, ValueError):
        versions = []
    if not versions:
        raise OrgUnreachable(
            f"{url} answered HTTP {response.status_code}, and no list of API versions",
            next_step="Check that the instance URL is the org's My Domain URL.",
        )
    return versions
