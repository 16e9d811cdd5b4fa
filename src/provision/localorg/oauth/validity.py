"""How long refresh tokens live: the app's policy, read at each use (DOC)."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

from provision.localorg.oauth.client import Client
from provision.localorg.store.tokens import Token

__all__ = ["end_of_period", "expired"]

_SECONDS = {"Hours": 3600, "Days": 24 * 3600}


def expired(client: Client, token: Token) -> bool:
    """Whether a refresh token has outlived the policy of its client, by the org's clock."""
    kind = client.policies.get("refreshTokenPolicyType", "Infinite")
    if kind == "Infinite":
        return False
    if kind == "Zero":
        return True
    start = token.first_issued if kind == "SpecificLifetime" else token.used
    period = client.policies.get("refreshTokenValidityPeriod")
    unit = client.policies.get("refreshTokenValidityUnit")
    if not isinstance(period, int) or not isinstance(unit, str):
        return False
    return client.org.clock.now() >= end_of_period(start, period, unit)


def end_of_period(start: float, period: int, unit: str) -> float:
    """The time (seconds since 1970) a period of hours, days or calendar months after another."""
    if unit in _SECONDS:
        return start + period * _SECONDS[unit]
    moment = datetime.fromtimestamp(start, UTC)
    months = moment.year * 12 + moment.month - 1 + period
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day).timestamp()
