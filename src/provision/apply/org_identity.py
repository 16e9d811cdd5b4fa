"""Org identity: the org's id, asked of the org where the session does not name it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provision.errors import OrgRefused
from provision.org.org import ReadableOrg
from provision.plan.facts import OrgFacts

__all__ = ["identified"]

_ID_LENGTH: Final = 15  # the other three of 18 characters are a checksum of these


def identified(facts: OrgFacts, org: ReadableOrg) -> OrgFacts:
    """``facts`` of ``org`` with the org's id. A JWT-format access token does not name it.

    Raises :class:`OrgRefused` if the org does not either.
    """
    if facts.org_id:
        return facts
    rows = org.rest.query("SELECT Id FROM Organization")
    if not rows:
        raise OrgRefused(f"{facts.name} does not tell its own id", code="NO_ORGANIZATION")
    return replace(facts, org_id=str(rows[0]["Id"])[:_ID_LENGTH])
