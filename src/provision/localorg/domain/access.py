"""What a user's permissions allow, where the emulation checks it."""

from __future__ import annotations

from provision.localorg.domain.org import Org
from provision.localorg.domain.people import has_permission
from provision.localorg.domain.problem import Refused

__all__ = ["require_metadata_access"]


def require_metadata_access(org: Org, user_id: str) -> None:
    """Raise :class:`Refused` unless a user may use the Metadata API (DOC)."""
    if has_permission(org, user_id, "ModifyAllData") or has_permission(
        org, user_id, "ModifyMetadata"
    ):
        return
    raise Refused(
        "INSUFFICIENT_ACCESS",
        "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata"
        " permissions",
        status=403,
    )
