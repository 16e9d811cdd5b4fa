"""Render: a spec to the components that it asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    PARENT_FIELD,
    POLICIES,
)
from provision.catalogue.component import Component, RawXml, Unset
from provision.catalogue.document import DocumentError, parse_component
from provision.catalogue.field import MetadataType, Role
from provision.errors import CannotError
from provision.render.template import Templates, context_of
from provision.spec.spec import Spec

__all__ = ["named_as_in_org", "names_on_create", "render", "without_empty_records"]

# The names that Setup gives (DOC, OBS): an app made by us looks like one made by hand.
_SUFFIX_ON_CREATE: Final = {
    EXTERNAL_CLIENT_APPLICATION.name: "",
    GLOBAL_OAUTH_SETTINGS.name: "_glbloauth",
    OAUTH_SETTINGS.name: "_oauth",
    OAUTH_POLICIES.name: "_oauthPlcy",
    POLICIES.name: "_plcy",
}


def names_on_create(app: str) -> Mapping[str, str]:
    """The full name, by metadata type, of each component of an app that does not exist yet."""
    return {name: app + suffix for name, suffix in _SUFFIX_ON_CREATE.items()}


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
    """The components, with the full names of those that the org has (``actual``, by type)."""
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
