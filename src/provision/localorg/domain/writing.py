"""Writing and deleting one component: what the org stores, and what else changes with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from provision.catalogue.canonical import canonical
from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    PARENT_FIELD,
    POLICIES,
)
from provision.catalogue.component import Component, Unset, Value
from provision.catalogue.field import MetadataType, unknown_field
from provision.localorg.domain import policies
from provision.localorg.domain.component_rules import RULES, Draft, Request
from provision.localorg.domain.grants import revoke_all
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import add_record
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.reading import parent_of
from provision.localorg.domain.sobjects import SETUP_AUDIT_TRAIL
from provision.localorg.domain.types import CONNECTED_APP, DEPENDENT
from provision.localorg.quirks import TwoPhaseDeploy
from provision.localorg.store.components import Stored

__all__ = ["Outcome", "delete", "write"]

# Key prefixes other than 0xI are invented: no source shows them.
_PREFIXES: Final = {
    **{metadata_type.name: "0xQ" for metadata_type in (*CORE_TYPES, *DEPENDENT)},
    EXTERNAL_CLIENT_APPLICATION.name: "0xI",
    OAUTH_SETTINGS.name: "0xJ",
    GLOBAL_OAUTH_SETTINGS.name: "0xK",
    OAUTH_POLICIES.name: "0xL",
    POLICIES.name: "0xM",
    CONNECTED_APP.name: "0H4",
}


_SECTION: Final = "External Client App Manager"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What writing a component did. A success may have a ``warning`` (OBS)."""

    id: str
    created: bool
    changed: bool
    warning: str = ""


def write(org: Org, request: Request, component: Component) -> Outcome:
    """Create or replace a component. If this raises :class:`Refused`, the caller rolls it back."""
    existing = org.components.get(component.type, component.full_name)
    app = _app_of(org, request, component, existing)
    draft = Draft(request, component, existing, app, _given(component))
    RULES[component.type.name](org, draft)
    return _store(org, draft)


def _given(component: Component) -> dict[str, Value]:
    return {
        name: value
        for name, value in component.fields.items()
        if not isinstance(value, Unset) and value not in ("", ())
    }


def _app_of(
    org: Org, request: Request, component: Component, existing: Stored | None
) -> Stored | None:
    """The app that a component belongs to. Raises :class:`Refused` if it cannot belong to it."""
    if component.type in {EXTERNAL_CLIENT_APPLICATION, CONNECTED_APP}:
        return None
    parent = parent_of(component)
    app = org.components.get(EXTERNAL_CLIENT_APPLICATION, parent)
    unready = (
        org.quirks.two_phase_deploy is TwoPhaseDeploy.REQUIRED
        and parent.casefold() not in request.earlier_apps
    )
    if app is None or unready:
        raise Refused(
            "INVALID_CROSS_REFERENCE_KEY",
            f"In field: {PARENT_FIELD} - no {EXTERNAL_CLIENT_APPLICATION.name}"
            f" named {parent} found",
            element=PARENT_FIELD,
        )
    holder = org.components.of_app(component.type, parent)
    if holder is not None and (existing is None or holder.id != existing.id):
        raise _duplicate(component.type, holder.component.full_name)
    if existing is not None and existing.component.parent.casefold() != parent.casefold():
        raise Refused(
            "DUPLICATE_DEVELOPER_NAME",
            f"The name {component.full_name} belongs to {existing.component.parent}",
        )
    return app


def _duplicate(metadata_type: MetadataType, holder: str) -> Refused:
    """OBS: an app has one component of each type. The message names the one that exists."""
    if metadata_type is OAUTH_POLICIES:
        return Refused(
            "DUPLICATE_VALUE", f"ExtlClntAppOauthSettingsId duplicates value on {holder}"
        )
    return Refused(
        "DUPLICATE_VALUE",
        f"duplicate value found: ExternalClientApplicationId duplicates value on {holder}",
    )


def _store(org: Org, draft: Draft) -> Outcome:
    author = draft.request.author
    now = org.clock.now()
    existing = draft.existing
    if existing is None:
        record_id = org.database.new_id(_PREFIXES[draft.component.type.name])
        component = replace(draft.component, fields=draft.fields)
        stored = Stored(component, record_id, now, author, now, author)
        changed = True
    else:
        component = replace(existing.component, fields=draft.fields)
        changed = not _same(existing.component, component)
        stored = replace(existing, component=component)
        if changed:
            stored = replace(stored, modified=now, modified_by=author)
    org.components.put(stored)
    for component in draft.default_policies:
        write(org, draft.request, component)
    if draft.grants and policies.apply_grants(org, draft.owner.id, draft.grants):
        changed = True
    if draft.ends_sessions:
        org.tokens.revoke_app(org.id, draft.owner.id)
    if changed:
        _note_change(org, author, stored, "Changed" if existing else "Created")
    return Outcome(stored.id, existing is None, changed, draft.warning)


def _same(before: Component, after: Component) -> bool:
    names = {*before.fields, *after.fields}
    return all(
        canonical(described, before.fields.get(name))
        == canonical(described, after.fields.get(name))
        for name in names
        for described in [before.type.field(name) or unknown_field(name)]
    )


def delete(org: Org, stored: Stored, author: str) -> None:
    """Delete a component, and what needs it. ``author`` is the id of the user who does it.

    OBS: deleting the app deletes its settings and policies, and revokes its tokens. Its key and
    secret are lost.
    """
    component = stored.component
    app = org.components.get(EXTERNAL_CLIENT_APPLICATION, component.parent)
    dependent = {
        EXTERNAL_CLIENT_APPLICATION: (*CORE_TYPES, *DEPENDENT),
        OAUTH_SETTINGS: (GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES),
    }.get(component.type, ())
    for metadata_type in dependent:
        found = org.components.of_app(metadata_type, component.parent)
        if found is not None:
            org.components.delete(found)
    org.components.delete(stored)
    _note_change(org, author, stored, "Deleted")
    if app is None or component.type not in {EXTERNAL_CLIENT_APPLICATION, OAUTH_SETTINGS}:
        return
    org.consumers.delete(app.id)
    org.tokens.revoke_app(org.id, app.id)
    if component.type is EXTERNAL_CLIENT_APPLICATION:
        revoke_all(org, app.id)


def _note_change(org: Org, author: str, stored: Stored, done: str) -> None:
    """Add a row to the setup audit trail. ``done`` is Created, Changed or Deleted.

    DOC: the columns. What a real org writes about external client apps is not known, so the
    texts here are invented. They name the app.
    """
    component = stored.component
    of_app = component.type is EXTERNAL_CLIENT_APPLICATION
    app = component.full_name if of_app else component.parent
    what = "" if of_app else f": {component.type.name} {component.full_name}"
    add_record(
        org,
        SETUP_AUDIT_TRAIL,
        {
            "Action": f"{done.lower()}ExternalClientApp",
            "Section": _SECTION,
            "Display": f"{done} external client app {app}{what}",
        },
        author=author,
    )
