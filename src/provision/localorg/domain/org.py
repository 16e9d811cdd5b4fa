"""Orgs: one with its state and quirks, and all orgs of one server."""

from __future__ import annotations

import json
import random
import secrets
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from provision.localorg.clock import Clock
from provision.localorg.quirks import Quirks
from provision.localorg.store.components import Components
from provision.localorg.store.consumers import Consumers
from provision.localorg.store.database import Database
from provision.localorg.store.ids import long_id, short_id
from provision.localorg.store.rows import Jobs, Records
from provision.localorg.store.tokens import Tokens

__all__ = [
    "Org",
    "OrgInfo",
    "Orgs",
    "random_text",
]

_ALPHABET: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class OrgInfo:
    """What an org is like. ``session_minutes`` is the org-wide session timeout.

    ``latency`` is added to every response, in seconds. ``daily_requests`` is the limit of API
    calls in 24 hours that the org reports; it does not enforce it.
    """

    edition: str = "Developer Edition"
    sandbox: bool = False
    language: str = "en_US"
    api_version: int = 68
    instance: str = "LOCAL1"
    session_minutes: int = 120
    latency: float = 0.0
    daily_requests: int = 15_000
    namespace: str = ""

    def as_json(self) -> str:
        """The text that the database stores."""
        return json.dumps(asdict(self))


class Org:
    """One org of a server. Its state is in the database, so this object is cheap to make."""

    def __init__(
        self,
        *,
        org_id: str,
        name: str,
        info: OrgInfo,
        database: Database,
        clock: Clock,
        quirks: Callable[[], Quirks],
        shuffler: random.Random,
    ) -> None:
        self.id = org_id
        self.name = name
        self.info = info
        self.database = database
        self.clock = clock
        self.records = Records(database, org_id)
        self.components = Components(database, org_id)
        self.consumers = Consumers(database)
        self.tokens = Tokens(database)
        self.jobs = Jobs(database, org_id)
        self._quirks = quirks
        self._shuffler = shuffler

    @property
    def short_id(self) -> str:
        """The 15-character org id, as in metadata and access tokens."""
        return short_id(self.id)

    @property
    def quirks(self) -> Quirks:
        """The quirks in force now."""
        return self._quirks()

    def shuffled(self, names: Sequence[str]) -> list[str]:
        """Names in random order: two retrieves of the same list can differ (OBS)."""
        mixed = sorted(names)
        self._shuffler.shuffle(mixed)
        return mixed


def random_text(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


_OFFSET = "clock-offset"


@dataclass(slots=True)
class Orgs:
    """All orgs of a server. They share one database, one clock and one set of quirks.

    ``fill`` adds the orgs if the database has none.
    """

    database: Database
    clock: Clock
    quirks: Quirks
    fill: Callable[[Orgs], None]
    shuffler: random.Random = field(default_factory=random.Random)
    _orgs: dict[str, Org] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def reset(self) -> None:
        """Delete everything, and start again from the seed at the present time."""
        self.database.clear()
        self.clock.restart()
        self.load()

    def advance(self, seconds: float) -> None:
        """Move the orgs' clock forward, for later servers on this database too."""
        self.clock.advance(seconds)
        self.database.keep(_OFFSET, str(self.clock.offset))

    def load(self) -> None:
        """Read the orgs and the offset of their clock. An empty database is filled first."""
        offset = float(self.database.setting(_OFFSET) or 0)
        if offset > self.clock.offset:
            self.clock.advance(offset - self.clock.offset)
        self._orgs.clear()
        self._names.clear()
        rows = self.database.rows("SELECT id, name, body FROM org ORDER BY position")
        for org_id, name, body in rows:
            self._orgs[str(org_id)] = self._org(str(org_id), str(name), str(body))
            self._names[str(name).lower()] = str(org_id)
        if not self._orgs:
            self.fill(self)

    def add(self, name: str, info: OrgInfo, org_id: str = "") -> Org:
        """Add an empty org."""
        # Org ids are random: a client that uses two local orgs must be able to tell them apart.
        new_id = long_id(org_id) or long_id(f"00D5e0{random_text(9)}")
        self.database.execute(
            "INSERT INTO org VALUES (?, ?, ?, ?)",
            (new_id, name, len(self._orgs), info.as_json()),
        )
        org = self._org(new_id, name, info.as_json())
        self._orgs[new_id] = org
        self._names[name.lower()] = new_id
        return org

    def _org(self, org_id: str, name: str, body: str) -> Org:
        return Org(
            org_id=org_id,
            name=name,
            info=OrgInfo(**json.loads(body)),
            database=self.database,
            clock=self.clock,
            quirks=lambda: self.quirks,
            shuffler=self.shuffler,
        )

    def __iter__(self) -> Iterator[Org]:
        return iter(self._orgs.values())

    @property
    def default(self) -> Org:
        """The first org: requests that name no org go to it."""
        return next(iter(self._orgs.values()))

    def org(self, org_id: str) -> Org | None:
        """The org with an id of 15 or 18 characters, or ``None``."""
        return self._orgs.get(long_id(org_id))

    def named(self, name: str) -> Org | None:
        """The org with a name, or ``None``."""
        return self._orgs.get(self._names.get(name.lower(), ""))

    def of_host(self, host: str) -> Org | None:
        """The org that a host names as ``NAME.localhost``, or ``None``."""
        name, _, rest = host.partition(":")[0].partition(".")
        return self.named(name) if rest == "localhost" else None
