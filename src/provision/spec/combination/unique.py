"""Unique values: values of a spec that only one org can have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.findings import Severity
from provision.spec.document import Draft
from provision.spec.model import SpecDocument
from provision.spec.position import KeyPath, Position, Positions, dotted

__all__ = [
    "CONSUMER_KEY",
    "REACHED_ORG",
    "UNIQUES",
    "USERNAME",
    "Unique",
    "UniqueValue",
    "unique_values",
    "unique_values_of",
]


@dataclass(frozen=True, slots=True)
class Unique:
    """A kind of value that no two orgs may share.

    ``id`` is the name of the finding, ``reason`` why it fails, ``next_step`` what to do, ``source``
    where the fact comes from.
    """

    id: str
    severity: Severity
    reason: str
    next_step: str
    source: str


CONSUMER_KEY: Final = Unique(
    "shared-consumer-key",
    Severity.ERROR,
    "a consumer key is unique among all orgs, and only one org can have it",
    "Leave consumerKey out, or use a variable with another value for each org.",
    "Observed in orgs: 'The consumer key is already taken.'",
)
USERNAME: Final = Unique(
    "shared-username",
    Severity.WARNING,
    "a username is unique among all orgs, and only one org can have the user",
    "Use a variable with another value for each org, as in ci@example.com${suffix}.",
    "Salesforce Help, usernames",
)
REACHED_ORG: Final = Unique(
    "one-org-twice",
    Severity.WARNING,
    "they are one org, which gets the specs of each, one after the other",
    "Keep one of them, or give each its own login.",
    "An instance URL, an alias of the sf CLI and a username belong to one org each",
)
UNIQUES: Final = (CONSUMER_KEY, USERNAME, REACHED_ORG)
"""Every kind."""

_FIELDS: Final = (
    (GLOBAL_OAUTH_SETTINGS.name, "consumerKey", CONSUMER_KEY),
    (OAUTH_POLICIES.name, "clientCredentialsFlowUser", USERNAME),
    (OAUTH_POLICIES.name, "executeHandlerAs", USERNAME),
)


@dataclass(frozen=True, slots=True)
class UniqueValue:
    """A value of a spec that no two orgs may share, and its position."""

    kind: Unique
    value: str
    key: str
    position: Position


def unique_values(draft: Draft, positions: Positions) -> tuple[UniqueValue, ...]:
    """The values of a spec that no two orgs may share. Values that cannot be read are left out."""
    if draft.document is None:
        return ()
    return unique_values_of(draft.document, positions, draft.is_known)


def unique_values_of(
    document: SpecDocument,
    positions: Positions,
    is_known: Callable[[KeyPath], bool] = lambda _path: True,
) -> tuple[UniqueValue, ...]:
    """The known values of ``document`` that no two orgs may share."""
    return tuple(
        UniqueValue(kind, value.casefold() if kind is USERNAME else value, dotted(path), at)
        for kind, value, path in _values(document)
        if value and is_known(path)
        for at in (positions.of(path),)
    )


def _values(document: SpecDocument) -> Iterator[tuple[Unique, str, KeyPath]]:
    for type_name, field, kind in _FIELDS:
        value = document.metadata.get(type_name, {}).get(field)
        if isinstance(value, str):
            yield kind, value, ("metadata", type_name, field)
    oauth = document.oauth
    if oauth is not None and oauth.jwt_bearer is not None and oauth.jwt_bearer.prove_as:
        yield USERNAME, oauth.jwt_bearer.prove_as, ("oauth", "jwt_bearer", "prove_as")
    if oauth is not None and oauth.client_credentials is not None:
        run_as = oauth.client_credentials.run_as
        yield USERNAME, run_as, ("oauth", "client_credentials", "run_as")
    for index, grant in enumerate(document.policies.permission_sets or ()):
        for place, username in enumerate(grant.assign_to or ()):
            path = ("policies", "permission_sets", index, "assign_to", place)
            yield USERNAME, username, path
