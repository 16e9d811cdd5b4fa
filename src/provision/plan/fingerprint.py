"""Fingerprint: one digest a component, equal as long as nothing in it that matters has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.component import Component
from provision.catalogue.field import Role, unknown_field
from provision.plan.digest import canonical_json, field_text, sha256
from provision.plan.facts import ActualApp

__all__ = ["ABSENT", "fingerprint", "moved_components"]

ABSENT: Final = "absent"
"""The fingerprint of a component that the org does not have."""

# What the org generates changes without anybody's doing; an action's flag is no state; the parent
# is the app itself.
_LEFT_OUT: Final = frozenset({Role.PLATFORM, Role.ACTION, Role.PARENT})


def fingerprint(actual: ActualApp) -> Mapping[str, str]:
    """The SHA-256 of each component of an app, by metadata type; :data:`ABSENT` for none.

    Equal whatever order lists came in and whatever form values have. The consumer key and fields
    that the catalogue does not know count; what the org generates for itself does not.
    """
    types = {metadata_type.name for metadata_type in CORE_TYPES} | actual.components.keys()
    return {
        name: _digest(actual.components[name]) if name in actual.components else ABSENT
        for name in sorted(types)
    }


def moved_components(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """What became of each component that is not what it was, in words."""
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name, ABSENT), now.get(name, ABSENT)
        if before == after:
            continue
        if before == ABSENT:
            yield f"{name} was created"
        else:
            yield f"{name} is gone" if after == ABSENT else f"{name} was changed"


def _digest(component: Component) -> str:
    fields = {}
    for name, value in component.fields.items():
        field = component.type.field(name) or unknown_field(name)
        text = field_text(field, value)
        # An empty value is no value, and a secret's digest would be a way to guess it.
        if field.role not in _LEFT_OUT and not field.secret and text != _NOTHING:
            fields[name] = text
    return sha256(canonical_json([component.type.name, component.full_name, fields]))


_NOTHING: Final = canonical_json(None)
