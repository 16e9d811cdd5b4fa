"""Remembering: a plan that says of each difference who moved since the last apply."""

from __future__ import annotations

from dataclasses import replace

from provision.apply.org_identity import identified
from provision.apply.prepare import Prepared
from provision.apply.state_store import StateStore
from provision.org.org import ReadableOrg
from provision.plan.last_applied import host_of, with_moved

__all__ = ["remembered"]


def remembered(prepared: Prepared, org: ReadableOrg, state: StateStore) -> Prepared:
    """``prepared`` with who moved, as far as the last-applied record of ``state`` tells.

    Without a record, or with one that cannot be read, it is as it was.
    """
    plan = prepared.plan
    last = state.read(host_of(plan.org.instance_url), plan.app)
    if last is None:
        return prepared
    named = replace(plan, org=identified(plan.org, org))
    return replace(prepared, plan=with_moved(named, last))
