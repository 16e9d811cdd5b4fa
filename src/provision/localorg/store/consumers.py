"""OAuth consumers: the key and secret of each app, and the staged pair beside them."""

from __future__ import annotations

from dataclasses import dataclass

from provision.localorg.store.database import Database, SqlValue

__all__ = ["Consumer", "Consumers", "StagedPair"]


@dataclass(frozen=True, slots=True)
class Consumer:
    """The consumer of one app. ``key`` is empty until the app has global OAuth settings."""

    id: str
    org: str
    app: str
    key: str
    secret: str
    minted: float


@dataclass(frozen=True, slots=True)
class StagedPair:
    """A second key and secret: a new pair before its use, or an old pair until ``expires``."""

    id: str
    consumer: str
    key: str
    secret: str
    state: str
    created: float
    created_by: str
    expires: float


class Consumers:
    """Every consumer of every org: keys are unique across orgs (OBS)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_app(self, app: str) -> Consumer | None:
        """The consumer of the app with this record id, or ``None``."""
        return self._one("app = ?", app)

    def with_id(self, consumer_id: str) -> Consumer | None:
        """The consumer with this id (15 or 18 characters), or ``None``."""
        return self._one("substr(id, 1, 15) = ?", consumer_id[:15])

    def with_key(self, key: str) -> Consumer | None:
        """The consumer whose current key this is, or ``None``."""
        return self._one("key = ?", key) if key else None

    def put(self, consumer: Consumer) -> None:
        """Write a consumer, new or not."""
        self._database.execute(
            "INSERT OR REPLACE INTO consumer VALUES (?, ?, ?, ?, ?, ?)",
            (
                consumer.id,
                consumer.org,
                consumer.app,
                consumer.key or None,
                consumer.secret,
                consumer.minted,
            ),
        )

    def delete(self, app: str) -> None:
        """Delete an app's consumer and its staged pair."""
        self._database.execute(
            "DELETE FROM staged WHERE consumer IN (SELECT id FROM consumer WHERE app = ?)", (app,)
        )
        self._database.execute("DELETE FROM consumer WHERE app = ?", (app,))

    def staged_of(self, consumer_id: str) -> StagedPair | None:
        """The one pair in a consumer's staging slot, or ``None``."""
        return self._one_staged("consumer = ?", consumer_id)

    def staged_with_key(self, key: str) -> StagedPair | None:
        """The staged pair whose key this is, or ``None``."""
        return self._one_staged("key = ?", key)

    def stage(self, pair: StagedPair) -> None:
        """Put a pair into its consumer's staging slot."""
        self._database.execute(
            "INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                pair.id,
                pair.consumer,
                pair.key,
                pair.secret,
                pair.state,
                pair.created,
                pair.created_by,
                pair.expires,
            ),
        )

    def unstage(self, pair: StagedPair) -> None:
        """Empty a staging slot."""
        self._database.execute("DELETE FROM staged WHERE id = ?", (pair.id,))

    def _one(self, condition: str, *values: SqlValue) -> Consumer | None:
        rows = self._database.rows(
            f"SELECT id, org, app, key, secret, minted FROM consumer WHERE {condition}",
            values,
        )
        if not rows:
            return None
        consumer_id, org, app, key, secret, minted = rows[0]
        return Consumer(
            str(consumer_id),
            str(org),
            str(app),
            str(key or ""),
            str(secret or ""),
            float(minted or 0),
        )

    def _one_staged(self, condition: str, *values: SqlValue) -> StagedPair | None:
        rows = self._database.rows(
            "SELECT id, consumer, key, secret, state, created, created_by, expires"
            f" FROM staged WHERE {condition}",
            values,
        )
        if not rows:
            return None
        pair_id, consumer, key, secret, state, created, created_by, expires = rows[0]
        return StagedPair(
            str(pair_id),
            str(consumer),
            str(key),
            str(secret),
            str(state),
            float(created or 0),
            str(created_by),
            float(expires or 0),
        )
