"""All orgs of one server, and which of them a request is about."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from provision.localorg.clock import Clock
from provision.localorg.domain.org import Org, Profile, mint
from provision.localorg.quirks import Quirks
from provision.localorg.store.database import Database
from provision.localorg.store.ids import long_id

__all__ = ["Realm"]

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
