"""Measures: what can be more or less about a field, and in which units a rule limits it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from provision.metadata.catalogue import OAUTH_POLICIES
from provision.metadata.component import Component
from provision.metadata.field import Field, Kind, MetadataType
from provision.spec.duration import DurationUnit, duration_of
from provision.spec.rules.effective import effective

__all__ = ["Amount", "Measure", "measure_of"]


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: ``size`` to compare, in a unit of the measure's own, and ``text`` to read."""

    size: float
    text: str


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
        duration = duration_of(value, tuple(_MINUTES))
        return Amount(
            duration.amount * _MINUTES[duration.unit], _counted(duration.amount, duration.unit)
        )

    def amount(self, component: Component) -> Amount | None:
        value = _integer(component, self.field)
        return None if value is None else Amount(value, _counted(value, "minutes"))


@dataclass(frozen=True, slots=True)
class _RefreshToken:
    """How long refresh tokens can stay good, in hours: three fields say it together."""

    def limit(self, value: object) -> Amount:
        duration = duration_of(value, tuple(_HOURS))
        return Amount(
            duration.amount * _HOURS[duration.unit], _counted(duration.amount, duration.unit)
        )

    def amount(self, component: Component) -> Amount | None:
        kind = str(effective(component, _field("refreshTokenPolicyType"))).casefold()
        if kind in _WITHOUT_PERIOD:
            return _WITHOUT_PERIOD[kind]
        period = _integer(component, _field("refreshTokenValidityPeriod"))
        unit = str(effective(component, _field("refreshTokenValidityUnit"))).casefold()
        hours = {str(name): size for name, size in _HOURS.items()}.get(unit)
        if period is None or hours is None:
            return None
        without_use = " without use" if kind == "specificinactivity" else ""
        return Amount(period * hours, f"{_counted(period, unit)}{without_use}")


_MINUTES: Final[Mapping[DurationUnit, int]] = {"minutes": 1, "hours": 60}
# Salesforce does not say how it counts a month. A limit in days must hold for the longest one.
_HOURS: Final[Mapping[DurationUnit, int]] = {"hours": 1, "days": 24, "months": 31 * 24}
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
