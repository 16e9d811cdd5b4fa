"""One org: its identity, its state, and the switches that it runs under."""

from __future__ import annotations

import json
import random
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from provision.localorg.clock import Clock
from provision.localorg.quirks import Quirks
from provision.localorg.store.components import Components
from provision.localorg.store.consumers import Consumers
from provision.localorg.store.database import Database
from provision.localorg.store.ids import short_id
from provision.localorg.store.jobs import Jobs
from provision.localorg.store.records import Records
from provision.localorg.store.tokens import Tokens

__all__ = ["Org", "Profile", "mint"]

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
