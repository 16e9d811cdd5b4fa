"""Lags: which refusals of a login may pass, since a change has not reached every server yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provision.apply.proof_kind import ProofKind
from provision.catalogue.catalogue import CORE_TYPES, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.catalogue.field import Field, MetadataType
from provision.errors import OrgError
from provision.plan.plan import Action, Plan
from provision.refusals.app import NOT_IN_ORG, UNKNOWN_APP
from provision.refusals.dictionary import find
from provision.refusals.oauth_code import NO_POLICIES

__all__ = ["ANY_LAG", "NO_CHANGE", "Lags", "lags_of"]

# The key was read from this org a moment ago: that the org does not know it can only be a lag.
_ALWAYS: Final = frozenset({UNKNOWN_APP, NOT_IN_ORG})
# Of who an app's run-as user is, which only a login as that user asks.
_RUN_AS: Final = frozenset({"inactive-user", "no-run-as-user", "other-user"})


@dataclass(frozen=True, slots=True)
class Lags:
    """The names of the refusals, in the dictionary, that may pass. All others are told at once."""

    names: frozenset[str] = _ALWAYS

    def may_pass(self, error: OrgError, kind: ProofKind) -> bool:
        """Whether ``error`` may be one that passes by waiting."""
        row = find(error.message, kind.flow)
        if row is None or row.name not in self.names:
            return False
        return row.name not in _RUN_AS or kind is ProofKind.CLIENT_CREDENTIALS_LOGIN

    def without(self, name: str) -> Lags:
        """The same, but for one refusal."""
        return Lags(self.names - {name})


NO_CHANGE: Final = Lags()
"""What may be stale though nothing was changed: a new app of another run."""


def lags_of(plan: Plan) -> Lags:
    """What may be stale after ``plan`` was applied: what its changed fields say (catalogue)."""
    if plan.creates_app:
        return ANY_LAG
    fields = [
        *(change.field for change in plan.changes),
        *(
            field
            for item in plan.components
            if item.action is Action.CREATE
            for field in item.component.type.fields
            if field.name in item.component.fields
        ),
        *(_lists() if plan.access else ()),
    ]
    return Lags(_ALWAYS | {name for field in fields for name in field.lag})


def _lists() -> Iterator[Field]:
    """The fields behind whatever grants users an app."""
    for name in ("commaSeparatedPermissionSet", "commaSeparatedProfile"):
        yield _field(OAUTH_POLICIES, name)


def _field(metadata_type: MetadataType, name: str) -> Field:
    field = metadata_type.field(name)
    if field is None:
        raise LookupError(f"{metadata_type.name} has no field {name}")
    return field


def _new_app() -> Iterator[str]:
    """Every field of a new app is new, but for the secret: a server that knows the key has it.

    Its policies may be missing altogether for a while.
    """
    secret = _field(GLOBAL_OAUTH_SETTINGS, "consumerSecret")
    yield NO_POLICIES
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            if field is not secret:
                yield from field.lag


ANY_LAG: Final = Lags(_ALWAYS | frozenset(_new_app()))
"""What may be stale of a new app, or where nobody knows what was changed a moment ago."""
