"""Measures: the amounts of a field, and the units in which a rule limits them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

from provision.catalogue.canonical import effective
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.period import (
    REFRESH_TOKEN_UNITS,
    TIMEOUT_UNITS,
    Period,
    read_period,
)

__all__ = ["Amount", "Measure", "measure_of"]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount: ``size`` to compare, in the unit of its measure, and ``text`` to read.

    ``least`` is set if the amount may be less than ``size``: a month has 28 to 31 days.
    """

    size: float
    text: str
    least: float | None = None

    @property
    def smallest(self) -> float:
        """The amount at least."""
        return self.size if self.least is None else self.least


class Measure(Protocol):
    """How the value of a field becomes an amount."""

    def limit(self, value: object) -> Amount:
        """The limit that a rule writes as ``value``. Raises :class:`ValueError`."""

    def amount(self, component: Component) -> Amount | None:
        """The amount in ``component``; ``None`` if it has no value that could be measured."""


@dataclass(frozen=True, slots=True)
class _Count:
    """A number without a unit."""

    field: Field

    def limit(self, value: object) -> Amount:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("it takes a whole number")  # noqa: TRY004  # callers report each refusal in the same way
        return Amount(value, str(value))

    def amount(self, component: Component) -> Amount | None:
        value = _integer(component, self.field)
        return None if value is None else Amount(value, str(value))


@dataclass(frozen=True, slots=True)
class _Minutes:
    """A timeout, which metadata counts in minutes."""

    field: Field

    def limit(self, value: object) -> Amount:
        return _of_period(read_period(value, TIMEOUT_UNITS))

    def amount(self, component: Component) -> Amount | None:
        value = _integer(component, self.field)
        return None if value is None else _of_period(Period(value, "minutes"))


@dataclass(frozen=True, slots=True)
class _RefreshToken:
    """How long refresh tokens are valid: three fields together."""

    def limit(self, value: object) -> Amount:
        return _of_period(read_period(value, REFRESH_TOKEN_UNITS))

    def amount(self, component: Component) -> Amount | None:
        kind = str(effective(component, _KIND)).casefold()
        if kind in _WITHOUT_PERIOD:
            return _WITHOUT_PERIOD[kind]
        period = Period.of_metadata(effective(component, _NUMBER), effective(component, _UNIT))
        if period is None:
            return None
        return _of_period(period, " without use" if kind == "specificinactivity" else "")


def _of_period(period: Period, without_use: str = "") -> Amount:
    """How long ``period`` is, in minutes."""
    return Amount(period.longest, f"{period}{without_use}", least=period.shortest)


_WITHOUT_PERIOD: Final = {
    "infinite": Amount(math.inf, "until they are revoked"),
    "zero": Amount(0, "no time at all"),
}
_KIND: Final = OAUTH_POLICIES.row("refreshTokenPolicyType")
_NUMBER: Final = OAUTH_POLICIES.row("refreshTokenValidityPeriod")
_UNIT: Final = OAUTH_POLICIES.row("refreshTokenValidityUnit")


def measure_of(metadata_type: MetadataType, field: Field) -> Measure | None:
    """How amounts of ``field`` compare; ``None`` if its values are not more or less."""
    if metadata_type is OAUTH_POLICIES and field in {_KIND, _NUMBER, _UNIT}:
        return _RefreshToken()
    if field.unit == "minutes":
        return _Minutes(field)
    return _Count(field) if field.kind is Kind.INTEGER else None


def _integer(component: Component, field: Field) -> int | None:
    value = effective(component, field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
