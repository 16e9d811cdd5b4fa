"""Risk: what a change of one field can do to those who use the app, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Annotated, Final, TypeAlias

from provision.catalogue.json_form import JsonForm
from provision.catalogue.value import Value

__all__ = [
    "HARMLESS",
    "Edit",
    "Judge",
    "Opened",
    "Opening",
    "Risk",
    "RiskLevel",
    "disruptive",
    "irreversible",
    "locks_out",
    "together",
    "weakens",
]


class RiskLevel(IntEnum):
    """How bad a change can be, in ascending order."""

    HARMLESS = 0
    DISRUPTIVE = 1
    WEAKENS = 2
    LOCKS_OUT = 3
    IRREVERSIBLE = 4

    @property
    def words(self) -> str:
        """The level as a person reads it."""
        return self.name.lower().replace("_", " ")


def _level_named(word: object) -> RiskLevel:
    found = next((level for level in RiskLevel if level.name.lower() == word), None)
    if found is None:
        raise ValueError(f"it must be one of {', '.join(_LEVELS)}")
    return found


_LEVELS: Final = tuple(level.name.lower() for level in RiskLevel)
_BY_LEVEL_NAME: Final[JsonForm[RiskLevel]] = JsonForm(
    lambda level: level.name.lower(), _level_named, {"enum": list(_LEVELS)}
)


class Opening(Enum):
    """The ways in which a change lets more in. Each way has its own threshold."""

    CALLBACK_HOST = "callback host"
    FLOW = "flow"
    IP_RANGE = "IP range"
    SCOPE = "scope"
    CONTROL = "control"
    PROFILE = "profile"
    PERMISSION_SET = "permission set"
    EVERYBODY = "everybody"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Opened:
    """One way in which a change lets more in, and the names of what it lets in."""

    opening: Opening
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """The level of a change, the reason in sentences, and what the change opens.

    One change can have two effects: a list that loses one profile and gains another one locks
    users out and lets others in. Then ``level`` is the worse effect, and ``opened`` still has what
    is let in. ``closes`` is true if the change makes something stricter. A saved plan has neither
    ``opened`` nor ``closes``: the program computes them again when it reads the plan.

    ``numbers`` are sentences with counts of users that the org reported. They are separate from the
    reason because they change by the hour: no checksum and no digest of a plan includes them.
    """

    level: Annotated[RiskLevel, _BY_LEVEL_NAME]
    reason: str = ""
    numbers: str = field(default="", kw_only=True)
    opened: tuple[Opened, ...] = field(default=(), compare=False)
    closes: bool = field(default=False, compare=False)

    @property
    def levels(self) -> tuple[RiskLevel, ...]:
        """The level, and ``WEAKENS`` as well if a worse level hides it."""
        hidden = self.opened and self.level > RiskLevel.WEAKENS
        return (self.level, RiskLevel.WEAKENS) if hidden else (self.level,)

    @property
    def text(self) -> str:
        """The reason, and the numbers of users."""
        return f"{self.reason} {self.numbers}".strip()

    @property
    def words(self) -> str:
        """The levels as a person reads them: ``locks out, weakens``."""
        return ", ".join(level.words for level in self.levels)


HARMLESS: Final = Risk(RiskLevel.HARMLESS)


@dataclass(frozen=True, slots=True)
class Edit:
    """A field's value before and after, and the other fields of the record before and after.

    ``None`` is no value. If a field has a default, the default replaces no value. The records are
    empty if they are not known.
    """

    before: Value | None
    after: Value | None
    had: Mapping[str, Value] = field(default_factory=dict)
    has: Mapping[str, Value] = field(default_factory=dict)


Judge: TypeAlias = Callable[[Edit], Risk]
"""Returns the risk of one edit of one field. Every row of the catalogue has one."""


def disruptive(reason: str) -> Risk:
    """A risk for clients that work today."""
    return Risk(RiskLevel.DISRUPTIVE, reason, closes=True)


def weakens(reason: str, opening: Opening = Opening.CONTROL, *names: str) -> Risk:
    """A risk that lets more in, in the way ``opening``."""
    return Risk(RiskLevel.WEAKENS, reason, (Opened(opening, names),))


def locks_out(reason: str) -> Risk:
    """A risk that users or clients lose the app."""
    return Risk(RiskLevel.LOCKS_OUT, reason, closes=True)


def irreversible(reason: str) -> Risk:
    """A change that cannot be taken back."""
    return Risk(RiskLevel.IRREVERSIBLE, reason, closes=True)


def together(*risks: Risk) -> Risk:
    """Several risks of one change as one: the worst level, every reason, worst first."""
    found = sorted(risks, key=lambda risk: risk.level, reverse=True)
    reasons = dict.fromkeys(risk.reason for risk in found if risk.reason)
    return Risk(
        max((risk.level for risk in found), default=RiskLevel.HARMLESS),
        " ".join(reasons),
        tuple(dict.fromkeys(opened for risk in found for opened in risk.opened)),
        closes=any(risk.closes for risk in found),
        numbers=" ".join(dict.fromkeys(risk.numbers for risk in found if risk.numbers)),
    )
