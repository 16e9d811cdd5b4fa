"""What the rows of the metadata types have in common."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import PARENT_FIELD, Choice, Field, Kind, Role
from provision.catalogue.judge import Always, Harmless
from provision.catalogue.judge_list import Attributes
from provision.catalogue.risk import Judge, disruptive, weakens

__all__ = ["CUSTOM_ATTRIBUTES", "LABEL", "PARENT", "SHOWN", "flag", "one_of"]

SHOWN: Final = Harmless("People read it; no program does.")

LABEL: Final = Field("label", risk=SHOWN)

PARENT: Final = Field(
    PARENT_FIELD,
    required=True,
    role=Role.PARENT,
    risk=Harmless("A component is found by its app, so it never moves to another."),
)

CUSTOM_ATTRIBUTES: Final = Field(
    "customAttributes",
    Kind.RECORDS,
    children=(
        Field(
            "formula",
            required=True,
            risk=Always(weakens("Clients are told something else of the user.")),
        ),
        Field("key", required=True, risk=Always(disruptive("Clients miss the old attribute."))),
    ),
    note="At most 128 (DOC).",
    risk=Attributes(),
)


def flag(
    name: str,
    *,
    risk: Judge,
    default: bool | None = False,
    since: int = 59,
    seen_since: int | None = None,
    until: int | None = None,
    note: str = "",
    refuses: str = "",
    lag: tuple[str, ...] = (),
) -> Field:
    """The row of a flag, which is off where nothing else is said."""
    return Field(
        name,
        Kind.BOOLEAN,
        since=since,
        seen_since=seen_since,
        until=until,
        default=default,
        note=note,
        risk=risk,
        refuses=refuses,
        lag=lag,
    )


def one_of(
    name: str,
    *values: str | Choice,
    risk: Judge,
    default: str | None = None,
    since: int = 59,
    note: str = "",
    refuses: str = "",
    lag: tuple[str, ...] = (),
) -> Field:
    """The row of an enumeration with these values."""
    choices = tuple(value if isinstance(value, Choice) else Choice(value) for value in values)
    return Field(
        name,
        Kind.ENUM,
        since=since,
        default=default,
        choices=choices,
        note=note,
        risk=risk,
        refuses=refuses,
        lag=lag,
    )
