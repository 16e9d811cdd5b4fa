"""ExtlClntAppOauthSettings: scopes, asset tokens and trusted addresses of an app."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import Field, Key, Kind, MetadataType, Role
from provision.catalogue.judge import Fewer, Flag, Harmless, Presence
from provision.catalogue.judge_address import AddressBound, IpRanges
from provision.catalogue.judge_list import CustomScopes, OtherUrl, Scopes
from provision.catalogue.risk import disruptive, locks_out, together, weakens
from provision.catalogue.types.row import (
    CUSTOM_ATTRIBUTES,
    GUIDE,
    LABEL,
    OBSERVED,
    PARENT,
    SHOWN,
    flag,
)

__all__ = ["OAUTH_SETTINGS"]


_ASKED: Final = "logins that ask for a scope which is no longer listed"


def _asset_token_tells(what: str) -> Flag:
    return Flag(
        on=weakens(f"Asset tokens tell the {what}."),
        off=disruptive(f"Asset tokens no longer have the {what}."),
    )


OAUTH_SETTINGS: Final = MetadataType(
    "ExtlClntAppOauthSettings",
    "extlClntAppOauthSettings",
    "ecaOauth",
    59,
    (
        flag(
            "areAttributesIncludedInAssetToken",
            since=61,
            risk=_asset_token_tells("custom attributes"),
        ),
        flag(
            "areCustomPermsIncludedInAssetToken",
            since=61,
            risk=_asset_token_tells("custom permissions of the user"),
        ),
        Field(
            "assetTokenAudiences",
            since=61,
            risk=Presence(
                set=weakens("More audiences may accept asset tokens."),
                changed=weakens("Other audiences may accept asset tokens."),
                cleared=disruptive("The named audiences no longer accept asset tokens."),
            ),
        ),
        Field(
            "assetTokenSigningCertificate",
            since=61,
            note="The id of a certificate.",
            evidence=(GUIDE,),
            risk=Presence(
                set=disruptive("Asset tokens are signed with this certificate from then on."),
                changed=disruptive("Asset tokens are signed with another certificate."),
                cleared=disruptive("Asset tokens are no longer signed with this certificate."),
            ),
        ),
        Field(
            "assetTokenValidity",
            Kind.INTEGER,
            since=61,
            risk=Fewer(
                weaker=weakens("Asset tokens live longer, or as long as the org says."),
                stricter=disruptive("Asset tokens end sooner."),
            ),
        ),
        Field(
            "clientAssertionCertificate",
            since=62,
            risk=Presence(
                set=weakens("Whoever has the private key may stand for the app."),
                changed=together(
                    locks_out("Clients that sign with the old private key are refused."),
                    weakens("Whoever has the new private key may stand for the app."),
                ),
                cleared=locks_out("Clients that sign their requests with a private key fail."),
            ),
            refuses="client assertions that are signed with another private key",
            lag=("no-certificate", "wrong-certificate"),
        ),
        Field(
            "commaSeparatedCustomScopes",
            Kind.NAMES,
            key=Key("oauth.custom_scopes"),
            risk=CustomScopes(),
            refuses=_ASKED,
            lag=("wrong-scope",),
        ),
        Field(
            "commaSeparatedOauthScopes",
            Kind.SCOPES,
            key=Key("oauth.scopes"),
            note="Metadata tokens, not OAuth's names. An org joins them with a comma and a space.",
            evidence=(OBSERVED,),
            risk=Scopes(),
            refuses=_ASKED,
            lag=("wrong-scope", "no-scopes", "no-refresh-scope"),
        ),
        CUSTOM_ATTRIBUTES,
        PARENT,
        flag(
            "isFirstPartyAppEnabled",
            since=62,
            risk=Flag(
                on=weakens("The org treats the app as one of its own: users may not be asked."),
                off=disruptive("The org no longer treats the app as one of its own."),
            ),
        ),
        LABEL,
        Field(
            "oauthLink",
            role=Role.PLATFORM,
            org_bound=True,
            note="Org id and consumer id. The org generates it on deploy. A deploy with another "
            "value fails.",
            evidence=(GUIDE, OBSERVED),
            risk=Harmless("The org generates it. It is never sent."),
        ),
        Field("singleLogoutUrl", risk=OtherUrl("when they log out")),
        Field(
            "trustedIpRanges",
            Kind.RECORDS,
            children=(
                Field("description", risk=SHOWN),
                Field("endIpAddress", required=True, risk=AddressBound(first=False)),
                Field("startIpAddress", required=True, risk=AddressBound(first=True)),
            ),
            note="At most 128.",
            evidence=(GUIDE,),
            risk=IpRanges("trusted"),
            refuses="logins from addresses that are no longer trusted",
            lag=("ip-restricted",),
        ),
    ),
    name_endings=("_oauth", "", "_defOauthSet", "_OAuthSettings", "_oauthSettings"),
)
