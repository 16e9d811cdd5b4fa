"""ExtlClntAppConfigurablePolicies: whether an app is on, its plugins, its start page."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Choice, Field, Key, Kind, MetadataType, Setup
from provision.catalogue.judge import Flag
from provision.catalogue.judge_list import OtherUrl
from provision.catalogue.risk import Edit, Opening, Risk, disruptive, locks_out, weakens
from provision.catalogue.types.row import GUIDE, LABEL, PARENT

__all__ = ["POLICIES"]

_OFF: Final = "every request of the app"


def _start_page(edit: Edit) -> Risk:
    return disruptive(f"Users who open the app start at: {edit.after or 'None'}.")


POLICIES: Final = MetadataType(
    "ExtlClntAppConfigurablePolicies",
    "extlClntAppPolicies",
    "ecaPlcy",
    60,
    (
        PARENT,
        Field(
            "isAttestPluginEnabled",
            Kind.BOOLEAN,
            since=68,
            risk=Flag(
                on=disruptive("Clients that cannot attest what they are may be refused."),
                off=weakens("Clients need not attest what they are."),
            ),
            refuses="requests of clients that cannot attest what they are",
            lag=("attestation-failed",),
        ),
        Field(
            "isCanvasPluginEnabled",
            Kind.BOOLEAN,
            since=66,
            risk=Flag(
                on=weakens("The app may be shown in the org's pages, and gets the user's data."),
                off=locks_out("The app is no longer shown in the org's pages."),
            ),
            refuses="the app as a canvas app in the org's pages",
        ),
        Field(
            "isEnabled",
            Kind.BOOLEAN,
            default=True,
            required=True,
            key=Key("policies.enabled"),
            risk=Flag(
                on=weakens("Everybody whom the policies permit may use the app.", Opening.APP),
                off=locks_out("Nobody can use the app."),
            ),
            refuses=_OFF,
            lag=("app-off", "flow-disabled"),
        ),
        Field(
            "isMobilePluginEnabled",
            Kind.BOOLEAN,
            since=63,
            risk=Flag(
                on=disruptive("The app's mobile policies bind phones."),
                off=weakens("The app's mobile policies no longer bind phones."),
            ),
            refuses="requests from phones that do not meet the app's mobile policies",
        ),
        Field(
            "isNotificationPluginEnabled",
            Kind.BOOLEAN,
            since=63,
            risk=Flag(
                on=weakens("The app gets the notifications of its users."),
                off=disruptive("The app no longer gets notifications."),
            ),
            refuses="the app's requests for notifications",
        ),
        Field(
            "isOauthPluginEnabled",
            Kind.BOOLEAN,
            default=True,
            sent_on_create=True,
            setup=Setup("Enable OAuth"),
            risk=Flag(
                on=weakens("Everybody whom the policies permit may log in.", Opening.APP),
                off=locks_out("Nobody can log in with the app."),
            ),
            refuses=_OFF,
            lag=("app-off", "flow-disabled"),
        ),
        Field(
            "isPushPluginEnabled",
            Kind.BOOLEAN,
            since=63,
            risk=Flag(
                on=weakens("The org sends notifications through Apple's or Google's servers."),
                off=disruptive("The app's push notifications stop."),
            ),
            refuses="the app's requests for push notifications",
        ),
        Field(
            "isSamlPluginEnabled",
            Kind.BOOLEAN,
            since=63,
            risk=Flag(
                on=weakens(
                    "The org tells the app who its users are, by SAML.", Opening.FLOW, "SAML"
                ),
                off=locks_out("Users can no longer log in to the app by SAML."),
            ),
            refuses="SAML logins",
        ),
        LABEL,
        Field(
            "startPage",
            Kind.ENUM,
            choices=(
                Choice("None"),
                Choice("Custom"),
                Choice("OAuth"),
                Choice("SAML"),
            ),
            default="None",
            since=63,
            note="Custom uses startUrl.",
            evidence=(GUIDE,),
            risk=_start_page,
        ),
        Field("startUrl", since=63, risk=OtherUrl("when they open the app")),
    ),
    name_endings=("_plcy", "_defPlcy", "_defaultPolicy", "_policy"),
)
