"""Snapshot: an app as it was before a write, in files that any Metadata API client can deploy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import CORE_TYPES, path_of
from provision.catalogue.component import Component
from provision.catalogue.dependent_types import (
    TYPE_PREFIX,
    record_type_by_directory,
    undescribed_type,
)
from provision.catalogue.document import DocumentError, local_name, parse_component, parse_xml
from provision.catalogue.field import MetadataType, Role
from provision.catalogue.package import Package
from provision.errors import CannotError
from provision.org.access import Grant
from provision.plan.codec import object_of, problems_of
from provision.plan.document import FileModel
from provision.plan.facts import ActualApp
from provision.runs.run_directory import RunDirectory
from provision.spec.position import KeyPath, Position

__all__ = ["Snapshot", "places_in", "read_snapshot", "snapshot_of"]

_DIRECTORY: Final = "snapshot"
_ACCESS: Final = "access.json"
_FIELD: Final = re.compile(r" {4}<(\w+)>")  # as metadata.document writes a component's fields
_FILE_NAME: Final = re.compile(r"\w+/[\w%+-][\w.%+ -]*")  # no name of an org leads elsewhere
_DAMAGED: Final = "The run's files are damaged or edited; name another run."


class _GrantedTo(FileModel):
    kind: Literal["profile", "permission set"]
    name: str


class _AccessDocument(FileModel):
    document_schema: Literal["provision/access/1"] = Field(alias="schema")
    app: str
    granted_to: tuple[_GrantedTo, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An app's components without what belongs to one org alone, and who may use it, by name.

    ``dependents`` are its records of types that provision does not manage, as they were read.
    """

    app: str
    components: Mapping[str, Component]
    profiles: tuple[str, ...] = ()
    permission_sets: tuple[str, ...] = ()
    dependents: tuple[Component, ...] = ()

    def files(self, api_version: int) -> Mapping[str, bytes]:
        """The snapshot's files by path. Raises :class:`CannotError`."""
        for component in (*self.components.values(), *self.dependents):
            if not _FILE_NAME.fullmatch(component.file_name):
                raise CannotError(
                    f"no snapshot can be made of {self.app}: {component.type.name} "
                    f"{component.full_name!r} cannot be a file's name",
                    next_step="Nothing was written. Rename the record in Setup.",
                )
        try:
            package = Package(api_version, (*self.components.values(), *self.dependents)).files()
        except DocumentError as error:
            raise CannotError(f"no snapshot can be made of {self.app}: {error}") from error
        files = {f"{_DIRECTORY}/{path}": content for path, content in package.items()}
        return files | {_ACCESS: self._access().encode()}

    def _access(self) -> str:
        granted = [_GrantedTo(kind="profile", name=name) for name in self.profiles]
        granted += [_GrantedTo(kind="permission set", name=name) for name in self.permission_sets]
        document = _AccessDocument(
            schema="provision/access/1", app=self.app, granted_to=tuple(granted)
        )
        return json.dumps(document.model_dump(mode="json", by_alias=True), indent=2) + "\n"


def snapshot_of(actual: ActualApp, grants: Sequence[Grant]) -> Snapshot:
    """The snapshot of ``actual``, which may be used by those of ``grants``.

    What the org generates, its keys included, is left out: it would fail a deploy, or never come
    back. A secret is left out wherever it comes from. The certificate is kept.
    """
    return Snapshot(
        actual.app,
        {name: _portable(component) for name, component in actual.components.items()},
        tuple(sorted(grant.name for grant in grants if grant.is_profile)),
        tuple(sorted(grant.name for grant in grants if not grant.is_profile)),
        actual.dependents,
    )


def read_snapshot(run: RunDirectory, app: str) -> Snapshot:
    """The snapshot that ``run`` made of ``app``. Raises :class:`CannotError`."""
    records = tuple(_components(run, app))
    components = {item.type.name: item for item in records if item.type in CORE_TYPES}
    text = run.read(_ACCESS)
    name = str(run.path / _ACCESS)
    object_of(text, f"{name} is damaged", _DAMAGED)
    try:
        access = _AccessDocument.model_validate_json(text)
    except ValidationError as error:
        said = "\n".join(f"{name}: {problem}" for problem in problems_of(error))
        raise CannotError(said, next_step=_DAMAGED) from None
    granted = access.granted_to
    return Snapshot(
        app,
        components,
        tuple(item.name for item in granted if item.kind == "profile"),
        tuple(item.name for item in granted if item.kind == "permission set"),
        tuple(item for item in records if item.type not in CORE_TYPES),
    )


def places_in(run: RunDirectory, snapshot: Snapshot) -> Mapping[KeyPath, Position]:
    """Where each field of ``snapshot`` stands in the files of ``run``, by the spec's path to it."""
    places: dict[KeyPath, Position] = {}
    for component in snapshot.components.values():
        name = f"{_DIRECTORY}/{component.file_name}"
        for number, line in enumerate(run.read(name).splitlines(), start=1):
            found = _FIELD.match(line)
            if found:
                path = path_of(component.type, found.group(1))
                places.setdefault(path, Position(str(run.path / name), number, 5))
    return places


def _components(run: RunDirectory, app: str) -> Iterator[Component]:
    root = run.path / _DIRECTORY
    for directory in sorted(path for path in root.glob("*") if path.is_dir()):
        for path in sorted(directory.iterdir()):
            file = path.relative_to(run.path)
            metadata_type = record_type_by_directory(directory.name) or _type_of_file(run, file)
            component = _component(run, file, metadata_type)
            if fold_name(component.parent) != fold_name(app):
                raise CannotError(f"{path} is not of the app {app}", next_step=_DAMAGED)
            yield component


def _type_of_file(run: RunDirectory, path: Path) -> MetadataType:
    """The type of a record that is of none that provision knows: the org described it then."""
    try:
        name = local_name(parse_xml(run.read(str(path))).tag)
    except DocumentError as error:
        raise CannotError(f"{run.path / path}: {error}", next_step=_DAMAGED) from error
    if not name.startswith(TYPE_PREFIX):
        raise CannotError(f"{run.path / path} is of no type of an app", next_step=_DAMAGED)
    suffix = path.name.rpartition(".")[2]
    return undescribed_type(name, path.parent.name, suffix).metadata_type


def _component(run: RunDirectory, path: Path, metadata_type: MetadataType) -> Component:
    full_name = path.name.removesuffix(f".{metadata_type.suffix}")
    try:
        return parse_component(metadata_type, full_name, run.read(str(path)))
    except DocumentError as error:
        raise CannotError(f"{run.path / path}: {error}", next_step=_DAMAGED) from error


def _portable(component: Component) -> Component:
    kept = {n: v for n, v in component.fields.items() if _travels(component.type, n)}
    return Component(component.type, component.full_name, kept)


def _travels(metadata_type: MetadataType, name: str) -> bool:
    field = metadata_type.field(name)
    if field is None:
        return True
    return not field.org_bound and not field.secret and field.role is not Role.ACTION
