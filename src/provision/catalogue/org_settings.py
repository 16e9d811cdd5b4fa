"""The org's own settings that decide about external client apps: no component of any app.

In a manifest the type is ``Settings`` and the member names the file; in the file, and over SOAP,
the type has a name of its own (WSDL).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.judge import Flag, Harmless
from provision.catalogue.risk import Judge, disruptive, weakens

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


def _switch(name: str, since: int, note: str = "", risk: Judge = _READ_ONLY) -> Field:
    return Field(name, Kind.BOOLEAN, since=since, default=False, note=note, risk=risk)


APP_SETTINGS: Final = MetadataType(
    "ExternalClientAppSettings",
    "settings",
    "settings",
    58,
    (
        _switch(
            "enableClientSecretInRestApiAccess",
            62,
            "Whether consumer secrets can be read over Connect REST (DOC).",
            Flag(
                on=weakens("Consumer secrets may be read over the REST API."),
                off=disruptive("Consumer secrets can no longer be read over the REST API."),
            ),
        ),
        _switch("enableConsumerSecretApiAccess", 62, "Deprecated (DOC 262)."),
        _switch(
            "enablePackageEcaOauthFromDevOrg",
            62,
            "Whether an org that is no Dev Hub may own packaged OAuth settings (DOC).",
            Flag(
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
            47,
            "API Access Control (DOC): only installed or approved apps may call the API. Seen by "
            "orgs for which Salesforce Support has switched the feature on.",
        ),
        _switch("enableAdminApprovedAppsOnlyForExternalUser", 47),
        _switch("enableSkipUserProvisioningWizardWelcomePage", 47),
    ),
)

OAUTH_OIDC_SETTINGS: Final = MetadataType(
    "OauthOidcSettings",
    "settings",
    "settings",
    56,
    (
        _switch("blockOAuthUnPwFlow", 56, "The username-password flow is refused."),
        _switch("blockOAuthUsrAgtFlow", 56, "The user-agent flow is refused."),
        _switch("isPkceRequired", 59, "Every web login of the org needs PKCE (DOC)."),
        _switch("oAuthCdCrdtFlowEnable", 56, "The code and credential flow can be used (DOC)."),
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
