"""The setup audit trail: who changed what of an app, as queries of ``SetupAuditTrail`` tell it."""

from __future__ import annotations

from typing import Final

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.localorg.domain.app_sobjects import SETUP_AUDIT_TRAIL
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import add_record
from provision.localorg.store.components import Stored

__all__ = ["noted"]

_SECTION: Final = "External Client App Manager"


def noted(org: Org, author: str, stored: Stored, done: str) -> None:
    """Note that ``author`` (a user id) has ``done`` (Created, Changed or Deleted) a component.

    DOC: the columns. What a real org says of external client apps is not known: the words here
    are made up, and name the app.
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
