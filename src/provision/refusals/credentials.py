"""Refusals of the resource that shows and rotates an app's consumer key and secret."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where, one

__all__ = ["ROWS"]

ROWS: Final = (
    Refusal(
        "secrets-closed",
        "The org gives no consumer secrets over REST.",
        (
            Cause(
                "The setting that allows access to consumer secrets over REST is off.",
                "Use --open-setting, which opens it for this run and closes it again.",
            ),
            Cause(
                "The user lacks View Client Secret (ViewClientSecret) or External Client App "
                "Developer (ExternalClientAppDeveloper).",
                "Give the user both.",
            ),
        ),
        (Where.CREDENTIALS,),
        "Salesforce help eca_stage_oauth_credentials; HARDIS",
        Sure.DOCUMENTED,
        texts=(
            "not currently enabled for this user",
            "not currently enabled",
            "feature is not enabled",
            "not enabled for this user",
        ),
        codes=("FUNCTIONALITY_NOT_ENABLED",),
    ),
    Refusal(
        "staged-already",
        "The app already has staged credentials, or those that it has cannot be rotated.",
        one(
            "An app has one staged pair at a time.",
            "Rotate or revoke it with `provision credentials`, then stage a new one.",
        ),
        (Where.CREDENTIALS,),
        "Salesforce help eca_stage_oauth_credentials",
        Sure.DOCUMENTED,
        texts=("there are staged credentials already", "the staged credentials are *"),
        codes=("INVALID_STATUS",),
    ),
)
