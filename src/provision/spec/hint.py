"""Hints: what somebody probably meant who wrote an unknown name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from provision.catalogue.catalogue import (
    CORE_TYPES,
    GLOBAL_OAUTH_SETTINGS,
    KEYED_FIELDS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
    path_of,
)
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.field import PARENT_FIELD, MetadataType, Role
from provision.catalogue.org_settings import SETTINGS_TYPES
from provision.spec.position import dotted

__all__ = ["did_you_mean", "keys_for", "keys_meant_by", "type_hint"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` with the known word that is nearest to ``word``, or nothing."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[near[0]]}?" if near else ""


# WSDL: fields of ConnectedApp and its records that have another name in external client apps
# (facts, section 8). Public templates also use the names of the policies in the wrong type.
_FIELDS: Final[Mapping[str, tuple[MetadataType, str]]] = {
    "ipRelaxation": (OAUTH_POLICIES, "ipRelaxationPolicyType"),
    "refreshTokenPolicy": (OAUTH_POLICIES, "refreshTokenPolicyType"),
    "refreshTokenValidity": (OAUTH_POLICIES, "refreshTokenPolicyType"),
    "sessionTimeout": (OAUTH_POLICIES, "sessionTimeoutInMinutes"),
    "sessionLevel": (OAUTH_POLICIES, "requiredSessionLevel"),
    "isAdminApproved": (OAUTH_POLICIES, "permittedUsersPolicyType"),
    "permittedUsers": (OAUTH_POLICIES, "permittedUsersPolicyType"),
    "permissionSetName": (OAUTH_POLICIES, "commaSeparatedPermissionSet"),
    "profileName": (OAUTH_POLICIES, "commaSeparatedProfile"),
    "oauthClientCredentialUser": (OAUTH_POLICIES, "clientCredentialsFlowUser"),
    "plugin": (OAUTH_POLICIES, "apexHandler"),
    "pluginExecutionUser": (OAUTH_POLICIES, "executeHandlerAs"),
    "isClientCredentialEnabled": (GLOBAL_OAUTH_SETTINGS, "isClientCredentialsFlowEnabled"),
    "isCodeCredentialEnabled": (GLOBAL_OAUTH_SETTINGS, "isCodeCredFlowEnabled"),
    "isCodeCredentialPostOnly": (GLOBAL_OAUTH_SETTINGS, "isCodeCredPostOnly"),
    "isPKImTLSEnabled": (GLOBAL_OAUTH_SETTINGS, "isMtlsEnabled"),
    "idTokenValidity": (GLOBAL_OAUTH_SETTINGS, "idTokenConfig"),
    "idTokenIncludeCustomPerms": (GLOBAL_OAUTH_SETTINGS, "idTokenConfig"),
    "scopes": (OAUTH_SETTINGS, "commaSeparatedOauthScopes"),
    "oauthScopes": (OAUTH_SETTINGS, "commaSeparatedOauthScopes"),
    "selectedOauthScopes": (OAUTH_SETTINGS, "commaSeparatedOauthScopes"),
    "customScopes": (OAUTH_SETTINGS, "commaSeparatedCustomScopes"),
    "assetTokenConfig": (OAUTH_SETTINGS, "assetTokenValidity"),
    "attributes": (OAUTH_SETTINGS, "customAttributes"),
    "ipRanges": (OAUTH_SETTINGS, "trustedIpRanges"),
    "mobileStartUrl": (POLICIES, "startUrl"),
}
# Records of ConnectedApp whose fields are in several places.
_RECORDS: Final = {
    "oauthConfig": "oauth",
    "oauthPolicy": "policies.ip_relaxation and policies.refresh_token",
    "sessionPolicy": "policies.session_timeout",
}
_OTHER_TYPES: Final = {
    "ConnectedApp": "a connected app is another kind of app; its settings go under the keys "
    "of a spec, as in oauth.scopes",
    "Profile": "it is not part of an app; name profiles in policies.profiles",
    "PermissionSet": "it is not part of an app; name permission sets in policies.permission_sets",
    "CustomOauthScope": "it is not part of an app; name such scopes in oauth.custom_scopes",
    "Certificate": "it is not part of an app; name a certificate's file in oauth.jwt_bearer",
}
_FORMER_NAMES: Final = {"ExtlClntAppCanvasStngs": "ExtlClntAppCanvasSettings"}  # in API 65
_SETTINGS_OF_APPS: Final = "ExtlClntApp"


def _keys() -> Iterator[tuple[str, str]]:
    for keyed in KEYED_FIELDS:
        yield keyed.key.path[-1], keyed.key.name
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            if field.role in {Role.SPEC, Role.ON_CREATE} and field.name != PARENT_FIELD:
                yield field.name, dotted(path_of(metadata_type, field.name))
    for name, (metadata_type, field_name) in _FIELDS.items():
        yield name, dotted(path_of(metadata_type, field_name))
    yield from _RECORDS.items()


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name, key in _keys():
        found.setdefault(_folded(name), {})[key] = None
    return {name: tuple(keys) for name, keys in found.items()}


_KEYS: Final = _by_name()
_NOT_MANAGED: Final = frozenset(each.name.casefold() for each in DEPENDENT_TYPES)
_TYPE_BY_FILE: Final = {
    spelled.casefold(): each.name
    for each in (*CORE_TYPES, *DEPENDENT_TYPES)
    for spelled in (each.directory, each.suffix)
    if spelled != each.name
}


def keys_for(name: str) -> str:
    """``; the key for it is X``, if ``name`` is a name that metadata of any type has for a key.

    Empty for an unknown name. Neither case nor underscores matter: sObjects begin with a capital,
    and templates write keys of a spec in the style of metadata (``callbackUrls``).
    """
    named = keys_meant_by(name)
    return f"; the key for it is {' or '.join(named)}" if named else ""


def keys_meant_by(name: str) -> tuple[str, ...]:
    """The keys of a spec, or of its `metadata:` block, that set what ``name`` sets elsewhere."""
    keys = _KEYS.get(_folded(name), ())
    return tuple(key for key in keys if not key.startswith("metadata.")) or keys


def type_hint(name: str) -> str:
    """Why a spec does not accept the metadata type ``name``; empty for an unknown type."""
    folded = name.casefold()
    meant = _FORMER_NAMES.get(name) or _TYPE_BY_FILE.get(folded, "")
    if (meant or name).casefold() in _NOT_MANAGED:
        return (
            f"{meant or name} is a type of an external client app that provision does not manage; "
            "leave it out of the spec. Its records stay as they are, and plans name them"
        )
    if meant:
        return f"{name} is how its files are called; the type is {meant}"
    for other, reason in _OTHER_TYPES.items():
        if folded == other.casefold():
            return f"{name} is not a type of an external client app: {reason}"
    members = {member.casefold() for member in SETTINGS_TYPES}
    of_org = folded.removesuffix("settings") in {*members, ""} or folded.endswith("settings")
    if of_org and not folded.startswith(_SETTINGS_OF_APPS.casefold()):
        return (
            f"{name} is not a type of an external client app: it holds settings of the whole org, "
            "which no spec changes"
        )
    return ""
