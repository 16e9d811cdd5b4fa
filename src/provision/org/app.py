"""App: finds an app in an org, whatever its components are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.catalogue.field import MetadataType
from provision.errors import OrgRefused
from provision.org.app_names import LearnedNames, apps_called, beside_settings, queried_names
from provision.org.dependents import DependentReader
from provision.org.metadata import NAMES_A_READ, MetadataReader
from provision.org.pool import Pool
from provision.org.rest import RestReader
from provision.plan.facts import ActualApp

__all__ = ["AppReader", "app_id_of", "find_app", "read_back"]

_SATELLITES: Final = tuple(t for t in CORE_TYPES if t is not EXTERNAL_CLIENT_APPLICATION)


@dataclass(frozen=True, slots=True)
class AppReader:
    """What an app is read with: queries, metadata, and the names that the org told earlier."""

    rest: RestReader
    metadata: MetadataReader
    pool: Pool
    dependents: DependentReader
    learned: LearnedNames


def find_app(app: str, reader: AppReader, *, wholly: bool = False) -> ActualApp:
    """``app`` as the org has it, without components if the org does not have it.

    An empty answer of one interface is not enough, since an org may hide metadata from some tokens:
    an app, or a record of it, is absent if both the metadata read and a query say so. With
    ``wholly``, every type that provision does not manage is searched as well, as before a deletion.
    Raises :class:`OrgRefused` if the org has the app and does not show its metadata.
    """
    search = _Search(app, reader)
    first, *others = _SATELLITES
    headers, found = reader.pool.both(
        lambda: reader.metadata.read(EXTERNAL_CLIENT_APPLICATION, [app]),
        lambda: search.likely(first),
    )
    if headers:
        components, _ = reader.pool.both(
            lambda: search.after(first, found, others),
            lambda: None if wholly else reader.dependents.listed_first(),
        )
        components, unknown = search.asked_otherwise(components)
        dependents = reader.dependents.of_app(app, components.get(POLICIES.name), wholly=wholly)
        header = {EXTERNAL_CLIENT_APPLICATION.name: headers[0]}
        return ActualApp(app, header | components, unknown, dependents.records, dependents.hidden)
    called = apps_called(app, reader.rest)
    if not called.own_id:
        return ActualApp(app, packages=called.packages)
    raise OrgRefused(
        f"the org has an app {app} ({called.own_id}), and does not show its metadata",
        code="METADATA_HIDDEN",
        next_step="A JWT-format access token hides metadata below API 68: use a session of "
        "another kind. Otherwise check the user's permission External Client App Admin.",
    )


def app_id_of(app: str, rest: RestReader) -> str:
    """The id of the org's own ``app``, empty if a query finds none."""
    return apps_called(app, rest).own_id


def read_back(actual: ActualApp, names: Mapping[str, str], reader: AppReader) -> ActualApp:
    """The app, read again after a write of components called ``names`` (by metadata type).

    Records of types that provision does not manage are not read again.
    """
    known = {name: component.full_name for name, component in actual.components.items()}
    known.update(names)
    if EXTERNAL_CLIENT_APPLICATION.name not in known:
        return find_app(actual.app, reader)
    types = [metadata_type for metadata_type in CORE_TYPES if metadata_type.name in known]
    reads = [partial(reader.metadata.read, item, [known[item.name]]) for item in types]
    records = reader.pool.run(reads)
    components = {record.type.name: record for found in records for record in found}
    lost = [kind for kind in _SATELLITES if kind.name not in components]
    unknown: tuple[str, ...] = ()
    if lost:
        search = _Search(actual.app, reader)
        components |= search.after(lost[0], search.likely(lost[0]), lost[1:])
        components, unknown = search.asked_otherwise(components)
    return replace(actual, components=components, unknown=unknown)


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for an app's components except the header: under likely names, then in the org's list.

    ``unlisted`` are the types of which the org was asked and listed nothing.
    """

    app: str
    reader: AppReader
    unlisted: list[MetadataType] = field(default_factory=list)

    def after(
        self, first: MetadataType, found: dict[str, Component], others: Sequence[MetadataType]
    ) -> dict[str, Component]:
        """All components, after a search for ``first`` under likely names that gave ``found``.

        If it gave nothing, the app uses another naming scheme, and no more names are guessed: each
        read counts against the org's limits.
        """
        if not found:
            return self._listed([first, *others], guessed=[first])
        for records in self.reader.pool.run([partial(self.likely, kind) for kind in others]):
            found = found | records
        missed = [kind for kind in others if kind.name not in found]
        return found | self._listed(missed, guessed=missed)

    def likely(self, metadata_type: MetadataType) -> dict[str, Component]:
        """The component of one type, if it has a likely name."""
        return self._first_of(metadata_type, self._likely_names(metadata_type))

    def asked_otherwise(
        self, found: dict[str, Component]
    ) -> tuple[dict[str, Component], tuple[str, ...]]:
        """``found`` with what queries add to it, and the types that stay unknown.

        An empty list does not mean that there is no record: a query must say so as well. No query
        shows the global settings; OBS: an app without OAuth settings has none.
        """
        missing = [kind for kind in self.unlisted if kind.name not in found]
        if not missing:
            return found, ()
        rest = self.reader.rest
        app_id = app_id_of(self.app, rest)
        answers = self.reader.pool.run([partial(queried_names, k, app_id, rest) for k in missing])
        names = {kind.name: answer for kind, answer in zip(missing, answers, strict=True)}
        for kind in missing:
            found = found | self._first_of(kind, names[kind.name] or ())
        if settings := found.get(OAUTH_SETTINGS.name):
            others = beside_settings(settings.full_name)
            if GLOBAL_OAUTH_SETTINGS in missing:
                found = found | self._first_of(GLOBAL_OAUTH_SETTINGS, others)
        elif names.get(OAUTH_SETTINGS.name, []) == []:
            names[GLOBAL_OAUTH_SETTINGS.name] = []
        unknown = (k.name for k in missing if k.name not in found and names[k.name] != [])
        return found, tuple(unknown)

    def _listed(
        self, types: Sequence[MetadataType], guessed: Sequence[MetadataType]
    ) -> dict[str, Component]:
        """The components among all that the org lists, except likely names of ``guessed`` types.

        A list may be incomplete: a type of which it shows nothing is tried under likely names.
        """
        if not types:
            return {}
        listed = self.reader.metadata.names(types)
        version = self.reader.metadata.api_version
        found: dict[str, Component] = {}
        reads = []
        for metadata_type in types:
            if not listed[metadata_type.name] and metadata_type.since <= version:
                self.unlisted.append(metadata_type)
            likely = self._likely_names(metadata_type)
            names = listed[metadata_type.name] or likely
            if metadata_type in guessed:
                names = [name for name in names if name not in likely]
            else:
                names = [*self.reader.learned.of(self.app, metadata_type), *names]
            # Names that begin like the app first: in an org of a thousand apps that is one call.
            names = sorted(names, key=lambda name: not name.startswith(self.app))
            reads.append(partial(self._first_of, metadata_type, names))
        for records in self.reader.pool.run(reads):
            found |= records
        settings = found.get(OAUTH_SETTINGS.name)
        if settings is not None and OAUTH_POLICIES in types and not listed[OAUTH_POLICIES.name]:
            # OBS: the policy that the platform makes is called after the OAuth settings.
            found |= self._first_of(OAUTH_POLICIES, [f"{settings.full_name}_defaultPolicy"])
        return found

    def _first_of(self, metadata_type: MetadataType, names: Sequence[str]) -> dict[str, Component]:
        for start in range(0, len(names), NAMES_A_READ):
            records = self.reader.metadata.read(metadata_type, names[start : start + NAMES_A_READ])
            mine = _of_app(self.app, metadata_type, records)
            if mine:
                return mine
        return {}

    def _likely_names(self, metadata_type: MetadataType) -> list[str]:
        likely = [self.app + ending for ending in metadata_type.name_endings]
        return [*self.reader.learned.of(self.app, metadata_type), *likely]


def _of_app(
    app: str, metadata_type: MetadataType, records: Sequence[Component]
) -> dict[str, Component]:
    """The record whose parent is the app: there is at most one of each type (OBS)."""
    mine = [record for record in records if fold_name(record.parent) == fold_name(app)]
    return {metadata_type.name: mine[0]} if mine else {}
