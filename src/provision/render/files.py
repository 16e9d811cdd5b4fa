"""The files of rendered components, for other tools to deploy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from provision.catalogue.component import Component
from provision.catalogue.document import serialise
from provision.catalogue.package import Package

__all__ = ["FileFormat", "files_of"]


class FileFormat(Enum):
    """The layout of metadata files: a Metadata API package, or Salesforce DX source."""

    METADATA_API = "metadata"
    SOURCE = "source"


def files_of(
    components: Sequence[Component], api_version: int, file_format: FileFormat
) -> Mapping[str, bytes]:
    """The files of ``components`` by path: a package with its manifest, or a source folder."""
    if file_format is FileFormat.METADATA_API:
        return Package(api_version, tuple(components)).files()
    return {f"{item.file_name}-meta.xml": serialise(item) for item in components}
