"""Measures: what can be more or less about a field, and in which units a rule limits it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.period import LONGEST_HOURS, MINUTES, SHORTEST_HOURS
from provision.spec.duration import DurationUnit, duration_of
from provision.spec.effective import effective

__all__ = ["Amount", "Measure", "measure_of"]


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: ``size`` to compare, in a unit of the measure's own, and ``text`` to read.

    ``least`` is there where it may be less than ``size``: a month has 28 to 31 days.
    """

    size: float
    text: str
    least: float | None = None

    @property
    def smallest(self) -> float:
        """What it is at least."""
        return self.size if self.least is None else self.least


class Measure(Protocol):
    """What a field's value comes to as a number."""

    def limit(self, value: object) -> Amount:
        """The limit that a rule writes as ``value``. Raises :class:`ValueError`."""

    def amount(self, component: Component) -> Amount | None:
        """How much ``component`` has, ``None`` where nothing is said that could be measured."""


@dataclass(frozen=True, slots=True)
class _Count:
    """A number without a unit."""

    field: Field

    def limit(self, value: object) -> Amount:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("it takes a whole number")  # noqa: TRY004  # one kind of refusal
        return Amount(value, str(value))

    def amount(self, component: Component) -> Amount | None:
        value = _integer(component, self.field)
        return None if value is None else Amount(value, str(value))


@dataclass(frozen=True, slots=True)
class _Minutes:
    """A timeout, which metadata counts in minutes."""

    field: Field

    def limit(self, value: object) -> Amount:
        duration = duration_of(value, tuple(MINUTES))
        return Amount(
            duration.amount * MINUTES[duration.unit], _counted(duration.amount, duration.unit)
        )

    def amount(self, component: Component) -> Amount | None:
        value = _integer(component, self.field)
        return None if value is None else Amount(value, _counted(value, "minutes"))


@dataclass(frozen=True, slots=True)
class _RefreshToken:
    """How long refresh tokens can stay good, in hours: three fields say it together."""

    def limit(self, value: object) -> Amount:
        duration = duration_of(value, tuple(LONGEST_HOURS))
        return _period(duration.amount, duration.unit, "")

    def amount(self, component: Component) -> Amount | None:
        kind = str(effective(component, _field("refreshTokenPolicyType"))).casefold()
        if kind in _WITHOUT_PERIOD:
            return _WITHOUT_PERIOD[kind]
        period = _integer(component, _field("refreshTokenValidityPeriod"))
        unit = str(effective(component, _field("refreshTokenValidityUnit"))).casefold()
        known = next((name for name in LONGEST_HOURS if name == unit), None)
        if period is None or known is None:
            return None
        return _period(period, known, " without use" if kind == "specificinactivity" else "")


def _period(amount: int, unit: DurationUnit, without_use: str) -> Amount:
    return Amount(
        amount * LONGEST_HOURS[unit],
        f"{_counted(amount, unit)}{without_use}",
        least=amount * SHORTEST_HOURS[unit],
    )


_WITHOUT_PERIOD: Final = {
    "infinite": Amount(math.inf, "until they are revoked"),
    "zero": Amount(0, "no time at all"),
}
_REFRESH_TOKEN_FIELDS: Final = frozenset(
    {"refreshTokenPolicyType", "refreshTokenValidityPeriod", "refreshTokenValidityUnit"}
)
_TIMEOUT_FIELDS: Final = frozenset(
    {"sessionTimeoutInMinutes", "namedUserJwtTimeout", "guestJwtTimeout"}
)


def measure_of(metadata_type: MetadataType, field: Field) -> Measure | None:
    """What can be more or less about ``field``; ``None`` if nothing can."""
    if metadata_type is OAUTH_POLICIES:
        if field.name in _REFRESH_TOKEN_FIELDS:
            return _RefreshToken()
        if field.name in _TIMEOUT_FIELDS:
            return _Minutes(field)
    return _Count(field) if field.kind is Kind.INTEGER else None


def _field(name: str) -> Field:
    field = OAUTH_POLICIES.field(name)
    if field is None:
        raise AssertionError(f"the catalogue lost {name}")
    return field


def _integer(component: Component, field: Field) -> int | None:
    value = effective(component, field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _counted(amount: int, unit: str) -> str:
    return f"{amount} {unit.removesuffix('s') if amount == 1 else unit}"
