"""The sObjects of apps and deploys, and every sObject by name."""

from __future__ import annotations

from typing import Final

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.field import Field, Kind, MetadataType
from provision.localorg.domain.people_sobjects import PEOPLE
from provision.localorg.domain.sobject import SYSTEM, Column, SObject, Write, flag, link, text
from provision.localorg.domain.types import CONNECTED_APP

__all__ = [
    "DEPLOY_REQUEST",
    "SETUP_AUDIT_TRAIL",
    "SOBJECTS",
    "sobject_named",
]

SETUP_AUDIT_TRAIL: Final = "SetupAuditTrail"
"""The name of the sObject that shows who changed what in Setup."""

_SQL_TYPES = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "int",
    Kind.ENUM: "picklist",
    Kind.TEXT: "string",
}
_APP_ID = link("ExternalClientApplicationId", "ExternalClientApplication", Write.NEVER)
_NAMES = (
    text("DeveloperName", Write.NEVER),
    text("MasterLabel", Write.NEVER),
    text("NamespacePrefix", Write.NEVER),
)


def _mirrored(metadata_type: MetadataType) -> tuple[Column, ...]:
    """The columns for a type's plain fields. Their names are the catalogue's, capitalised."""
    return tuple(
        Column(field.name[0].upper() + field.name[1:], _SQL_TYPES[field.kind])
        for field in metadata_type.fields
        if _is_mirrored(field)
    )


def _is_mirrored(field: Field) -> bool:
    # The parent is an id column, the label is MasterLabel, and users and classes are ids
    # (SYSPROMPT).
    others = {
        "label",
        "externalClientApplication",
        "apexHandler",
        "executeHandlerAs",
        "oauthLink",
    }
    return field.kind in _SQL_TYPES and field.name not in others and not field.secret


# Readable, not createable (OBS of a describe). Global settings have no sObject (OBS).
# Key prefixes other than 0xI are invented.
_ECAS = (
    SObject(
        "ExternalClientApplication",
        "External Client Application",
        "0xI",
        (
            *SYSTEM,
            *_NAMES,
            *_mirrored(EXTERNAL_CLIENT_APPLICATION),
            text("ManageableState", Write.NEVER),
            text("Version", Write.NEVER),
        ),
        metadata_type=EXTERNAL_CLIENT_APPLICATION,
    ),
    SObject(
        "ExtlClntAppOauthSettings",
        "External Client App OAuth Settings",
        "0xJ",
        (*SYSTEM, *_NAMES, _APP_ID, *_mirrored(OAUTH_SETTINGS)),
        metadata_type=OAUTH_SETTINGS,
    ),
    SObject(
        "ExtlClntAppOauthPlcyCnfg",
        "External Client App OAuth Policy",
        "0xL",
        (
            *SYSTEM,
            *_NAMES,
            _APP_ID,
            link("ExtlClntAppOauthSettingsId", "ExtlClntAppOauthSettings", Write.NEVER),
            *_mirrored(OAUTH_POLICIES),
        ),
        metadata_type=OAUTH_POLICIES,
    ),
    SObject(
        "ExtlClntAppPlcyCnfg",
        "External Client App Policy",
        "0xM",
        (
            *SYSTEM,
            *_NAMES,
            _APP_ID,
            flag("IsEnabled"),
            Column("OauthPluginStatus", "picklist"),
            Column("StartPage", "picklist"),
            text("StartUrl", Write.NEVER),
        ),
        metadata_type=POLICIES,
    ),
)

_CONNECTED = SObject(
    "ConnectedApplication",
    "Connected Application",
    "0H4",
    (*SYSTEM, text("Name", Write.NEVER)),
    metadata_type=CONNECTED_APP,
)

# A view of the tokens. AppMenuItemId is empty, because there is no app menu here.
_TOKEN = SObject(
    "OauthToken",
    "OAuth Token",
    "0CQ",
    (
        Column("Id", "id"),
        text("AppName", Write.NEVER),
        Column("AppMenuItemId", "reference"),
        link("UserId", "User", Write.NEVER),
        Column("CreatedDate", "datetime"),
        Column("LastUsedDate", "datetime"),
    ),
)

# DOC: for query and retrieve only, with View Setup and Configuration. The key prefix is 0Ym.
_AUDIT_TRAIL = SObject(
    SETUP_AUDIT_TRAIL,
    "Setup Audit Trail Entry",
    "0Ym",
    (
        Column("Id", "id"),
        text("Action", Write.NEVER),
        text("Section", Write.NEVER),
        Column("CreatedDate", "datetime"),
        Column("CreatedById", "reference", references="User"),
        text("Display", Write.NEVER),
        text("DelegateUser", Write.NEVER),
        text("CreatedByContext", Write.NEVER),
        text("CreatedByIssuer", Write.NEVER),
    ),
)

_APPS: Final = (*_ECAS, _CONNECTED, _TOKEN, _AUDIT_TRAIL)


DEPLOY_REQUEST: Final = SObject(
    "DeployRequest",
    "Deploy Request",
    "0Af",
    (
        Column("Id", "id"),
        Column("CreatedDate", "datetime"),
        Column("CreatedById", "reference", references="User"),
        Column("Status", "picklist"),
        Column("CheckOnly", "boolean"),
        Column("StartDate", "datetime"),
        Column("CompletedDate", "datetime"),
        Column("NumberComponentsTotal", "int"),
        Column("NumberComponentErrors", "int"),
        Column("NumberComponentsDeployed", "int"),
    ),
)
"""The sObject of deploys, which only the Tooling API queries."""

SOBJECTS: Final = {sobject.name: sobject for sobject in (*PEOPLE, *_APPS)}
_BY_FOLDED = {name.lower(): sobject for name, sobject in SOBJECTS.items()}


def sobject_named(name: str) -> SObject | None:
    """The sObject of this name, whatever its case, or ``None``."""
    return _BY_FOLDED.get(name.lower())
