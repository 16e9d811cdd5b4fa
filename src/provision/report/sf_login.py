"""SfLogin: how the `sf` CLI logs in with an app. Costs nothing to import."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Handover", "SfLogin"]


class SfLogin(StrEnum):
    """How the `sf` CLI logs in: in a browser, or with the private key."""

    WEB = "web"
    JWT = "jwt"


@dataclass(frozen=True, slots=True)
class Handover:
    """What the `sf` CLI is to do with an app: log in now or later, as default Dev Hub or not.

    ``login`` is ``None`` where nobody logs in now; the command is printed.
    """

    login: SfLogin | None = None
    is_dev_hub: bool = False
