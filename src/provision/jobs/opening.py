"""Opening: the way into one org of a job, and the job done there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests

from provision.errors import VersionUnsupported
from provision.jobs.context import JobContext, KnownSession, OrgContext, context_of
from provision.jobs.job import Job, Outcome
from provision.jobs.orgs import Way
from provision.jobs.progress import Hooks
from provision.org.org import ReadableOrg, readable_org
from provision.runs.run_directory import ORGS

if TYPE_CHECKING:
    from provision.org.session import Login

__all__ = ["done_in_org", "folder_of_org"]


def done_in_org(
    job: Job,
    name: str,
    http: requests.Session,
    hooks: Hooks,
    runs: Callable[[], Path],
    approved: frozenset[str] | None = None,
) -> Outcome:
    """Do ``job`` in the org ``name``, with the session that this process has of it, or a new one.

    ``runs`` gives the folder of the runs of this org. Errors begin with what was written before
    them. Raises :class:`SpecError` before anybody logs in, and what a login raises.
    """
    shared = context_of(job)
    org = shared.orgs.org(name)
    way = shared.orgs.way(org, shared.given, with_specs=job.needs_variables)
    specs = shared.specs(org, way.variables) if job.needs_specs else ()
    known = shared.sessions.get(name)
    try:
        if known is None:
            session = _login(way, shared).open(http)
            readable = readable_org(name, session, http, job.api_version(org), shared.orgs.pool)
        else:
            readable = ReadableOrg(
                name, known.session, http, known.api_version, pool=shared.orgs.pool
            )
    except VersionUnsupported as error:
        return job.unsupported(error, name, specs)
    shared.sessions[name] = KnownSession(readable.session, readable.api_version)
    context = OrgContext(
        readable, specs, shared, job, hooks, runs, variables=way.variables, approved=approved
    )
    with context.written_first():
        return job.run(context)


def folder_of_org(run: Path, org: str) -> Path:
    """The folder of ``org`` in that of a run. The name of an org may be a URL."""
    return run / ORGS / quote(org, safe=" @+")


def _login(way: Way, shared: JobContext) -> Login:
    """The way's login, with the session of an earlier run where that was asked for."""
    if shared.cache is None or not way.kept_as:
        return way.login
    # Late, as in context.py: few runs keep sessions.
    from provision.org.session_cache import CachedLogin

    return CachedLogin(way.login, shared.cache, way.kept_as, _ignore)


def _ignore(_notice: str) -> None:
    """A cache that is of no use costs a login, and the row of the org counts that."""
