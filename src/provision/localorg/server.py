"""The local org as a ``with`` block: start it, get a session, move its clock, see its requests."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from types import TracebackType

from provision.errors import CannotError
from provision.localorg.clock import Clock
from provision.localorg.domain.org import Orgs
from provision.localorg.fault import FaultPlan, load_faults
from provision.localorg.http.application import Application
from provision.localorg.http.certificate import ensure_pair
from provision.localorg.http.connection import Listener
from provision.localorg.http.request_log import RequestLog, RequestRecord
from provision.localorg.oauth.session import ReadySession, ready_session
from provision.localorg.operate import ServerState, state_file
from provision.localorg.quirks import Quirks
from provision.localorg.seed import load_seed
from provision.localorg.seeding import seed_orgs
from provision.localorg.store.database import Database

__all__ = ["LocalOrg", "RunningOrg"]


@dataclass(frozen=True, slots=True)
class LocalOrg:
    """How to run a local org. In a ``with`` block it runs: the block gets a :class:`RunningOrg`.

    It serves on 127.0.0.1, over http and https, until the block ends. Entering the block raises
    :class:`CannotError` for a seed or faults file that is wrong, and for a port that is taken.
    """

    database: Path | None = None
    """The SQLite file with the org's state. ``None``: the state is deleted when the block ends.
    """

    quirks: Quirks = field(default_factory=Quirks)
    """How the org behaves where sources disagree."""

    port: int = 0
    """The port of http; 0 takes a free one."""

    https_port: int = 0
    """The port of https; 0 takes a free one."""

    clock: Clock = field(default_factory=Clock)
    """The org's clock. Tests pass one that stands still."""

    seed: Path | None = None
    """A YAML file of orgs and users, read while the database is empty. ``None``: the default org.
    """

    faults: Path | None = None
    """A YAML file of what goes wrong on purpose."""

    shuffle: int | None = None
    """The seed of the random order in which permission lists come back."""

    read_only: bool = False
    """Whether every write is refused. The request log still has it."""

    _entered: list[AbstractContextManager[RunningOrg]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    def __enter__(self) -> RunningOrg:
        served = _served(self)
        org = served.__enter__()
        self._entered.append(served)
        return org

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered.pop().__exit__(kind, error, traceback)


class RunningOrg:
    """A server with one org or several. It runs until the block of its :class:`LocalOrg` ends."""

    def __init__(
        self, orgs: Orgs, log: RequestLog, http: Listener, https: Listener, ca_file: Path
    ) -> None:
        self._orgs = orgs
        self._log = log
        self.url = f"http://127.0.0.1:{http.server_port}"
        self.https_url = f"https://localhost:{https.server_port}"
        self.ca_file = ca_file

    @property
    def org_id(self) -> str:
        """The 18-character id of the first org."""
        return self._orgs.default.id

    @property
    def requests(self) -> Sequence[RequestRecord]:
        """Every request so far."""
        return self._log.snapshot()

    def session(self, username: str = "") -> ReadySession:
        """A session of a user, by default the administrator, without a login.

        Raises :class:`CannotError` for a user that no org has.
        """
        with self._orgs.database.transaction():
            return ready_session(self._orgs, username)

    def advance(self, seconds: float) -> None:
        """Move the orgs' clock forward."""
        with self._orgs.database.transaction():
            self._orgs.advance(seconds)

    def set_quirks(self, quirks: Quirks) -> None:
        """Replace the quirks."""
        with self._orgs.database.transaction():
            self._orgs.quirks = quirks


@contextmanager
def _served(settings: LocalOrg) -> Iterator[RunningOrg]:
    with ExitStack() as stack:
        database_file = settings.database
        if database_file is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="provision-localorg-"))
            database_file = Path(folder) / "localorg.db"
        database = Database(database_file)
        stack.callback(database.close)
        orgs = _load_orgs(settings, database)
        log = RequestLog(database_file.with_suffix(".requests.jsonl"))
        stack.callback(log.close)
        pair = ensure_pair(database_file, [org.name for org in orgs])
        faults = FaultPlan(load_faults(settings.faults))
        application = Application(orgs, log, faults, read_only=settings.read_only)
        http = _listener(settings.port, application)
        stack.callback(http.stop)
        https = _listener(settings.https_port, application, pair.context())
        stack.callback(https.stop)
        http.start()
        https.start()
        org = RunningOrg(orgs, log, http, https, pair.ca_file)
        state = ServerState(os.getpid(), org.url, org.https_url)
        stack.enter_context(state_file(database_file, state))
        yield org


def _listener(port: int, application: Application, tls: SSLContext | None = None) -> Listener:
    try:
        return Listener(port, application.answer, tls)
    except OSError as error:
        raise CannotError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}",
            next_step="Choose another port, or 0 for a free one.",
        ) from error


def _load_orgs(settings: LocalOrg, database: Database) -> Orgs:
    seed = load_seed(settings.seed)
    shuffler = random.Random(settings.shuffle)  # noqa: S311  # the order of lists, not a secret
    orgs = Orgs(
        database, settings.clock, settings.quirks, lambda empty: seed_orgs(empty, seed), shuffler
    )
    with database.transaction():
        orgs.load()
    return orgs
