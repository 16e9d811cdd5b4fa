"""Deleting components: an app takes everything of its own with it."""

from __future__ import annotations

from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.localorg.domain.audit_trail import noted
from provision.localorg.domain.grants import revoke_all
from provision.localorg.domain.org import Org
from provision.localorg.domain.types import DEPENDENT
from provision.localorg.store.components import Stored

__all__ = ["delete"]


def delete(org: Org, stored: Stored, author: str) -> None:
    """Delete a component, and what cannot be without it. ``author`` is the id of who does it.

    OBS: deleting the app deletes its settings and policies, revokes its tokens, and key and
    secret are gone for good.
    """
    component = stored.component
    app = org.components.get(EXTERNAL_CLIENT_APPLICATION, component.parent)
    dependent = {
        EXTERNAL_CLIENT_APPLICATION: (*CORE_TYPES, *DEPENDENT),
        OAUTH_SETTINGS: (GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES),
    }.get(component.type, ())
    for metadata_type in dependent:
        satellite = org.components.of_app(metadata_type, component.parent)
        if satellite is not None:
            org.components.delete(satellite)
    org.components.delete(stored)
    noted(org, author, stored, "Deleted")
    if app is None or component.type not in {EXTERNAL_CLIENT_APPLICATION, OAUTH_SETTINGS}:
        return
    org.consumers.delete(app.id)
    org.tokens.revoke_app(org.id, app.id)
    if component.type is EXTERNAL_CLIENT_APPLICATION:
        revoke_all(org, app.id)
