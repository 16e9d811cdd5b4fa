"""Part: what of a consumer key and secret is handed over."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provision.org.credentials import Pair
    from provision.secret.secret import Secret

__all__ = ["Part"]


class Part(StrEnum):
    """What of a pair goes to the sink."""

    KEY = "key"
    SECRET = "secret"  # noqa: S105  # a word of the command line
    BOTH = "both"

    @property
    def words(self) -> str:
        """What to call it in an output."""
        return "consumer key and secret" if self is Part.BOTH else f"consumer {self}"

    def of(self, pair: Pair) -> dict[str, Secret | str]:
        """The values of a pair, as sinks take them."""
        values: dict[str, Secret | str] = {
            "consumer_key": pair.key,
            "consumer_secret": pair.secret,
        }
        return values if self is Part.BOTH else {f"consumer_{self}": values[f"consumer_{self}"]}
