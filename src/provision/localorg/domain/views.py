"""What the org returns of a component in one API version, without secrets."""

from __future__ import annotations

from dataclasses import replace

from provision.catalogue.canonical import split_names
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    POLICIES,
)
from provision.catalogue.component import Component, Record, Value
from provision.catalogue.field import Field, Kind
from provision.localorg.domain.grants import GRANTEE_FIELDS, granted_names
from provision.localorg.domain.org import Org
from provision.localorg.domain.policies import plugin_flags
from provision.localorg.quirks import DisputedFields
from provision.localorg.store.components import Stored

__all__ = ["component_view", "knows"]


def component_view(org: Org, stored: Stored, version: int) -> Component:
    """A component as API version ``version`` returns it.

    All flags are present. Permission lists are in random order, and scopes are joined by a comma
    and a space. The consumer key needs no special setting; the secret is never there (all OBS).
    """
    component = stored.component
    fields = {
        name: _value(component.type.field(name), value, version)
        for name, value in component.fields.items()
        if _is_visible(org, component.type.field(name), version)
    }
    fields.update(_of_the_org(org, component, version))
    return replace(component, fields=fields)


def _is_visible(org: Org, field: Field | None, version: int) -> bool:
    # A field that the catalogue does not know is returned as it was deployed.
    return field is None or (knows(org, field, version) and not field.secret)


def knows(org: Org, field: Field, version: int) -> bool:
    """Whether the org has a field in API version ``version``, with its present quirks."""
    if org.quirks.disputed_fields is DisputedFields.ACCEPTED and field.disputed_in(version):
        return True
    return field.known_in(version)


def _value(field: Field | None, value: Value, version: int) -> Value:
    if field is None:
        return value
    if field.kind is Kind.SCOPES:
        return ", ".join(split_names(str(value)))
    if field.kind is Kind.RECORDS and isinstance(value, tuple):
        return tuple(_record(field, record, version) for record in value)
    if field.kind is Kind.RECORD and isinstance(value, dict):
        return _record(field, value, version)
    return value


def _record(field: Field, record: Record, version: int) -> Record:
    children = ((name, value, field.child(name)) for name, value in record.items())
    return {
        name: value
        for name, value, child in children
        if child is None or (child.known_in(version) and not child.secret)
    }


def _of_the_org(org: Org, component: Component, version: int) -> dict[str, Value]:
    if component.type is POLICIES:
        return plugin_flags(org, component, version)
    if component.type not in {GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES}:
        return {}
    app = org.components.get(EXTERNAL_CLIENT_APPLICATION, component.parent)
    if app is None:
        return {}
    if component.type is GLOBAL_OAUTH_SETTINGS:
        consumer = org.consumers.of_app(app.id)
        return {"consumerKey": consumer.key} if consumer else {}
    lists: dict[str, Value] = {}
    for grantees in GRANTEE_FIELDS:
        names = granted_names(org, app.id, grantees)
        if names:
            lists[grantees.field] = ",".join(names)
    return lists
