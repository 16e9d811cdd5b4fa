"""Desired components: what a spec asks for, and the files that other tools deploy."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from enum import Enum

from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    PARENT_FIELD,
)
from provision.catalogue.component import Component, RawXml, Unset
from provision.catalogue.document import DocumentError, parse_component, serialise
from provision.catalogue.field import MetadataType, Role
from provision.catalogue.package import Package
from provision.errors import CannotError
from provision.render.template import Templates, context_of
from provision.spec.spec import Spec

__all__ = [
    "FileFormat",
    "files_of",
    "named_as_in_org",
    "names_on_create",
    "render",
    "without_empty_records",
]


def names_on_create(app: str) -> Mapping[str, str]:
    """The full name, by metadata type, of each component of an app that does not exist yet."""
    # Setup's names (DOC, OBS), so that an app of provision looks like one that people created.
    return {kind.name: app + kind.name_endings[0] for kind in CORE_TYPES}


def render(spec: Spec, templates: Templates) -> tuple[Component, ...]:
    """The components that ``spec`` asks for, in the order in which an org must create them.

    A component does not have the fields that the spec leaves out, and a field that the spec sets to
    null is ``UNSET``. A component without fields is left out, except for the header, and the two
    OAuth settings of an app with an ``oauth`` section. Raises :class:`CannotError` if a template
    does not render a component.
    """
    return templates.once(spec, lambda: _rendered(spec, templates))


def _rendered(spec: Spec, templates: Templates) -> tuple[Component, ...]:
    context = context_of(spec)
    names = names_on_create(spec.app)
    rendered = [_component(kind, names[kind.name], templates, context) for kind in CORE_TYPES]
    return tuple(component for component in rendered if _is_wanted(component, spec))


def named_as_in_org(
    components: Sequence[Component], actual: Mapping[str, Component]
) -> tuple[Component, ...]:
    """The components, with the full names that the org uses (``actual``, by type)."""
    return tuple(
        dataclasses.replace(component, full_name=present.full_name)
        if (present := actual.get(component.type.name))
        else component
        for component in components
    )


def without_empty_records(
    components: Sequence[Component], actual: Mapping[str, Component]
) -> tuple[Component, ...]:
    """``components`` without records that would be created with no effect.

    ``actual`` are the records of the app, by type. A new app has none, and gets all components. An
    existing app does not get a record without fields, or with flags that are off without it. It
    gets OAuth settings if it gets a record that an org refuses without them (OBS).
    """
    if not actual:
        return tuple(components)
    kept = [each for each in components if each.type.name in actual or _says_something(each)]
    if any(each.type in {GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES} for each in kept):
        kept = [each for each in components if each in kept or each.type is OAUTH_SETTINGS]
    return tuple(kept)


def _says_something(component: Component) -> bool:
    for name, value in component.fields.items():
        field = component.type.field(name)
        is_off = value is False and (field is None or not field.default)
        if name != PARENT_FIELD and not isinstance(value, Unset) and not is_off:
            return True
    return False


def _is_wanted(component: Component, spec: Spec) -> bool:
    if component.type is EXTERNAL_CLIENT_APPLICATION:
        return True
    if component.type in {OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS} and spec.document.oauth:
        return True
    return bool(component.fields.keys() - {PARENT_FIELD})


def _component(
    metadata_type: MetadataType, full_name: str, templates: Templates, context: Mapping[str, object]
) -> Component:
    where = Templates.name(metadata_type)
    try:
        component = parse_component(
            metadata_type, full_name, templates.render(metadata_type, context)
        )
    except DocumentError as error:
        raise CannotError(
            f"{where} does not render a {metadata_type.name}: {error}",
            next_step="Fix the template, or the value that it got from the spec.",
        ) from error
    _check_fields(component, where, str(context["app"]))
    return component


def _check_fields(component: Component, where: str, app: str) -> None:
    complaints: Sequence[str] = [
        complaint
        for name, value in component.fields.items()
        if (complaint := _complaint(component.type, name, value))
    ]
    if component.type is not EXTERNAL_CLIENT_APPLICATION and component.parent != app:
        complaints = [*complaints, f"{PARENT_FIELD} must be {app}"]
    if complaints:
        raise CannotError(
            "\n".join(f"{where}: {complaint}" for complaint in complaints),
            next_step="Fix the template, or leave --templates out to use the built-in one.",
        )


def _complaint(metadata_type: MetadataType, name: str, value: object) -> str:
    field = metadata_type.field(name)
    if field is None or isinstance(value, RawXml):
        return f"{metadata_type.name} has no field {name}"
    if field.role in {Role.PLATFORM, Role.ACTION}:
        return f"a template cannot set {name}: {field.note}"
    return ""


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
