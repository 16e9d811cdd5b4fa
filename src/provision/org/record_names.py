"""Names of an app's records where no listing shows them: what a query, or the org itself, tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import OAUTH_POLICIES, OAUTH_SETTINGS, POLICIES
from provision.catalogue.field import MetadataType
from provision.errors import OrgRefused
from provision.org.rest import RestReader, quoted

__all__ = ["LearnedNames", "beside_settings", "queried_names"]

# OBS: these are sObjects. The global OAuth settings are none.
_SOBJECTS: Final[Mapping[str, str]] = {
    OAUTH_SETTINGS.name: "ExtlClntAppOauthSettings",
    OAUTH_POLICIES.name: "ExtlClntAppOauthPlcyCnfg",
    POLICIES.name: "ExtlClntAppPlcyCnfg",
}
_SETTINGS_AND_GLOBAL: Final = (("_oauth", "_glbloauth"), ("_defOauthSet", "_defGlblOauthSet"))


@dataclass(frozen=True, slots=True)
class LearnedNames:
    """Names of records that no listing need show: they are read as well from then on.

    The org told them in a refusal, or a plan or a snapshot has them from an earlier read.
    """

    _names: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, app: str, metadata_type: MetadataType, full_name: str) -> None:
        """Note that ``app`` may have a record of ``metadata_type`` called ``full_name``."""
        names = self._names.setdefault((fold_name(app), metadata_type.name), [])
        if full_name not in names:
            names.append(full_name)

    def of(self, app: str, metadata_type: MetadataType) -> list[str]:
        """The names that were told, in the order in which they were."""
        return list(self._names.get((fold_name(app), metadata_type.name), ()))


def queried_names(
    metadata_type: MetadataType, app_id: str, rest: RestReader
) -> Sequence[str] | None:
    """The names of an app's records of one type by query; ``None`` if no query tells."""
    sobject = _SOBJECTS.get(metadata_type.name)
    if sobject is None or not app_id:
        return None
    where = f"ExternalClientApplicationId = {quoted(app_id)}"
    try:
        rows = rest.query(f"SELECT DeveloperName FROM {sobject} WHERE {where}")
    except OrgRefused:  # INVALID_TYPE or INVALID_FIELD: reports differ on what may be queried
        return None
    return [str(row.get("DeveloperName", "")) for row in rows]


def beside_settings(settings: str) -> list[str]:
    """What the global settings of an app may be called, by the name of its OAuth settings (OBS)."""
    pairs = [
        settings.removesuffix(own) + other
        for own, other in _SETTINGS_AND_GLOBAL
        if settings.endswith(own)
    ]
    return [settings, *pairs]
