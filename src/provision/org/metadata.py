"""Metadata: the names that an org lists, and the records with these names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar
from xml.etree import ElementTree as ET

from provision.catalogue.component import Component
from provision.catalogue.document import DocumentError, component_of, local_name
from provision.catalogue.field import MetadataType
from provision.errors import OrgUnreachable
from provision.org.pool import Pool
from provision.org.soap import SoapEndpoint, child_text

__all__ = ["NAMES_A_READ", "TYPES_A_LIST", "DescribedType", "MetadataReader"]

TYPES_A_LIST: Final = 3
"""DOC: listMetadata takes three queries a call."""

NAMES_A_READ: Final = 10
"""DOC: readMetadata takes ten names a call."""

Item = TypeVar("Item")

_XSI_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(frozen=True, slots=True)
class DescribedType:
    """A metadata type as an org describes it: where its files live in a package."""

    name: str
    directory: str
    suffix: str


class MetadataReader:
    """``listMetadata`` and ``readMetadata`` of one org."""

    def __init__(self, soap: SoapEndpoint, api_version: int, pool: Pool) -> None:
        self._soap = soap
        self._version = api_version
        self._pool = pool

    @property
    def api_version(self) -> int:
        """The API version in which metadata is read."""
        return self._version

    def described(self) -> list[DescribedType]:
        """The types that the org has in this API version. Raises :class:`OrgRefused`."""
        arguments: list[tuple[str, object]] = [("asOfVersion", f"{self._version}.0")]
        results = self._soap.read("describeMetadata", arguments)
        return [
            DescribedType(
                child_text(each, "xmlName"),
                child_text(each, "directoryName"),
                child_text(each, "suffix"),
            )
            for result in results
            for each in result
            if local_name(each.tag) == "metadataObjects"
        ]

    def names(self, types: Sequence[MetadataType]) -> dict[str, list[str]]:
        """The full names that the org lists, by type name. An empty list proves nothing.

        A type that this API version does not have has no names.
        """
        found: dict[str, list[str]] = {metadata_type.name: [] for metadata_type in types}
        listed = [metadata_type for metadata_type in types if self._version >= metadata_type.since]
        chunks = _chunks(listed, TYPES_A_LIST)
        for results in self._pool.run([partial(self._list, chunk) for chunk in chunks]):
            for result in results:
                found.setdefault(child_text(result, "type"), []).append(
                    child_text(result, "fullName")
                )
        return found

    def read(self, metadata_type: MetadataType, names: Sequence[str]) -> list[Component]:
        """The records with ``names`` that exist. Raises :class:`OrgError`.

        A type that this API version does not have has no records.
        """
        if self._version < metadata_type.since:
            return []
        return [
            component
            for chunk in _chunks(names, NAMES_A_READ)
            for component in self._read(metadata_type, chunk)
        ]

    def _list(self, types: Sequence[MetadataType]) -> list[ET.Element]:
        arguments: list[tuple[str, object]] = [
            ("queries", [("type", metadata_type.name)]) for metadata_type in types
        ]
        arguments.append(("asOfVersion", f"{self._version}.0"))
        return self._soap.read("listMetadata", arguments)

    def _read(self, metadata_type: MetadataType, names: Sequence[str]) -> Iterator[Component]:
        arguments: list[tuple[str, object]] = [("type", metadata_type.name)]
        arguments += [("fullNames", name) for name in names]
        for result in self._soap.read("readMetadata", arguments):
            for record in result:
                full_name = child_text(record, "fullName")
                if record.get(_XSI_NIL) == "true" or not full_name:
                    continue
                try:
                    yield component_of(metadata_type, full_name, record)
                except DocumentError as error:
                    raise OrgUnreachable(
                        f"{metadata_type.name} {full_name} came back unreadable: {error}",
                        next_step="Please report this: the field catalogue does not fit this org.",
                    ) from error


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
