"""Finding an app in an org, whatever its components are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from provision.errors import CannotError, OrgRefused
from provision.metadata.canonical import fold_name
from provision.metadata.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.metadata.component import Component
from provision.metadata.field import MetadataType
from provision.org.metadata import NAMES_A_READ, MetadataReader
from provision.org.rest import RestReader, quoted
from provision.plan.facts import ActualApp

__all__ = ["app_id_of", "find_app", "no_app", "read_back"]

# The names seen in orgs (OBS): Setup's, the platform's own for apps made by metadata, and those of
# the tools in use. They are tried first since one read then does; the proof that a record is the
# app's is always its externalClientApplication.
_LIKELY: Final = {
    OAUTH_SETTINGS.name: ("_oauth", "", "_OAuthSettings", "_oauthSettings"),
    GLOBAL_OAUTH_SETTINGS.name: ("_glbloauth", "", "_global", "_globalOauth"),
    OAUTH_POLICIES.name: (
        "_oauthPlcy",
        "_oauth_defaultPolicy",
        "_defaultPolicy",
        "_OAuthPolicy",
        "OAuthSettings_defaultPolicy",
    ),
    POLICIES.name: ("_plcy", "_defaultPolicy", "_policy"),
}
_SATELLITES: Final = tuple(t for t in CORE_TYPES if t is not EXTERNAL_CLIENT_APPLICATION)


def no_app(org: str, app: str) -> CannotError:
    """The error for an app that the org called ``org`` does not have, and must."""
    return CannotError(f"{org} has no app {app}", next_step="Run `provision apply` first.")


def find_app(app: str, rest: RestReader, metadata: MetadataReader) -> ActualApp:
    """``app`` as the org has it; nothing in it if the org does not have it.

    An empty answer of one interface is not believed alone (an org may show nothing to a token it
    does not like): an app is absent when both the metadata read and a query say so. Raises
    :class:`OrgRefused` when the org has the app and does not show its metadata.
    """
    headers = metadata.read(EXTERNAL_CLIENT_APPLICATION, [app])
    if headers:
        found = {EXTERNAL_CLIENT_APPLICATION.name: headers[0]}
        return ActualApp(app, found | _satellites(app, metadata))
    app_id = app_id_of(app, rest)
    if not app_id:
        return ActualApp(app)
    raise OrgRefused(
        f"the org has an app {app} ({app_id}), and does not show its metadata",
        code="METADATA_HIDDEN",
        next_step="A JWT-format access token hides metadata below API 68: use a session of "
        "another kind. Otherwise check the user's permission External Client App Admin.",
    )


def app_id_of(app: str, rest: RestReader) -> str:
    """The id of ``app``, empty if a query finds none."""
    soql = (
        "SELECT Id, NamespacePrefix FROM ExternalClientApplication "
        f"WHERE DeveloperName = {quoted(app)}"
    )
    # An installed package may have an app of the same name, with a namespace of its own.
    rows = sorted(rest.query(soql), key=lambda row: bool(row.get("NamespacePrefix")))
    return str(rows[0].get("Id", "")) if rows else ""


def read_back(
    actual: ActualApp, names: Mapping[str, str], rest: RestReader, metadata: MetadataReader
) -> ActualApp:
    """The app once more, after a write of components called ``names`` (by metadata type)."""
    known = {name: component.full_name for name, component in actual.components.items()}
    known.update(names)
    if EXTERNAL_CLIENT_APPLICATION.name not in known:
        return find_app(actual.app, rest, metadata)
    components: dict[str, Component] = {}
    for metadata_type in CORE_TYPES:
        if metadata_type.name in known:
            records = metadata.read(metadata_type, [known[metadata_type.name]])
            components.update((metadata_type.name, record) for record in records)
    lost = [kind for kind in _SATELLITES if kind.name not in components]
    components |= _satellites(actual.app, metadata, lost)
    return ActualApp(actual.app, components)


def _satellites(
    app: str, metadata: MetadataReader, types: Sequence[MetadataType] = _SATELLITES
) -> dict[str, Component]:
    """The app's components of ``types``: under likely names, or all that are listed.

    The first likely name that misses is taken for another naming scheme, and ends the guessing.
    """
    found: dict[str, Component] = {}
    tried: list[str] = []
    for at, metadata_type in enumerate(types):
        tried = list(_likely_names(app, metadata_type, found))
        mine = _of_app(app, metadata_type, metadata.read(metadata_type, tried))
        if not mine:
            return found | _listed(app, metadata, types[at:], tried)
        found |= mine
    return found


def _listed(
    app: str, metadata: MetadataReader, types: Sequence[MetadataType], tried: Sequence[str]
) -> dict[str, Component]:
    """The app's components among all that the org lists; ``tried`` are read of the first type.

    A listing may leave out what is there: what it does not show is tried under likely names.
    """
    found: dict[str, Component] = {}
    listed = metadata.names(types)
    for metadata_type in types:
        names = listed[metadata_type.name] or list(_likely_names(app, metadata_type, found))
        if metadata_type is types[0]:
            names = [name for name in names if name not in tried]
        # Names that begin like the app first: in an org of a thousand apps that is one call.
        names.sort(key=lambda name: not name.startswith(app))
        found |= _first_of_app(app, metadata_type, metadata, names)
    return found


def _first_of_app(
    app: str, metadata_type: MetadataType, metadata: MetadataReader, names: Sequence[str]
) -> dict[str, Component]:
    for start in range(0, len(names), NAMES_A_READ):
        records = metadata.read(metadata_type, names[start : start + NAMES_A_READ])
        mine = _of_app(app, metadata_type, records)
        if mine:
            return mine
    return {}


def _likely_names(
    app: str, metadata_type: MetadataType, found: dict[str, Component]
) -> Iterator[str]:
    settings = found.get(OAUTH_SETTINGS.name)
    if metadata_type is OAUTH_POLICIES and settings is not None:
        # OBS: the policy that the platform makes is called after the OAuth settings.
        yield f"{settings.full_name}_defaultPolicy"
    for suffix in _LIKELY[metadata_type.name]:
        name = app + suffix
        if settings is None or name != f"{settings.full_name}_defaultPolicy":
            yield name


def _of_app(
    app: str, metadata_type: MetadataType, records: Sequence[Component]
) -> dict[str, Component]:
    """The record that says it is the app's: there is at most one of each type (OBS)."""
    mine = [record for record in records if fold_name(record.parent) == fold_name(app)]
    return {metadata_type.name: mine[0]} if mine else {}
