"""The zip of a deploy: its root folder, its manifest, the files and the deletions."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final
from xml.etree import ElementTree as ET

from provision.catalogue.document import DocumentError, local_name, parse_xml

__all__ = ["Archive", "ArchiveError", "Manifest", "Member", "manifest_of"]

_MANIFEST: Final = "package.xml"
_DELETIONS: Final = (
    "destructiveChangesPre.xml",
    "destructiveChanges.xml",
    "destructiveChangesPost.xml",
)
_MOST_BYTES: Final = 400 * 1024 * 1024  # DOC: 400 MB unzipped


class ArchiveError(ValueError):
    """A zip that no org can deploy. Its text is the org's message."""


@dataclass(frozen=True, slots=True)
class Member:
    """One name in a manifest. ``name`` may be ``*``."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package.xml: its members in order, and its API version, if it names one."""

    members: tuple[Member, ...]
    version: int | None


@dataclass(frozen=True, slots=True)
class Archive:
    """A deploy's zip. ``root`` is the folder that holds package.xml, with its slash."""

    root: str
    manifest: Manifest
    files: dict[str, bytes] = field(repr=False)

    @classmethod
    def read(cls, content: bytes) -> Archive:
        """Read a zip. Raises :class:`ArchiveError`."""
        files = _unzip(content)
        root = _root(files)
        try:
            manifest = manifest_of(parse_xml(files[root + _MANIFEST]))
        except DocumentError as error:
            raise ArchiveError(f"Error parsing file: {error}") from error
        return cls(root, manifest, files)

    def file(self, path: str) -> bytes | None:
        """The file at a path below the root, or ``None``."""
        return self.files.get(self.root + path)

    def names_in(self, directory: str, suffix: str) -> list[str]:
        """The full names of all files of a type."""
        pattern = re.compile(
            re.escape(f"{self.root}{directory}/") + r"([^/]+)\." + re.escape(suffix)
        )
        found = (pattern.fullmatch(path) for path in sorted(self.files))
        return [match.group(1) for match in found if match]

    def deletions(self) -> Iterator[tuple[str, bool, Member]]:
        """Every deletion: the file that asks for it, whether it comes last, and what to delete."""
        for name in _DELETIONS:
            content = self.file(name)
            if content is None:
                continue
            try:
                manifest = manifest_of(parse_xml(content))
            except DocumentError as error:
                raise ArchiveError(f"Error parsing file: {error}") from error
            for member in manifest.members:
                yield name, name.endswith("Post.xml"), member


def _unzip(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise ArchiveError("Maximum size of the zip's content exceeded")
            return {entry.filename: archive.read(entry) for entry in entries}
    # zipfile: RuntimeError for an encrypted entry, NotImplementedError for an unknown compression.
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveError("The zip file can't be read") from error


def _root(files: dict[str, bytes]) -> str:
    """The folder of package.xml. Clients put it at the root, or one folder down."""
    if _MANIFEST in files:
        return ""
    for path in sorted(files):
        parts = PurePosixPath(path).parts
        if len(parts) == 2 and parts[1] == _MANIFEST:
            return f"{parts[0]}/"
    raise ArchiveError("No package.xml found")


def manifest_of(root: ET.Element) -> Manifest:
    """The manifest in an element with the content of a package.xml."""
    members: list[Member] = []
    version: int | None = None
    for element in root:
        name = local_name(element.tag)
        text = (element.text or "").strip()
        if name == "version" and text:
            version = _whole(text)
        elif name == "types":
            members.extend(_members(element))
    return Manifest(tuple(members), version)


def _whole(version: str) -> int:
    number = version.partition(".")[0]
    if not number.isdecimal():
        raise DocumentError(f"{version!r} is not an API version")
    return int(number)


def _members(types: ET.Element) -> Iterator[Member]:
    names = [(e.text or "").strip() for e in types if local_name(e.tag) == "name"]
    for element in types:
        if local_name(element.tag) == "members" and names:
            yield Member(names[0], (element.text or "").strip())
