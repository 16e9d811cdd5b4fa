"""ExternalClientApplication: the header of an app."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Choice, Field, Key, Kind, MetadataType, Role
from provision.catalogue.judge import Always, Flag, Harmless
from provision.catalogue.risk import Edit, Risk, disruptive, irreversible, weakens
from provision.catalogue.types.row import GUIDE, OBSERVED, SHOWN, flag

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
        Field(
            "contactEmail",
            key=Key("contact_email"),
            note="Setup requires one.",
            evidence=(OBSERVED,),
            risk=SHOWN,
        ),
        Field("contactPhone", key=Key("contact_phone"), risk=SHOWN),
        Field("description", key=Key("description"), risk=SHOWN),
        Field(
            "distributionState",
            Kind.ENUM,
            choices=(
                Choice("Local", "local"),
                Choice("Packaged", "packaged"),
                Choice("Managed"),
                Choice("AutoInstalled"),
            ),
            default="Local",
            key=Key("distribution_state"),
            note="Managed and AutoInstalled are for Salesforce's own use. "
            "Packageable is not a value.",
            evidence=(GUIDE,),
            risk=_distribution,
        ),
        Field("iconUrl", key=Key("icon_url"), risk=SHOWN),
        Field(
            "infoUrl",
            key=Key("info_url"),
            note="Reserved for future use. Orgs accept a value.",
            evidence=(GUIDE, OBSERVED),
            risk=Harmless("Reserved for future use."),
        ),
        flag(
            "isProtected",
            key=Key("protected"),
            risk=Flag(
                on=disruptive("Subscribers of a package no longer see the app."),
                off=weakens("Subscribers of a package see the app."),
            ),
        ),
        Field("label", key=Key("label"), risk=SHOWN),
        Field("logoUrl", key=Key("logo_url"), risk=SHOWN),
        Field(
            "managedType",
            Kind.ENUM,
            choices=(
                Choice("Local"),
                Choice("Global"),
            ),
            note="For Salesforce's own use.",
            evidence=(GUIDE,),
            risk=Always(disruptive(_INTERNAL)),
        ),
        Field(
            "orgScopedExternalApp",
            role=Role.PLATFORM,
            org_bound=True,
            note="The 15-character org id, a colon and the developer name. The org generates it on "
            "the first deploy. It rewrites or refuses the value of another org, so provision never "
            "sends one.",
            evidence=(OBSERVED,),
            risk=Harmless("The org generates it. It is never sent."),
        ),
    ),
)
