"""Switched off: what a spec asks to be refused, so that a refusal is its proof."""

from __future__ import annotations

from typing import Final

from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    POLICIES,
)
from provision.catalogue.field import MetadataType
from provision.plan.facts import ActualApp
from provision.spec.spec import Spec

__all__ = ["app_off", "client_credentials_off", "is_off_in_org"]

_APP_FLAGS: Final = ("isEnabled", "isOauthPluginEnabled")
_FLOW: Final = "isClientCredentialsFlowEnabled"


def app_off(spec: Spec) -> str:
    """Which line of the spec switches the whole app off, empty if none does."""
    if spec.document.policies.enabled is False:
        return "policies.enabled: false"
    for flag in _APP_FLAGS:
        if _block_says_off(spec, POLICIES, flag):
            return f"metadata.{POLICIES.name}.{flag}: false"
    return ""


def client_credentials_off(spec: Spec) -> str:
    """Which line of the spec switches the client credentials flow off, empty if none does."""
    oauth = spec.document.oauth
    if oauth is None or oauth.client_credentials is not None:
        return ""
    if "client_credentials" in oauth.model_fields_set:
        return "oauth.client_credentials: null"
    for metadata_type in (GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES):
        if _block_says_off(spec, metadata_type, _FLOW):
            return f"metadata.{metadata_type.name}.{_FLOW}: false"
    return ""


def is_off_in_org(actual: ActualApp) -> bool:
    """Whether the org has the app switched off, as it was read."""
    component = actual.components.get(POLICIES.name)
    return component is not None and any(component.fields.get(flag) is False for flag in _APP_FLAGS)


def _block_says_off(spec: Spec, metadata_type: MetadataType, field: str) -> bool:
    return spec.document.metadata.get(metadata_type.name, {}).get(field) is False
