"""Switched off: what a spec switches off. The refusal of a login is the proof of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from provision.apply.proof import Proof, ProofKind, Shows
from provision.apply.propagation import LagRefusals, NotYet, Propagation
from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    POLICIES,
)
from provision.catalogue.field import MetadataType
from provision.errors import LoginRefused
from provision.plan.facts import ActualApp
from provision.refusals.app import APP_OFF
from provision.refusals.dictionary import find
from provision.refusals.request import FLOW_DISABLED
from provision.spec.spec import Spec

__all__ = [
    "APP_IS_OFF",
    "FLOW_IS_OFF",
    "RefusedLogin",
    "app_off",
    "client_credentials_off",
    "is_off_in_org",
]

APP_IS_OFF: Final = frozenset({APP_OFF})
"""The refusals that say that an app is switched off."""

FLOW_IS_OFF: Final = APP_IS_OFF | {FLOW_DISABLED, "client-credentials-off", "no-run-as-user"}
"""The refusals that say that the client credentials flow is switched off."""

_APP_FLAGS: Final = ("isEnabled", "isOauthPluginEnabled")
_FLOW: Final = "isClientCredentialsFlowEnabled"


def app_off(spec: Spec) -> str:
    """The line of the spec that switches the whole app off, empty if none does."""
    if spec.document.policies.enabled is False:
        return "policies.enabled: false"
    for flag in _APP_FLAGS:
        if _block_switches_off(spec, POLICIES, flag):
            return f"metadata.{POLICIES.name}.{flag}: false"
    return ""


def client_credentials_off(spec: Spec) -> str:
    """The line of the spec that switches the client credentials flow off, empty if none does."""
    oauth = spec.document.oauth
    if oauth is None or oauth.client_credentials is not None:
        return ""
    if "client_credentials" in oauth.model_fields_set:
        return "oauth.client_credentials: null"
    for metadata_type in (GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES):
        if _block_switches_off(spec, metadata_type, _FLOW):
            return f"metadata.{metadata_type.name}.{_FLOW}: false"
    return ""


def is_off_in_org(actual: ActualApp) -> bool:
    """Whether the org had the app switched off when it was read."""
    component = actual.components.get(POLICIES.name)
    return component is not None and any(component.fields.get(flag) is False for flag in _APP_FLAGS)


def _block_switches_off(spec: Spec, metadata_type: MetadataType, field: str) -> bool:
    return spec.document.metadata.get(metadata_type.name, {}).get(field) is False


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """A login that the org must refuse, since the spec has the line ``asked``.

    ``names`` are the refusals that prove it, by their names in the dictionary of refusals.
    """

    kind: ProofKind
    username: str
    asked: str
    names: frozenset[str]
    log_in: Callable[[], object]

    def proof(self, propagation: Propagation, wait: float, lags: LagRefusals) -> Proof:
        """The refusal. A login that still succeeds is repeated for ``wait`` seconds.

        Raises :class:`NotProven` if the login still succeeds then, or is refused for another
        reason.
        """
        answer = propagation.awaited(self._attempt, self.kind, wait, lags)
        return Proof(self.kind, self.username, answer, shows=Shows.REFUSAL)

    def _attempt(self) -> str:
        try:
            self.log_in()
        except LoginRefused as error:
            row = find(error.message, self.kind.flow)
            if row is not None and row.name in self.names:
                return error.message
            raise LoginRefused(
                f"the spec says {self.asked}, and the login is refused for another reason: "
                f"{error.message}",
                code=error.code,
                next_step=error.next_step,
            ) from error
        who = f" of {self.username}" if self.username else ""
        raise NotYet(
            f"the login{who} is still granted, though the spec says {self.asked}",
            next_step="Run `provision diff`. If the org is as the spec says, the change may need "
            "up to 30 minutes: run `provision prove --proof-wait 1800`. If the login is granted "
            "even then, block the app in Setup, under Connected Apps OAuth Usage.",
        )
