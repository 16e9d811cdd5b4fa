"""Orgs: one with its state and switches, and all those of one server."""

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
    "Profile",
    "Realm",
    "mint",
]

_ALPHABET: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Profile:
    """What sort of org it is. ``session_minutes`` is the org-wide session timeout.

    ``latency`` is added to every answer, in seconds. ``daily_requests`` is how many API calls of
    24 hours it says it allows; it refuses none.
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
        """The text that the store keeps."""
        return json.dumps(asdict(self))


class Org:
    """One org of a server. Cheap to make: state is in the database, not here."""

    def __init__(
        self,
        *,
        org_id: str,
        name: str,
        profile: Profile,
        database: Database,
        clock: Clock,
        quirks: Callable[[], Quirks],
        shuffler: random.Random,
    ) -> None:
        self.id = org_id
        self.name = name
        self.profile = profile
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
        """The 15-character org id, as metadata and access tokens have it."""
        return short_id(self.id)

    @property
    def quirks(self) -> Quirks:
        """The switches as they stand now."""
        return self._quirks()

    def shuffled(self, names: Sequence[str]) -> list[str]:
        """Names in no promised order: two retrieves of one list were seen to differ (OBS)."""
        mixed = sorted(names)
        self._shuffler.shuffle(mixed)
        return mixed


def mint(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


_OFFSET = "clock-offset"


@dataclass(slots=True)
class Realm:
    """Every org of a server: one database, one clock, one setting of the quirks.

    ``planter`` fills an empty realm.
    """

    database: Database
    clock: Clock
    quirks: Quirks
    planter: Callable[[Realm], None]
    shuffler: random.Random = field(default_factory=random.Random)
    _orgs: dict[str, Org] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget everything, and begin anew from the seed, now."""
        self.database.clear()
        self.clock.restart()
        self.load()

    def advance(self, seconds: float) -> None:
        """Move the orgs' clock forward, also for the next server on this database."""
        self.clock.advance(seconds)
        self.database.keep(_OFFSET, str(self.clock.offset))

    def load(self) -> None:
        """Read which orgs there are (planting the seed if none) and how far their clock is."""
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
            self.planter(self)

    def add(self, name: str, profile: Profile, org_id: str = "") -> Org:
        """A new, empty org."""
        # Org ids are random, so that two local orgs are two orgs to a client that meets both.
        new_id = long_id(org_id) or long_id(f"00D5e0{mint(9)}")
        self.database.execute(
            "INSERT INTO org VALUES (?, ?, ?, ?)",
            (new_id, name, len(self._orgs), profile.as_json()),
        )
        org = self._org(new_id, name, profile.as_json())
        self._orgs[new_id] = org
        self._names[name.lower()] = new_id
        return org

    def _org(self, org_id: str, name: str, body: str) -> Org:
        return Org(
            org_id=org_id,
            name=name,
            profile=Profile(**json.loads(body)),
            database=self.database,
            clock=self.clock,
            quirks=lambda: self.quirks,
            shuffler=self.shuffler,
        )

    def __iter__(self) -> Iterator[Org]:
        return iter(self._orgs.values())

    def __len__(self) -> int:
        return len(self._orgs)

    @property
    def default(self) -> Org:
        """The first org: the one meant when nothing says otherwise."""
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
