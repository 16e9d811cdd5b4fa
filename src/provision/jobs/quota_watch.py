"""Quota watch: ends the work in an org as soon as the org says that it has few calls left."""

from __future__ import annotations

import requests

from provision.org.http import calls_of
from provision.org.quota import RESERVE, QuotaTooLow

__all__ = ["QuotaWatch"]


class QuotaWatch:
    """Watches the answers of an org to work that only reads, and can so be left at any point.

    Only answers of REST tell how many calls are left, so that an org below the reserve is called a
    few times before it is left alone.
    """

    def __init__(self, org: str, http: requests.Session) -> None:
        self._org = org
        self._http = http
        self._found: QuotaTooLow | None = None
        http.hooks["response"].append(self._look)

    def check(self) -> None:
        """Raise :class:`QuotaTooLow` if it was found, whoever made something else of it."""
        if self._found is not None:
            raise self._found

    def _look(self, response: requests.Response, **_options: object) -> None:
        """As requests calls it."""
        try:
            RESERVE.check(self._org, calls_of(self._http))
        except QuotaTooLow as error:
            self._found = error
            response.close()  # nobody reads it any more
            raise
