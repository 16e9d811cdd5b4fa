"""The local org, running: start it, take a session, move its clock, see what was asked."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provision.errors import CannotError
from provision.localorg.clock import Clock
from provision.localorg.domain.people import user_by_username, username_of
from provision.localorg.domain.realm import Realm
from provision.localorg.http.application import Application
from provision.localorg.http.certificate import ensure_pair
from provision.localorg.http.connection import Listener
from provision.localorg.http.request_log import RequestLog, RequestRecord
from provision.localorg.oauth.client import PLATFORM_CLI, find_client
from provision.localorg.oauth.issue import issue_access
from provision.localorg.quirks import Quirks
from provision.localorg.seed import ADMIN, load_seed, plant
from provision.localorg.store.database import Database

__all__ = ["ReadySession", "RunningOrg", "Settings", "running"]

_OFFSET = "clock-offset"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run a local org.

    ``database`` is created with its folder, and seeded while it is empty: from ``seed`` (YAML),
    or with the default org. Port 0 takes a free one. ``shuffle`` seeds the random order of
    permission lists. With ``read_only``, every write is noted and refused.
    """

    database: Path
    quirks: Quirks = field(default_factory=Quirks)
    http_port: int = 0
    https_port: int = 0
    clock: Clock = field(default_factory=Clock)
    seed: Path | None = None
    shuffle: int | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class ReadySession:
    """A session that needed no login."""

    access_token: str = field(repr=False)
    username: str
    user_id: str
    org_id: str


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
        """A session of a user, by default of the first org's first user, without a login.

        Raises :class:`CannotError` for a user that no org has.
        """
        with self._realm.database.transaction():
            name = username or self._first_username()
            found = username_of(self._realm.default, name)
            org = self._realm.org(found[0]) if found else None
            user = user_by_username(org, name) if org else None
            if org is None or user is None:
                raise CannotError(f"no org here has a user {name}")
            client = find_client(self._realm, org, PLATFORM_CLI)
            token = issue_access(client, user, client.scopes)
            return ReadySession(token, str(user["Username"]), str(user["Id"]), org.id)

    def _first_username(self) -> str:
        org = self._realm.default
        if user_by_username(org, ADMIN) is not None:
            return ADMIN
        return str(org.records.all("User")[0]["Username"])

    def advance(self, seconds: float) -> None:
        """Move the orgs' clock forward."""
        with self._realm.database.transaction():
            self._realm.clock.advance(seconds)
            self._realm.database.keep(_OFFSET, str(self._realm.clock.offset))

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
    application = Application(realm, log, read_only=settings.read_only)
    listeners: list[Listener] = []
    try:
        listeners.append(Listener(settings.http_port, application.answer))
        listeners.append(Listener(settings.https_port, application.answer, pair.context()))
        for listener in listeners:
            listener.start()
        yield RunningOrg(realm, log, listeners[0], listeners[1], pair.ca_file)
    except OSError as error:
        raise CannotError(f"cannot listen on 127.0.0.1: {error.strerror}") from error
    finally:
        for listener in listeners:
            listener.stop()


def _realm(settings: Settings, database: Database) -> Realm:
    realm = Realm(database, settings.clock, settings.quirks, random.Random(settings.shuffle))  # noqa: S311
    with database.transaction():
        offset = float(database.setting(_OFFSET) or 0)
        if offset > settings.clock.offset:
            settings.clock.advance(offset - settings.clock.offset)
        realm.load()
        if not len(realm):
            plant(realm, load_seed(settings.seed))
    return realm
