"""Who may use a client: each who approves it, or those whom an admin approved."""

from __future__ import annotations

from provision.localorg.domain.grants import is_granted
from provision.localorg.domain.people import has_permission, is_frozen
from provision.localorg.oauth.client import Client
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.quirks import UnapprovedUser
from provision.localorg.store.records import Row

__all__ = ["admit", "admit_without_asking"]


def admit(client: Client, user: Row) -> None:
    """Raise :class:`OAuthError` unless a user may use a client.

    DOC: the holder of Use Any API Client may use every app, one for admin-approved users too.
    """
    user_id = str(user["Id"])
    if not user["IsActive"] or is_frozen(client.org, user_id):
        raise OAuthError(OAuthRefusal.INACTIVE_USER)
    if not client.admin_approved or has_permission(client.org, user_id, "UseAnyApiClient"):
        return
    if not is_granted(client.org, client.app, user):
        # Reports differ in the error (OBS): a switch.
        if client.org.quirks.unapproved_user is UnapprovedUser.INVALID_GRANT:
            raise OAuthError(OAuthRefusal.NOT_APPROVED)
        raise OAuthError(OAuthRefusal.NOT_ADMIN_APPROVED)


def admit_without_asking(client: Client, user: Row) -> None:
    """As :func:`admit`, where nobody can be asked: the user must have approved before.

    OBS: with AllSelfAuthorized a JWT login cannot work headless.
    """
    admit(client, user)
    approved = client.org.tokens.approved(client.org.id, client.app, str(user["Id"]))
    if not client.admin_approved and not client.is_platform and not approved:
        raise OAuthError(OAuthRefusal.NOT_APPROVED)
