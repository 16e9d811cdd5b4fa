"""What a spec says in several places that does not go together, with the platform's reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.errors import Problem
from provision.metadata.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.spec.document import Draft
from provision.spec.model import Oauth, Policies, SpecDocument
from provision.spec.position import KeyPath, Positions, dotted
from provision.spec.scope_word import unknown_token_warning

__all__ = ["Finding", "consistency"]

_JWT: KeyPath = ("oauth", "jwt_bearer")
_KEY_CHOICE: KeyPath = ("oauth", "consumer_key")
_WRITTEN_KEY: KeyPath = ("metadata", GLOBAL_OAUTH_SETTINGS.name, "consumerKey")
_SCOPES: KeyPath = ("oauth", "scopes")
_PERMITTED: KeyPath = ("policies", "permitted_users")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not go together; ``fatal`` if no org can make sense of it."""

    problem: Problem
    fatal: bool = False


def consistency(draft: Draft, positions: Positions) -> Iterator[Finding]:
    """Everything in a document that does not go together. What is not known is not judged."""
    document = draft.document
    if document is None:
        return
    yield from _grants_without_restriction(document.policies, positions)
    yield from _two_keys(positions)
    yield from _unknown_scopes(document.oauth, draft, positions)
    yield from _jwt_bearer(document, draft, positions)


def _grants_without_restriction(policies: Policies, positions: Positions) -> Iterator[Finding]:
    if policies.permitted_users != "self_authorized":
        return
    for key, grants in (
        ("profiles", policies.profiles),
        ("permission_sets", policies.permission_sets),
    ):
        if grants:
            # DOC, both fields: "honoured only if permittedUsersPolicyType is
            # AdminApprovedPreAuthorized".
            yield Finding(
                positions.of_key(("policies", key)).problem(
                    f"policies.{key}: an org heeds them with permitted_users: admin_approved "
                    f"alone, and {positions.of(_PERMITTED)} says self_authorized"
                ),
                fatal=True,
            )


def _two_keys(positions: Positions) -> Iterator[Finding]:
    if _KEY_CHOICE in positions and _WRITTEN_KEY in positions:
        yield Finding(
            positions.of_key(_WRITTEN_KEY).problem(
                f"{dotted(_WRITTEN_KEY)}: {dotted(_KEY_CHOICE)} at "
                f"{positions.of_key(_KEY_CHOICE)} has another key chosen; leave one out"
            ),
            fatal=True,
        )


def _unknown_scopes(oauth: Oauth | None, draft: Draft, positions: Positions) -> Iterator[Finding]:
    if oauth is None or not oauth.scopes or not draft.is_known(_SCOPES):
        return
    for index, token in enumerate(oauth.scopes):
        warning = unknown_token_warning(token)
        if warning:
            yield Finding(positions.of((*_SCOPES, index)).problem(f"oauth.scopes: {warning}"))


def _jwt_bearer(document: SpecDocument, draft: Draft, positions: Positions) -> Iterator[Finding]:
    oauth = document.oauth
    if oauth is None or oauth.jwt_bearer is None:
        return
    if document.policies.permitted_users == "self_authorized":
        # OBS: "user hasn't approved this consumer", since nobody is there to approve.
        yield Finding(
            positions.of(_PERMITTED).problem(
                "policies.permitted_users: with self_authorized a JWT login never succeeds: nobody "
                "is there to approve the app; write admin_approved"
            )
        )
    if oauth.scopes is None or not draft.is_known(_SCOPES):
        return
    tokens = set(oauth.scopes)
    at = positions.of_key(_SCOPES)
    if tokens.isdisjoint({"RefreshToken", "OfflineAccess", "Web", "Full"}):
        # OBS: "refresh_token scope is required and the connected app should be installed and
        # preauthorized", though the flow issues no refresh token.
        yield Finding(
            at.problem("oauth.scopes: a JWT login needs refresh_token, which is not in the list")
        )
    if tokens.isdisjoint({"Api", "Full"}):
        yield Finding(
            at.problem("oauth.scopes: without api a JWT login's token cannot call the API")
        )
