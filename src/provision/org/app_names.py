"""App names: what an app, and each of its records, is called in an org."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import OAUTH_POLICIES, OAUTH_SETTINGS, POLICIES
from provision.catalogue.field import MetadataType
from provision.errors import CannotError, OrgRefused
from provision.org.rest import RestReader, quoted
from provision.spec.packaged_app import (
    IN_SETUP,
    namespace_of,
    package_apps_message,
    packaged_app_message,
)

__all__ = [
    "AppsCalled",
    "LearnedNames",
    "apps_called",
    "beside_settings",
    "no_app",
    "queried_names",
]

# OBS: these are sObjects. The global OAuth settings are none.
_SOBJECTS: Final[Mapping[str, str]] = {
    OAUTH_SETTINGS.name: "ExtlClntAppOauthSettings",
    OAUTH_POLICIES.name: "ExtlClntAppOauthPlcyCnfg",
    POLICIES.name: "ExtlClntAppPlcyCnfg",
}
_SETTINGS_AND_GLOBAL: Final = (("_oauth", "_glbloauth"), ("_defOauthSet", "_defGlblOauthSet"))


@dataclass(frozen=True, slots=True)
class AppsCalled:
    """The apps of an org that have the same developer name.

    ``own_id`` is the id of the org's own app, empty if there is none. ``packages`` are the
    namespaces of the installed packages that have an app of that name.
    """

    own_id: str = ""
    packages: tuple[str, ...] = ()


def apps_called(app: str, rest: RestReader) -> AppsCalled:
    """The apps of the org with the developer name ``app``.

    A row with a NamespacePrefix is an app of an installed package, unless it is the org's own
    prefix, which an org has in which packages are developed.
    """
    rows = rest.query(
        "SELECT Id, NamespacePrefix FROM ExternalClientApplication "
        f"WHERE DeveloperName = {quoted(app)}"
    )
    own = [str(row["Id"]) for row in rows if not row.get("NamespacePrefix")]
    prefixed = {
        str(row["NamespacePrefix"]): str(row["Id"]) for row in rows if row.get("NamespacePrefix")
    }
    if prefixed:
        own_namespace = fold_name(_namespace(rest))
        own += [at for prefix, at in prefixed.items() if fold_name(prefix) == own_namespace]
        prefixed = {p: at for p, at in prefixed.items() if fold_name(p) != own_namespace}
    return AppsCalled(own[0] if own else "", tuple(sorted(prefixed)))


def no_app(org: str, app: str, packages: tuple[str, ...] = ()) -> CannotError:
    """The error if the org called ``org`` has no app of its own that is called ``app``."""
    if namespace_of(app):
        return CannotError(packaged_app_message(app), next_step=IN_SETUP)
    if packages:
        return CannotError(
            f"{org} has no app {app} of its own; it has {package_apps_message(app, packages)}",
            next_step=f"{IN_SETUP} For an app of your own of that name, run `provision apply` "
            "first.",
        )
    return CannotError(f"{org} has no app {app}", next_step="Run `provision apply` first.")


def _namespace(rest: RestReader) -> str:
    """The org's own namespace, empty if it has none or does not tell."""
    try:
        rows = rest.query("SELECT NamespacePrefix FROM Organization")
    except OrgRefused:
        return ""
    return str(rows[0].get("NamespacePrefix") or "") if rows else ""


@dataclass(frozen=True, slots=True)
class LearnedNames:
    """Names of records that a list may not show. From now on they are read as well.

    The org told them in a refusal, or a plan or a snapshot has them from an earlier read.
    """

    _names: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, app: str, metadata_type: MetadataType, full_name: str) -> None:
        """Note that ``app`` may have a record of ``metadata_type`` called ``full_name``."""
        names = self._names.setdefault((fold_name(app), metadata_type.name), [])
        if full_name not in names:
            names.append(full_name)

    def of(self, app: str, metadata_type: MetadataType) -> list[str]:
        """The names that were added, in that order."""
        return list(self._names.get((fold_name(app), metadata_type.name), ()))


def queried_names(
    metadata_type: MetadataType, app_id: str, rest: RestReader
) -> Sequence[str] | None:
    """The names of an app's records of one type by query; ``None`` if no query shows them."""
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
    """Likely names of the global settings of an app, by the name of its OAuth settings (OBS)."""
    pairs = [
        settings.removesuffix(own) + other
        for own, other in _SETTINGS_AND_GLOBAL
        if settings.endswith(own)
    ]
    return [settings, *pairs]
