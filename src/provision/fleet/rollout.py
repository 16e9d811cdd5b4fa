"""Rollout: how a verb goes over many orgs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.fleet.amount import Amount

__all__ = ["Rollout"]


@dataclass(frozen=True, slots=True)
class Rollout:
    """How many orgs at once, in which waves, and when to stop.

    Each of ``waves`` ends before the next begins; what they leave is the last. Without
    ``stop_after``, a wave in which an org failed is the last one; with it, so many failures end
    the run, in whatever wave, and fewer do not.
    """

    concurrency: int
    waves: tuple[Amount, ...] = ()
    stop_after: Amount | None = None

    def split(self, orgs: Sequence[str]) -> list[tuple[str, ...]]:
        """The orgs wave by wave, none of them empty; a share is one of all the orgs."""
        waves: list[tuple[str, ...]] = []
        done = 0
        for amount in self.waves:
            waves.append(tuple(orgs[done : done + amount.of(len(orgs))]))
            done += len(waves[-1])
        waves.append(tuple(orgs[done:]))
        return [wave for wave in waves if wave]

    def most_failures(self, total: int) -> int | None:
        """How many failures end the run at once; ``None`` if none does."""
        return self.stop_after.of(total) if self.stop_after else None
