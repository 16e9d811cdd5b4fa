"""ExternalClientApplication: the header of an app."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Field, MetadataType, Role
from provision.catalogue.judge import Always, Flag, Harmless
from provision.catalogue.risk import Edit, Risk, disruptive, irreversible, weakens
from provision.catalogue.types.row import LABEL, SHOWN, flag, one_of

__all__ = ["EXTERNAL_CLIENT_APPLICATION"]

_INTERNAL: Final = "The value is for Salesforce's own use; what an org makes of it is not known."


def _distribution(edit: Edit) -> Risk:
    if edit.before == "Local" and edit.after == "Packaged":
        return irreversible("An app that was packaged cannot be made local again.")
    if "Packaged" in (edit.before, edit.after):
        return irreversible("An app that was packaged stays packaged.")
    return disruptive(_INTERNAL)


EXTERNAL_CLIENT_APPLICATION: Final = MetadataType(
    "ExternalClientApplication",
    "externalClientApps",
    "eca",
    59,
    (
        Field("contactEmail", note="Optional in the WSDL, required by Setup.", risk=SHOWN),
        Field("contactPhone", risk=SHOWN),
        Field("description", risk=SHOWN),
        one_of(
            "distributionState",
            "Local",
            "Packaged",
            "Managed",
            "AutoInstalled",
            default="Local",
            note="Managed and AutoInstalled are for Salesforce's own use (DOC). "
            "Packageable is not a value.",
            risk=_distribution,
        ),
        Field("iconUrl", risk=SHOWN),
        Field(
            "infoUrl",
            note="Reserved for future use (DOC), yet accepted (OBS).",
            risk=Harmless("Reserved for future use (DOC)."),
        ),
        flag(
            "isProtected",
            risk=Flag(
                on=disruptive("Subscribers of a package no longer see the app."),
                off=weakens("Subscribers of a package see the app."),
            ),
        ),
        LABEL,
        Field("logoUrl", risk=SHOWN),
        one_of(
            "managedType",
            "Local",
            "Global",
            note="For Salesforce's own use (DOC).",
            risk=Always(disruptive(_INTERNAL)),
        ),
        Field(
            "orgScopedExternalApp",
            role=Role.PLATFORM,
            org_bound=True,
            note="15-character org id, a colon, the developer name. Generated on the first "
            "deploy; another org's value is rewritten or refused (OBS), so it is never sent.",
            risk=Harmless("The org generates it. It is never sent."),
        ),
    ),
)
