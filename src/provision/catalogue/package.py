"""Packages: the zip that a deploy sends, and the manifest in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from provision.catalogue.component import Component
from provision.catalogue.document import METADATA_NAMESPACE, serialise

__all__ = ["Package", "manifest"]

_EPOCH: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest time of a zip, so that equal content gives equal bytes


@dataclass(frozen=True, slots=True)
class Package:
    """What one deploy sends: components to write, and (type name, full name) pairs to delete."""

    api_version: int
    components: tuple[Component, ...] = ()
    deletions: tuple[tuple[str, str], ...] = ()

    def files(self) -> Mapping[str, bytes]:
        """The package's files by path, manifest first. Raises :class:`DocumentError`."""
        members = ((component.type.name, component.full_name) for component in self.components)
        files = {"package.xml": manifest(self.api_version, members)}
        if self.deletions:
            files["destructiveChanges.xml"] = manifest(None, self.deletions)
        for component in self.components:
            files[component.file_name] = serialise(component)
        return files

    def zip(self) -> bytes:
        """The package as a zip with its manifest at the root: the same bytes for equal content."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in self.files().items():
                info = zipfile.ZipInfo(path, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        return buffer.getvalue()


def manifest(api_version: int | None, members: Iterable[tuple[str, str]]) -> bytes:
    """A ``package.xml`` naming ``members``; without a version, a ``destructiveChanges.xml``."""
    by_type: dict[str, list[str]] = {}
    for type_name, full_name in members:
        by_type.setdefault(type_name, []).append(full_name)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<Package xmlns="{METADATA_NAMESPACE}">']
    for type_name in sorted(by_type):
        lines.append("    <types>")
        lines.extend(f"        <members>{escape(n)}</members>" for n in sorted(by_type[type_name]))
        lines.extend([f"        <name>{escape(type_name)}</name>", "    </types>"])
    if api_version is not None:
        lines.append(f"    <version>{api_version}.0</version>")
    lines.append("</Package>")
    return ("\n".join(lines) + "\n").encode()
