"""Deploy failure: why a deploy that ended wrote nothing, in words."""

from __future__ import annotations

from collections.abc import Sequence

from provision.errors import ApplyFailed
from provision.org.deploy import DeployResult
from provision.refusals.dictionary import find
from provision.refusals.refusal import Where

__all__ = ["deploy_failed"]

_CANCELED = "Canceled"


def deploy_failed(
    result: DeployResult, doing: str = "deploy it", *, validates: bool = False
) -> ApplyFailed:
    """The error of a deploy that failed and was rolled back, so that the org is as before it.

    Only an org that refused is said to have refused. ``doing`` is what it was asked to do; with
    ``validates`` it was asked whether it would.
    """
    did = "validate it" if validates else doing
    if result.status == _CANCELED and result.waited is not None:
        done = (
            f"{result.deployed} of {result.total} components were done"
            if result.total
            else "the org had not begun with it"
        )
        return ApplyFailed(
            f"the org did not {did} within {result.waited:g} seconds (--deploy-wait): {done}; "
            f"the deploy {result.id} was cancelled, and nothing of it was written (Canceled)",
            next_step="See under Setup, Deployment Status, what the org is busy with. Then run it "
            "again, with a longer --deploy-wait if need be.",
        )
    if result.status == _CANCELED:
        return ApplyFailed(
            f"the org did not {did}: somebody else cancelled the deploy {result.id}, and nothing "
            "of it was written (Canceled)",
            next_step="Ask who cancelled it (Setup, Deployment Status), then run it again.",
        )
    reasons = result.reasons or (f"deploy {result.id} ended as {result.status}",)
    return ApplyFailed(
        f"the org refused to {doing}:\n  " + "\n  ".join(reasons), next_step=_next_step(reasons)
    )


def _next_step(reasons: Sequence[str]) -> str:
    """What the dictionary says of each reason that it knows of a deploy; empty if of none."""
    rows = (find(reason) for reason in reasons)
    known = (row.next_step for row in rows if row is not None and Where.DEPLOY in row.where)
    return " ".join(dict.fromkeys(known))
