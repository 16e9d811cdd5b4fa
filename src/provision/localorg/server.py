"""The local org, running: start it, take a session, move its clock, see what was asked."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext

from provision.errors import CannotError
from provision.localorg.clock import Clock
from provision.localorg.domain.org import Realm
from provision.localorg.fault import FaultPlan, load_faults
from provision.localorg.http.application import Application
from provision.localorg.http.certificate import ensure_pair
from provision.localorg.http.connection import Listener
from provision.localorg.http.request_log import RequestLog, RequestRecord
from provision.localorg.oauth.session import ReadySession, ready_session
from provision.localorg.operate import ServerState, noted
from provision.localorg.planting import plant
from provision.localorg.quirks import Quirks
from provision.localorg.seed import load_seed
from provision.localorg.store.database import Database

__all__ = ["ReadySession", "RunningOrg", "Settings", "running"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run a local org.

    ``database`` is created with its folder, and seeded while it is empty: from ``seed`` (YAML),
    or with the default org. Port 0 takes a free one. ``shuffle`` seeds the random order of
    permission lists. ``faults`` is a YAML file of what goes wrong on purpose. With ``read_only``,
    every write is noted and refused.
    """

    database: Path
    quirks: Quirks = field(default_factory=Quirks)
    http_port: int = 0
    https_port: int = 0
    clock: Clock = field(default_factory=Clock)
    seed: Path | None = None
    faults: Path | None = None
    shuffle: int | None = None
    read_only: bool = False


class RunningOrg:
    """A server with one org or several. Made by :func:`running`."""

    def __init__(
        self, realm: Realm, log: RequestLog, http: Listener, https: Listener, ca_file: Path
    ) -> None:
        self._realm = realm
        self._log = log
        self.http_url = f"http://127.0.0.1:{http.server_port}"
        self.https_url = f"https://localhost:{https.server_port}"
        self.ca_file = ca_file

    @property
    def org_id(self) -> str:
        """The 18-character id of the (first) org."""
        return self._realm.default.id

    @property
    def requests(self) -> Sequence[RequestRecord]:
        """Every request so far."""
        return self._log.snapshot()

    def session(self, username: str = "") -> ReadySession:
        """A session of a user, by default the administrator, without a login.

        Raises :class:`CannotError` for a user that no org has.
        """
        with self._realm.database.transaction():
            return ready_session(self._realm, username)

    def advance(self, seconds: float) -> None:
        """Move the orgs' clock forward."""
        with self._realm.database.transaction():
            self._realm.advance(seconds)

    def set_quirks(self, quirks: Quirks) -> None:
        """Set every switch anew."""
        with self._realm.database.transaction():
            self._realm.quirks = quirks


@contextmanager
def running(settings: Settings) -> Iterator[RunningOrg]:
    """Serve on 127.0.0.1, over http and https, until the context ends.

    Raises :class:`CannotError` for a seed that is wrong, or a port that is taken.
    """
    database = Database(settings.database)
    try:
        realm = _realm(settings, database)
        log = RequestLog(settings.database.with_suffix(".requests.jsonl"))
        try:
            with _listening(settings, realm, log) as org:
                yield org
        finally:
            log.close()
    finally:
        database.close()


@contextmanager
def _listening(settings: Settings, realm: Realm, log: RequestLog) -> Iterator[RunningOrg]:
    pair = ensure_pair(settings.database, [org.name for org in realm])
    faults = FaultPlan(load_faults(settings.faults))
    application = Application(realm, log, faults, read_only=settings.read_only)
    listeners: list[Listener] = []
    try:
        listeners.append(_listener(settings.http_port, application))
        listeners.append(_listener(settings.https_port, application, pair.context()))
        for listener in listeners:
            listener.start()
        org = RunningOrg(realm, log, listeners[0], listeners[1], pair.ca_file)
        with noted(settings.database, ServerState(os.getpid(), org.http_url, org.https_url)):
            yield org
    finally:
        for listener in listeners:
            listener.stop()


def _listener(port: int, application: Application, tls: SSLContext | None = None) -> Listener:
    try:
        return Listener(port, application.answer, tls)
    except OSError as error:
        raise CannotError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}",
            next_step="Choose another port, or 0 for a free one.",
        ) from error


def _realm(settings: Settings, database: Database) -> Realm:
    seed = load_seed(settings.seed)
    shuffler = random.Random(settings.shuffle)  # noqa: S311  # an order, no secret
    realm = Realm(
        database, settings.clock, settings.quirks, lambda empty: plant(empty, seed), shuffler
    )
    with database.transaction():
        realm.load()
    return realm
