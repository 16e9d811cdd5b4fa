"""The org's own settings that decide about external client apps: no component of any app.

In a manifest the type is ``Settings`` and the member names the file; in the file, and over SOAP,
the type has a name of its own (WSDL).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from provision.catalogue.field import Field, Kind, MetadataType, Setup
from provision.catalogue.judge import Flag, Harmless
from provision.catalogue.risk import disruptive, weakens
from provision.catalogue.types.row import GUIDE

__all__ = [
    "APP_SETTINGS",
    "CONNECTED_APP_SETTINGS",
    "MANIFEST_TYPE",
    "OAUTH_OIDC_SETTINGS",
    "SETTINGS_TYPES",
    "member_of",
    "settings_type_named",
]

MANIFEST_TYPE: Final = "Settings"


_READ_ONLY: Final = Harmless("provision reads this switch of the org and never changes it.")


_switch: Final = partial(Field, kind=Kind.BOOLEAN, default=False, risk=_READ_ONLY)


APP_SETTINGS: Final = MetadataType(
    "ExternalClientAppSettings",
    "settings",
    "settings",
    58,
    (
        _switch(
            "enableClientSecretInRestApiAccess",
            since=62,
            setup=Setup(
                "Allow access to External Client App consumer secrets via REST API",
                page="External Client App Settings",
            ),
            note="Whether the REST API returns consumer secrets.",
            evidence=(GUIDE,),
            risk=Flag(
                on=weakens("Consumer secrets may be read over the REST API."),
                off=disruptive("Consumer secrets can no longer be read over the REST API."),
            ),
        ),
        _switch("enableConsumerSecretApiAccess", since=62, note="Deprecated.", evidence=(GUIDE,)),
        _switch(
            "enablePackageEcaOauthFromDevOrg",
            since=62,
            note="Whether an org that is not a Dev Hub may own packaged OAuth settings.",
            evidence=(GUIDE,),
            risk=Flag(
                on=weakens("Packages may carry the OAuth settings of apps."),
                off=disruptive("Packages can no longer carry the OAuth settings of apps."),
            ),
        ),
    ),
)

CONNECTED_APP_SETTINGS: Final = MetadataType(
    "ConnectedAppSettings",
    "settings",
    "settings",
    47,
    (
        _switch(
            "enableAdminApprovedAppsOnly",
            since=47,
            note="API Access Control: only installed or approved apps may call the API. An org "
            "has it only after Salesforce Support has enabled the feature.",
            evidence=(GUIDE,),
        ),
        _switch("enableAdminApprovedAppsOnlyForExternalUser", since=47),
        _switch("enableSkipUserProvisioningWizardWelcomePage", since=47),
    ),
)

OAUTH_OIDC_SETTINGS: Final = MetadataType(
    "OauthOidcSettings",
    "settings",
    "settings",
    56,
    (
        _switch("blockOAuthUnPwFlow", since=56, note="The org refuses the username-password flow."),
        _switch("blockOAuthUsrAgtFlow", since=56, note="The org refuses the user-agent flow."),
        _switch(
            "isPkceRequired",
            note="Every web login of the org needs PKCE.",
            evidence=(GUIDE,),
        ),
        _switch(
            "oAuthCdCrdtFlowEnable",
            since=56,
            note="The org allows the code and credential flow.",
            evidence=(GUIDE,),
        ),
    ),
)

SETTINGS_TYPES: Final[Mapping[str, MetadataType]] = {
    "ConnectedApp": CONNECTED_APP_SETTINGS,
    "ExternalClientApp": APP_SETTINGS,
    "OauthOidc": OAUTH_OIDC_SETTINGS,
}
"""The settings, by what a manifest calls them."""

_MEMBERS: Final = {kind.name: member for member, kind in SETTINGS_TYPES.items()}


def settings_type_named(name: str) -> MetadataType | None:
    """The type of settings called ``name``, or ``None``."""
    member = _MEMBERS.get(name)
    return SETTINGS_TYPES[member] if member else None


def member_of(metadata_type: MetadataType) -> str:
    """What a manifest calls settings of this type; empty for a type that is none of them."""
    return _MEMBERS.get(metadata_type.name, "")
