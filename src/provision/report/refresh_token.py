"""The refresh-token policy: three metadata fields that are one thing in a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Unset, Value
from provision.report.value import counted

__all__ = ["POLICY", "REFRESH_TOKEN", "refresh_token_policy"]

POLICY: Final = "refreshTokenPolicyType"
_PERIOD: Final = "refreshTokenValidityPeriod"
_UNIT: Final = "refreshTokenValidityUnit"

REFRESH_TOKEN: Final = frozenset({POLICY, _PERIOD, _UNIT})
"""The names of the three fields, all of the OAuth policies."""

_DEFAULTS: Final = {
    field.name: field.default for field in OAUTH_POLICIES.fields if field.name in REFRESH_TOKEN
}
_FIELDS: Final = {field.name: field for field in OAUTH_POLICIES.fields}


def refresh_token_policy(fields: Mapping[str, Value | None]) -> str:
    """The policy in the spec's words: ``lifetime 90 days``.

    A field that is not in ``fields`` has the org's default.
    """
    if isinstance(fields.get(POLICY), Unset):
        return "(unset)"
    kind = str(_value(fields, POLICY))
    said = _FIELDS[POLICY].in_words(kind)
    if not _FIELDS[_PERIOD].applies({POLICY: kind}):
        return said
    period, unit = _value(fields, _PERIOD), str(_value(fields, _UNIT)).lower()
    number = counted(period, unit) if isinstance(period, int) else f"{period} {unit}"
    return f"{said} {number}"


def _value(fields: Mapping[str, Value | None], name: str) -> Value | None:
    value = fields.get(name)
    return _DEFAULTS[name] if value is None or isinstance(value, Unset) else value
