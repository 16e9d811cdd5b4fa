"""Connection: from what the command line says to an org that can be talked to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from provision.cli.choice import Chosen, choose_login
from provision.cli.options import OrgChoice
from provision.cli.written_first import written_first
from provision.org.clock import Clock, SystemClock
from provision.org.http import http_session
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import TokenLogin
from provision.org.org import ReadableOrg, WritableOrg, readable_org, writable_org
from provision.org.pool import MANY_AT_ONCE

__all__ = ["LOCAL", "reading", "writing"]

LOCAL = "local"


@contextmanager
def reading(choice: OrgChoice) -> Iterator[ReadableOrg]:
    """The chosen org, for verbs that must not write: what they get has no way to."""
    clock = SystemClock()
    with (
        _chosen(choice, clock) as chosen,
        http_session(choice.http_timeout, chosen.ca_file) as http,
    ):
        session = chosen.login.open(http)
        yield readable_org(chosen.name, session, http, choice.api_version, MANY_AT_ONCE)


@contextmanager
def writing(choice: OrgChoice) -> Iterator[WritableOrg]:
    """The chosen org, for verbs that write. Errors begin with what was written before them."""
    with reading(choice) as org:
        target = writable_org(org, SystemClock(), choice.deploy_wait)
        with written_first(target.written):
            yield target


@contextmanager
def _chosen(choice: OrgChoice, clock: Clock) -> Iterator[Chosen]:
    if choice.name != LOCAL:
        yield choose_login(choice.name, os.environ, clock)
        return
    from provision.cli.localorg import database_path
    from provision.localorg import LocalOrg

    with LocalOrg(database=database_path(None)) as local:
        session = local.session()
        yield Chosen(
            LOCAL,
            TokenLogin(
                InstanceUrl(local.https_url),
                session.access_token,
                "the embedded local org",
                session.username,
                local.ca_file,
            ),
            local.ca_file,
        )
