"""SfLogin: the names of the `sf` CLI's logins. Costs nothing to import."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["SfLogin"]


class SfLogin(StrEnum):
    """How the `sf` CLI logs in: in a browser, or with the private key."""

    WEB = "web"
    JWT = "jwt"
