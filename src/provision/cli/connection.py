"""Connection: from what the command line says to an org that can be talked to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from provision.cli.choice import Chosen, choose_login
from provision.cli.options import OrgChoice
from provision.org.clock import Clock, SystemClock
from provision.org.http import http_session
from provision.org.lanes import MANY_LANES
from provision.org.login.token import TokenLogin
from provision.org.org import ReadableOrg, WritableOrg, agreed_version, with_username

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
        opened = chosen.login.open(http)
        version, session = MANY_LANES.both(
            lambda: agreed_version(opened, http, choice.api_version),
            lambda: with_username(opened, http),
        )
        yield ReadableOrg(chosen.name, session, http, version)


@contextmanager
def writing(choice: OrgChoice) -> Iterator[WritableOrg]:
    """The chosen org, for verbs that write."""
    with reading(choice) as org:
        yield WritableOrg(
            org.name,
            org.session,
            org.http,
            org.api_version,
            clock=SystemClock(),
            deploy_wait=choice.deploy_wait,
            lanes=org.lanes,
        )


@contextmanager
def _chosen(choice: OrgChoice, clock: Clock) -> Iterator[Chosen]:
    if choice.name != LOCAL:
        yield choose_login(choice.name, os.environ, clock)
        return
    from provision.cli.localorg import database_path
    from provision.localorg.server import Settings, running

    with running(Settings(database=database_path(None))) as local:
        session = local.session()
        yield Chosen(
            LOCAL,
            TokenLogin(
                local.https_url,
                session.access_token,
                "the embedded local org",
                session.username,
                local.ca_file,
            ),
            local.ca_file,
        )
