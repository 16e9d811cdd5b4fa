"""Apps by name: one's own, and those of installed packages, which are other apps."""

from __future__ import annotations

from dataclasses import dataclass

from provision.catalogue.canonical import fold_name
from provision.errors import CannotError, OrgRefused
from provision.org.rest import RestReader, quoted
from provision.spec.packaged_app import IN_SETUP, namespace_of, said_of_packaged, said_of_packages

__all__ = ["AppsCalled", "apps_called", "no_app"]


@dataclass(frozen=True, slots=True)
class AppsCalled:
    """The apps of an org with one developer name.

    ``own_id`` is the id of the org's own app, empty if there is none; ``packages`` are the
    namespaces of the installed packages that have an app of that name.
    """

    own_id: str = ""
    packages: tuple[str, ...] = ()


def apps_called(app: str, rest: RestReader) -> AppsCalled:
    """The apps of the org with the developer name ``app``.

    A row with a NamespacePrefix is an app of an installed package, but for the prefix of the org
    itself: an org in which packages are made has one.
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
    """The error for an app that the org called ``org`` does not have of its own, and must."""
    if namespace_of(app):
        return CannotError(said_of_packaged(app), next_step=IN_SETUP)
    if packages:
        return CannotError(
            f"{org} has no app {app} of its own; it has {said_of_packages(app, packages)}",
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
