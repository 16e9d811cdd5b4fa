"""Policies: what they may contain, whom they grant the app, and whom a change locks out."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Final, TypeAlias

from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, POLICIES
from provision.catalogue.component import Component, Unset, Value
from provision.catalogue.dependent_types import DEPENDENT_TYPES, dependent_type_named
from provision.catalogue.field import MetadataType
from provision.localorg.domain.grants import (
    GRANTEE_FIELDS,
    Grantees,
    grant,
    granted_names,
    resolve,
    ungrant,
)
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import user_by_username
from provision.localorg.domain.problem import Refused
from provision.localorg.quirks import (
    JwtSessionTimeout,
    OmittedPolicyFields,
    PermissionLists,
    PolicyNames,
)
from provision.localorg.store.components import Stored

__all__ = [
    "Change",
    "apply_grants",
    "becomes_restricted",
    "check",
    "check_plugin",
    "default_name",
    "drop_unused_refresh_period",
    "grant_changes",
    "kept_fields",
    "plugin_flags",
]

Change: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""The ids of the permission sets that get a grant, and the ids of the sets that lose one."""

ADMIN_APPROVED: Final = "AdminApprovedPreAuthorized"
_USER_FIELDS: Final = ("clientCredentialsFlowUser", "executeHandlerAs")
_MOST_ATTRIBUTES: Final = 128  # DOC
_SAML: Final = "isSamlPluginEnabled"
_TIMEOUT_TYPES: Final = (
    ("namedUserJwtSessionTimeoutType", "namedUserJwtTimeout"),
    ("guestJwtSessionTimeoutType", "guestJwtTimeout"),
)


def default_name(org: Org, metadata_type: MetadataType, settings: Component) -> str:
    """The name of a policy that the org itself makes: there are two schemes (OBS)."""
    app = settings.parent
    if org.quirks.policy_names is PolicyNames.SETUP:
        return f"{app}_oauthPlcy" if metadata_type is OAUTH_POLICIES else f"{app}_plcy"
    base = settings.full_name if metadata_type is OAUTH_POLICIES else app
    return f"{base}_defaultPolicy"


def kept_fields(org: Org, existing: Stored | None) -> dict[str, Value]:
    """The fields that stay although a redeploy leaves them out."""
    if existing is None or org.quirks.omitted_policy_fields is OmittedPolicyFields.RESET:
        return {}
    return dict(existing.component.fields)


def check(org: Org, fields: Mapping[str, Value], app: str) -> None:
    """Check the fields of an OAuth policy. Raises :class:`Refused`."""
    for name in _USER_FIELDS:
        username = fields.get(name)
        if username is not None and user_by_username(org, str(username)) is None:
            raise Refused(
                "INVALID_CROSS_REFERENCE_KEY",
                f"In field: {name} - no User named {username} found",
                element=name,
            )
    attributes = fields.get("customAttributes")
    if isinstance(attributes, tuple) and len(attributes) > _MOST_ATTRIBUTES:
        raise Refused(
            "LIMIT_EXCEEDED",
            f"An external client app can have {_MOST_ATTRIBUTES} custom attributes",
            element="customAttributes",
        )
    _check_timeouts(org, fields, app)


def _check_timeouts(org: Org, fields: Mapping[str, Value], app: str) -> None:
    for kind, minutes in _TIMEOUT_TYPES:
        if fields.get(kind) == "UserSession" and minutes in fields:
            raise Refused("INVALID_FIELD", "Invalid plugin settings", element=minutes)
    for name in ("sessionTimeoutInMinutes", "refreshTokenValidityPeriod"):
        value = fields.get(name)
        if isinstance(value, int) and value < 1:
            raise Refused("INVALID_FIELD", f"{name} must be at least 1", element=name)
    if (
        org.quirks.jwt_session_timeout is JwtSessionTimeout.NEEDS_NAMED_USER_JWT
        and "sessionTimeoutInMinutes" in fields
        and not _issues_jwt_tokens(org, app)
    ):
        raise Refused("INVALID_FIELD", "Invalid plugin settings", element="sessionTimeoutInMinutes")


def _issues_jwt_tokens(org: Org, app: str) -> bool:
    settings = org.components.of_app(GLOBAL_OAUTH_SETTINGS, app)
    return settings is not None and settings.component.fields.get("isNamedUserJwtEnabled") is True


def drop_unused_refresh_period(fields: MutableMapping[str, Value]) -> None:
    """Only the two Specific policies have a period and unit (DOC)."""
    if not str(fields.get("refreshTokenPolicyType")).startswith("Specific"):
        fields.pop("refreshTokenValidityPeriod", None)
        fields.pop("refreshTokenValidityUnit", None)


def grant_changes(org: Org, app_id: str, component: Component) -> dict[Grantees, Change]:
    """How a policy changes the grants. Raises :class:`Refused` for unknown names in its lists."""
    return {
        grantees: change
        for grantees in GRANTEE_FIELDS
        if (change := _list_change(org, app_id, grantees, component)) is not None
    }


def _list_change(org: Org, app_id: str, grantees: Grantees, component: Component) -> Change | None:
    value = component.fields.get(grantees.field)
    names = split_names(value) if isinstance(value, str) else ()
    wanted = resolve(org, grantees, names)
    now = resolve(org, grantees, granted_names(org, app_id, grantees))
    new = frozenset(wanted.values()) - frozenset(now.values())
    if org.quirks.permission_lists is PermissionLists.REPLACE:
        is_given = isinstance(value, (str, Unset))
        if not is_given and org.quirks.omitted_policy_fields is OmittedPolicyFields.KEPT:
            return None
        return new, frozenset(now.values()) - frozenset(wanted.values())
    if org.quirks.permission_lists is PermissionLists.ADD_REFUSING_KNOWN:
        known = {fold_name(name) for name in now}
        again = [name for name in names if fold_name(name) in known]
        if again:
            raise Refused(  # OBS, in part: "profile names are already taken"
                "DUPLICATE_VALUE",
                f"These {grantees.noun} names are already taken: {', '.join(again)}",
                element=grantees.field,
            )
    return new, frozenset()


def apply_grants(org: Org, app_id: str, changes: Mapping[Grantees, Change]) -> bool:
    """Add and remove grants of an app. Returns whether anything changed."""
    changed = False
    for granted, taken in changes.values():
        for parent in sorted(granted):
            changed = grant(org, app_id, parent) is not None or changed
        for parent in sorted(taken):
            ungrant(org, app_id, parent)
            changed = True
    return changed


def becomes_restricted(before: Component | None, fields: Mapping[str, Value]) -> bool:
    """Whether a policy newly restricts the app to admin-approved users.

    OBS: the app's sessions end at once then.
    """
    was = before is not None and before.fields.get("permittedUsersPolicyType") == ADMIN_APPROVED
    return not was and fields.get("permittedUsersPolicyType") == ADMIN_APPROVED


def check_plugin(org: Org, metadata_type: MetadataType, app: Component) -> None:
    """Raise :class:`Refused` for a record of a plugin that ``app`` cannot have.

    DOC: SAML needs a Local app with the plugin enabled. The texts of the refusals are invented.
    """
    described = dependent_type_named(metadata_type.name)
    if described is None or described.plugin_flag != _SAML:
        return
    if app.text("distributionState") not in {"", "Local"}:
        raise Refused("INVALID_FIELD", "SAML needs an app whose distribution state is Local")
    policies = org.components.of_app(POLICIES, app.full_name)
    if policies is not None and policies.component.fields.get(_SAML) is False:
        raise Refused("INVALID_FIELD", f"SAML needs {_SAML} in the app's policies")


def plugin_flags(org: Org, policies: Component, version: int) -> dict[str, Value]:
    """The flags of plugins that have a record, except those that the policy itself gives.

    OBS: a retrieve returns the flags of installed plugins.
    """
    return {
        each.plugin_flag: True
        for each in DEPENDENT_TYPES
        if each.plugin_flag
        and each.may_be_in(version)
        and each.plugin_flag not in policies.fields
        and org.components.of_app(each.metadata_type, policies.parent) is not None
    }
