"""The `refresh_token:` policy, in each of its forms."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from provision.spec.base import SpecModel
from provision.spec.duration import DurationUnit, duration_of
from provision.spec.refusal import refusal

__all__ = ["RefreshToken", "RefreshTokenPolicy"]

_UNITS: Final[dict[DurationUnit, str]] = {"days": "Days", "hours": "Hours", "months": "Months"}
_WITHOUT_PERIOD: Final = ("valid_until_revoked", "expire_immediately")
_WITH_PERIOD: Final = ("lifetime", "inactivity")
_FORMS: Final = (
    "write {lifetime: 90 days}, {inactivity: 30 days}, valid_until_revoked or expire_immediately"
)
# WSDL: what connected apps and the metadata of external client apps call the four policies.
_ELSEWHERE: Final = {
    "infinite": "valid_until_revoked",
    "zero": "expire_immediately",
    "specificlifetime": "{lifetime: 90 days}",
    "specificinactivity": "{inactivity: 30 days}",
}


class RefreshToken(SpecModel):
    """How long refresh tokens are valid: for a period from issue, or without use; for ever; not.

    `period` and `unit` are set exactly with the first two kinds.
    """

    kind: Literal["lifetime", "inactivity", "valid_until_revoked", "expire_immediately"]
    period: int | None = None
    unit: Literal["Days", "Hours", "Months"] | None = None


def _from_yaml(value: object) -> object:
    if isinstance(value, RefreshToken):
        return value
    if isinstance(value, str) and value in _WITHOUT_PERIOD:
        return {"kind": value}
    if not isinstance(value, dict) or len(value) != 1:
        raise refusal(_FORMS + _meant(value))
    [(kind, text)] = value.items()
    if kind not in _WITH_PERIOD:
        raise refusal(_FORMS, at=(kind,))
    try:
        duration = duration_of(text, tuple(_UNITS))
    except ValueError as error:
        raise refusal(str(error), at=(kind,)) from None
    return {"kind": kind, "period": duration.amount, "unit": _UNITS[duration.unit]}


def _meant(value: object) -> str:
    word = str(value).partition(":")[0].replace("_", "").casefold()
    return f"; {value} is {_ELSEWHERE[word]} here" if word in _ELSEWHERE else ""


_PERIOD_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^[1-9][0-9]* *(d|h|days?|hours?|months?)$|\$\{",
}
RefreshTokenPolicy: TypeAlias = Annotated[
    RefreshToken,
    BeforeValidator(_from_yaml),
    WithJsonSchema(
        {
            "oneOf": [
                {"enum": list(_WITHOUT_PERIOD)},
                *(
                    {
                        "type": "object",
                        "properties": {kind: _PERIOD_SCHEMA},
                        "required": [kind],
                        "additionalProperties": False,
                    }
                    for kind in _WITH_PERIOD
                ),
            ]
        }
    ),
]
