"""Refusals of what is done with an org through an app: scratch orgs, sandboxes."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where

__all__ = ["ROWS"]

ROWS: Final = (
    Refusal(
        "scratch-org-by-app",
        "A Dev Hub that was logged in to through an external client app cannot create the org.",
        (
            Cause(
                "Scratch orgs and sandboxes are created with a connected app.",
                "Set SF_SCRATCH_SIGNUP_CONNECTED_APP=PlatformCLI for `sf org create scratch`, or "
                "log in to the Dev Hub without --client-id.",
            ),
        ),
        (Where.SF,),
        "docs sfdx_dev_auth_eca; cli#3515",
        Sure.DOCUMENTED,
        codes=("C-1016", "RemoteOrgSignupFailed"),
    ),
    Refusal(
        "scratch-org-gone",
        "The scratch org is deleted or has expired.",
        (
            Cause(
                "Expired scratch orgs answer HTTP 420.",
                "Create a new one, and take the old one from the fleet.",
            ),
        ),
        (Where.REST, Where.SF),
        "org-protocol 7 (source)",
        Sure.OBSERVED,
        codes=("ERROR_HTTP_420",),
    ),
)
