"""Dependents: the records of an app that are of types which provision does not manage.

A list shows their names, but not their app; a record is an app's if its externalClientApplication
says so. A plan asks for one list of an org, at the same time as its other reads, and for more only
if the app's policy says that a plugin is installed. A deletion asks for everything, also for types
that only the org knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    NEWEST_API,
)
from provision.catalogue.component import Component, RawXml
from provision.catalogue.dependent_types import (
    DEPENDENT_TYPES,
    TYPE_PREFIX,
    DependentType,
    dependent_type_named,
    undescribed_type,
)
from provision.catalogue.field import MetadataType
from provision.errors import OrgRefused
from provision.org.app_names import LearnedNames
from provision.org.metadata import TYPES_A_LIST, MetadataReader
from provision.org.pool import Pool

__all__ = ["DependentReader", "Dependents"]

Names = Mapping[str, Sequence[str]]
"""The names that an org lists, by type name. A type is missing if the org refuses to list it."""

_MOST_NAMES_OF_OTHERS: Final = 50  # five reads, which a plan may make for nothing
_PLUGIN_FLAG: Final = re.compile(r"is\w+PluginEnabled")


@dataclass(frozen=True, slots=True)
class Dependents:
    """The records found, and the types of which the org may have more that it does not show."""

    records: tuple[Component, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DependentReader:
    """Reads dependent records of one org. The first list serves all apps of a run.

    ``newest`` returns the newest API version of the org; it is only called if an older one is used.
    """

    metadata: MetadataReader
    pool: Pool
    learned: LearnedNames
    newest: Callable[[], int]
    _listed_first: dict[str, Names] = field(default_factory=dict)

    def listed_first(self) -> Names:
        """The names of records whose types have no flag in a policy: one call, made once."""
        if "" not in self._listed_first:
            self._listed_first[""] = self._names(self._first_types())
        return self._listed_first[""]

    def of_app(self, app: str, policies: Component | None, *, wholly: bool = False) -> Dependents:
        """The dependent records of ``app``, whose policy record (if it has one) is ``policies``.

        With ``wholly``, every type that the org has is listed again, and every record is read.
        Otherwise a type is only searched if it was listed first, if a record of it is known by
        name, or if ``policies`` has its plugin's flag. Of more than fifty records, only those are
        read whose names begin with the app's.
        """
        flags = frozenset(policies.fields) if policies else None
        first: Names = {} if wholly else self.listed_first()
        known = [*_described(self.metadata), *self._types()] if wholly else self._types()
        installed = [
            each
            for each in known
            if wholly or flags is None or not each.plugin_flag or each.plugin_flag in flags
        ]
        more = [each for each in installed if each.name not in first]
        listed = {**first, **self._names([each.metadata_type for each in more])}
        types = [
            each
            for each in known
            if each in installed
            or listed.get(each.name)
            or self.learned.of(app, each.metadata_type)
        ]
        reads = [
            partial(self._of_type, app, each, listed.get(each.name, ()), wholly=wholly)
            for each in types
        ]
        found = tuple(record for records in self.pool.run(reads) for record in records)
        seen = {record.type.name for record in found}
        hidden = [*self._hidden(types, policies, seen, listed)]
        if wholly:
            hidden += self._hidden_wholly(types)
        return Dependents(found, tuple(dict.fromkeys(n for n in hidden if n not in seen)))

    def _types(self) -> list[DependentType]:
        version = self.metadata.api_version
        return [each for each in DEPENDENT_TYPES if each.listed and each.may_be_in(version)]

    def _first_types(self) -> list[MetadataType]:
        """The types without a flag, and as many of the others as the same call can list."""
        types = sorted(self._types(), key=lambda each: bool(each.plugin_flag))
        if not types or types[0].plugin_flag:
            return []
        return [each.metadata_type for each in types[:TYPES_A_LIST]]

    def _names(self, types: Sequence[MetadataType]) -> Names:
        """The names that the org lists. OBS: it refuses a call with an unknown type."""
        chunks = [types[at : at + TYPES_A_LIST] for at in range(0, len(types), TYPES_A_LIST)]
        found: dict[str, Sequence[str]] = {}
        for names in self.pool.run([partial(self._names_or_parts, chunk) for chunk in chunks]):
            found |= names
        return found

    def _names_or_parts(self, types: Sequence[MetadataType]) -> Names:
        try:
            return self.metadata.names(types)
        except OrgRefused as error:
            if len(types) == 1:
                # Sources disagree on this type. If the org does not know it, it has no record.
                return {types[0].name: ()} if self._is_unknown(types[0], error) else {}
        parts: dict[str, Sequence[str]] = {}
        for metadata_type in types:
            parts |= self._names_or_parts([metadata_type])
        return parts

    def _is_unknown(self, metadata_type: MetadataType, error: OrgRefused) -> bool:
        known = dependent_type_named(metadata_type.name)
        is_disputed = known is not None and known.is_disputed_in(self.metadata.api_version)
        return is_disputed and error.code.endswith("INVALID_TYPE")

    def _of_type(
        self, app: str, each: DependentType, names: Sequence[str], *, wholly: bool
    ) -> list[Component]:
        own = [name for name in names if fold_name(name).startswith(fold_name(app))]
        others = [name for name in names if name not in own]
        read_all = wholly or len(others) <= _MOST_NAMES_OF_OTHERS
        likely = [app + each.setup_suffix] if wholly and not names and each.setup_suffix else []
        learned = self.learned.of(app, each.metadata_type)
        wanted = dict.fromkeys([*likely, *learned, *own, *(others if read_all else [])])
        try:
            records = self.metadata.read(each.metadata_type, list(wanted))
        except OrgRefused as error:
            if not self._is_unknown(each.metadata_type, error):
                raise
            return []
        return [record for record in records if fold_name(record.parent) == fold_name(app)]

    def _hidden(
        self,
        types: Sequence[DependentType],
        policies: Component | None,
        seen: Iterable[str],
        listed: Names,
    ) -> Iterator[str]:
        """The types whose plugin is on and that show no record, and refused types."""
        shown = {each.plugin_flag for each in types if each.name in seen}
        on = {flag for flag in _plugins_on(policies) if flag not in shown}
        for each in types:
            if each.plugin_flag in on or (each.name not in listed and not each.plugin_flag):
                yield each.name
        if not set(seen) - {each.name for each in DEPENDENT_TYPES}:
            # If the catalogue does not know a plugin, its type is not known either.
            known = {each.plugin_flag for each in DEPENDENT_TYPES}
            yield from (f"records of {flag}" for flag in sorted(on - known))

    def _hidden_wholly(self, types: Sequence[DependentType]) -> Iterator[str]:
        """The types that a whole search cannot show: newer ones; all if the org lists nothing."""
        version = self.metadata.api_version
        if not self._shows_apps():
            yield from (each.name for each in types)
        if version < NEWEST_API:
            newest = self.newest()
            for each in DEPENDENT_TYPES:
                if each.listed and version < each.since <= newest:
                    yield each.name

    def _shows_apps(self) -> bool:
        """Whether the org lists anything at all to this session: it has at least one app."""
        listed = self.metadata.names([EXTERNAL_CLIENT_APPLICATION])
        return bool(listed[EXTERNAL_CLIENT_APPLICATION.name])


def _described(metadata: MetadataReader) -> list[DependentType]:
    """The types of apps that the org has and provision does not know, if the org tells."""
    known = {each.name for each in CORE_TYPES}
    known |= {each.name for each in DEPENDENT_TYPES if each.listed}
    try:
        described = metadata.described()
    except OrgRefused:
        return []
    return [
        undescribed_type(each.name, each.directory, each.suffix)
        for each in described
        if each.name.startswith(TYPE_PREFIX) and each.name not in known and each.directory
    ]


def _plugins_on(policies: Component | None) -> Iterator[str]:
    """The flags of plugins that are on, except OAuth's, whose records provision manages.

    A flag that the catalogue does not know is raw XML.
    """
    for name, value in policies.fields.items() if policies else ():
        is_on = value is True or (isinstance(value, RawXml) and ">true</" in value.text)
        if is_on and _PLUGIN_FLAG.fullmatch(name) and name != "isOauthPluginEnabled":
            yield name
