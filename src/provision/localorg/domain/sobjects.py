"""The sObjects that the org knows, and the columns of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from provision.localorg.domain.types import CONNECTED_APP
from provision.localorg.store.records import Json
from provision.metadata.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.metadata.field import Field, Kind, MetadataType

__all__ = [
    "PERMISSIONS",
    "SETUP_AUDIT_TRAIL",
    "SOBJECTS",
    "Column",
    "SObject",
    "Write",
    "sobject_named",
]

SETUP_AUDIT_TRAIL: Final = "SetupAuditTrail"
"""The sObject of who changed what in Setup."""


class Write(Enum):
    """When a column may be written over REST."""

    NEVER = 0
    ON_CREATE = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``references`` names the sObject that an id points to."""

    name: str
    type: str = "string"
    write: Write = Write.NEVER
    required: bool = False
    references: str = ""
    default: Json = None

    @property
    def relationship(self) -> str:
        """The name under which a query follows the reference."""
        return self.name.removesuffix("Id") if self.references else ""


@dataclass(frozen=True, slots=True)
class SObject:
    """One sObject. ``metadata_type`` is set where its records are views of components."""

    name: str
    label: str
    prefix: str
    columns: tuple[Column, ...]
    createable: bool = False
    deletable: bool = False
    metadata_type: MetadataType | None = None

    def column(self, name: str) -> Column | None:
        """The column of this name, whatever its case, or ``None``."""
        folded = name.lower()
        return next((column for column in self.columns if column.name.lower() == folded), None)

    def relationship(self, name: str) -> Column | None:
        """The reference column that a query follows by this name, or ``None``."""
        folded = name.lower()
        return next(
            (column for column in self.columns if folded == column.relationship.lower() != ""), None
        )


# User permissions by API name; a real org has some hundreds more.
PERMISSIONS: Final = tuple(
    f"Permissions{name}"
    for name in (
        "ApiEnabled",
        "ApiUserOnly",
        "AssignPermissionSets",
        "AuthorApex",
        "CustomizeApplication",
        "ExternalClientAppAdmin",
        "ExternalClientAppDeveloper",
        "ExternalClientAppViewer",
        "ManageProfilesPermissionsets",
        "ManageSessionPermissionSets",
        "ManageUsers",
        "ModifyAllData",
        "ModifyMetadata",
        "PasswordNeverExpires",
        "UseAnyApiClient",
        "ViewAllData",
        "ViewAllUsers",
        "ViewClientSecret",
        "ViewSetup",
    )
)

_SYSTEM = (
    Column("Id", "id"),
    Column("CreatedDate", "datetime"),
    Column("CreatedById", "reference", references="User"),
    Column("LastModifiedDate", "datetime"),
    Column("LastModifiedById", "reference", references="User"),
    Column("SystemModstamp", "datetime"),
)
_PERMISSION_COLUMNS = tuple(
    Column(name, "boolean", Write.ALWAYS, default=False) for name in PERMISSIONS
)


def _text(name: str, write: Write = Write.ALWAYS, *, required: bool = False) -> Column:
    return Column(name, write=write, required=required)


def _flag(name: str, *, default: bool = False, write: Write = Write.NEVER) -> Column:
    return Column(name, "boolean", write, default=default)


def _link(
    name: str, references: str, write: Write = Write.ON_CREATE, *, required: bool = False
) -> Column:
    return Column(name, "reference", write, required=required, references=references)


_PEOPLE = (
    SObject(
        "Organization",
        "Organization",
        "00D",
        (
            *_SYSTEM,
            _text("Name", Write.NEVER),
            _text("InstanceName", Write.NEVER),
            _flag("IsSandbox"),
            Column("TrialExpirationDate", "datetime"),
            _text("NamespacePrefix", Write.NEVER),
            Column("OrganizationType", "picklist"),
            Column("LanguageLocaleKey", "picklist"),
        ),
    ),
    SObject(
        "User",
        "User",
        "005",
        (
            *_SYSTEM,
            _text("Username", required=True),
            _text("Name", Write.NEVER),
            _text("FirstName"),
            _text("LastName", required=True),
            Column("Alias", write=Write.ALWAYS),
            Column("Email", "email", Write.ALWAYS, required=True),
            _flag("IsActive", default=True, write=Write.ALWAYS),
            Column("UserType", "picklist", default="Standard"),
            _link("ProfileId", "Profile", Write.ALWAYS, required=True),
            Column("TimeZoneSidKey", "picklist", Write.ALWAYS, default="GMT"),
            Column("LocaleSidKey", "picklist", Write.ALWAYS, default="en_US"),
            Column("LanguageLocaleKey", "picklist", Write.ALWAYS, default="en_US"),
            Column("EmailEncodingKey", "picklist", Write.ALWAYS, default="UTF-8"),
            _text("FederationIdentifier"),
        ),
        createable=True,
    ),
    # DOC: one row a user, there from the start. Freezing is an update, which only a seed does here.
    SObject(
        "UserLogin",
        "User Login",
        "0Yw",
        (
            Column("Id", "id"),
            Column("LastModifiedDate", "datetime"),
            Column("LastModifiedById", "reference", references="User"),
            _link("UserId", "User", Write.NEVER, required=True),
            _flag("IsFrozen"),
            _flag("IsPasswordLocked"),
        ),
    ),
    SObject(
        "UserLicense",
        "User License",
        "100",
        (
            *_SYSTEM,
            _text("Name", Write.NEVER),
            _text("MasterLabel", Write.NEVER),
            _text("LicenseDefinitionKey", Write.NEVER),
            Column("TotalLicenses", "int"),
            Column("UsedLicenses", "int"),
            Column("Status", "picklist"),
        ),
    ),
    SObject(
        "Profile",
        "Profile",
        "00e",
        (
            *_SYSTEM,
            _text("Name", required=True),
            _text("Description"),
            _link("UserLicenseId", "UserLicense", required=True),
            Column("UserType", "picklist", default="Standard"),
            *_PERMISSION_COLUMNS,
        ),
        createable=True,
        deletable=True,
    ),
    SObject(
        "PermissionSet",
        "Permission Set",
        "0PS",
        (
            *_SYSTEM,
            _text("Name", required=True),
            _text("Label", required=True),
            _text("Description"),
            _flag("IsOwnedByProfile"),
            _flag("IsCustom", default=True),
            _flag("HasActivationRequired", write=Write.ALWAYS),
            _link("ProfileId", "Profile", Write.NEVER),
            _link("LicenseId", "UserLicense"),
            _link("PermissionSetGroupId", "PermissionSetGroup", Write.NEVER),
            _text("NamespacePrefix", Write.NEVER),
            Column("Type", "picklist", default="Regular"),
            *_PERMISSION_COLUMNS,
        ),
        createable=True,
        deletable=True,
    ),
    # DOC: a group owns a permission set of type Group, which is what its users are assigned.
    SObject(
        "PermissionSetGroup",
        "Permission Set Group",
        "0PG",
        (
            *_SYSTEM,
            _text("DeveloperName", Write.NEVER),
            _text("MasterLabel", Write.NEVER),
            _text("NamespacePrefix", Write.NEVER),
            Column("Status", "picklist", default="Updated"),
        ),
    ),
    SObject(
        "PermissionSetGroupComponent",
        "Permission Set Group Component",
        "0PM",
        (
            *_SYSTEM,
            _link("PermissionSetGroupId", "PermissionSetGroup", Write.NEVER),
            _link("PermissionSetId", "PermissionSet", Write.NEVER),
        ),
    ),
    SObject(
        "PermissionSetAssignment",
        "Permission Set Assignment",
        "0Pa",
        (
            Column("Id", "id"),
            Column("SystemModstamp", "datetime"),
            _link("AssigneeId", "User", required=True),
            _link("PermissionSetId", "PermissionSet", required=True),
            _link("PermissionSetGroupId", "PermissionSetGroup", Write.NEVER),
            _flag("IsActive", default=True),
            Column("ExpirationDate", "datetime", Write.ALWAYS),
        ),
        createable=True,
        deletable=True,
    ),
    SObject(
        "SetupEntityAccess",
        "Setup Entity Access",
        "0J0",
        (
            Column("Id", "id"),
            Column("SystemModstamp", "datetime"),
            _link("ParentId", "PermissionSet", required=True),
            Column("SetupEntityId", "reference", Write.ON_CREATE, required=True),
            Column("SetupEntityType", "picklist"),
        ),
        createable=True,
        deletable=True,
    ),
)

_SQL_TYPES = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "int",
    Kind.ENUM: "picklist",
    Kind.TEXT: "string",
}
_APP_ID = _link("ExternalClientApplicationId", "ExternalClientApplication", Write.NEVER)
_NAMES = (
    _text("DeveloperName", Write.NEVER),
    _text("MasterLabel", Write.NEVER),
    _text("NamespacePrefix", Write.NEVER),
)


def _mirrored(metadata_type: MetadataType) -> tuple[Column, ...]:
    """The columns that stand for a type's plain fields: the catalogue's names, capitalised."""
    return tuple(
        Column(field.name[0].upper() + field.name[1:], _SQL_TYPES[field.kind])
        for field in metadata_type.fields
        if _is_mirrored(field)
    )


def _is_mirrored(field: Field) -> bool:
    # The parent is an id column, the label MasterLabel, and users and classes ids (SYSPROMPT).
    apart = {"label", "externalClientApplication", "apexHandler", "executeHandlerAs", "oauthLink"}
    return field.kind in _SQL_TYPES and field.name not in apart and not field.secret


# Readable, not createable (OBS of a describe). Global settings are no sObject at all (OBS).
# Key prefixes other than 0xI are made up.
_APPS = (
    SObject(
        "ExternalClientApplication",
        "External Client Application",
        "0xI",
        (
            *_SYSTEM,
            *_NAMES,
            *_mirrored(EXTERNAL_CLIENT_APPLICATION),
            _text("ManageableState", Write.NEVER),
            _text("Version", Write.NEVER),
        ),
        metadata_type=EXTERNAL_CLIENT_APPLICATION,
    ),
    SObject(
        "ExtlClntAppOauthSettings",
        "External Client App OAuth Settings",
        "0xJ",
        (*_SYSTEM, *_NAMES, _APP_ID, *_mirrored(OAUTH_SETTINGS)),
        metadata_type=OAUTH_SETTINGS,
    ),
    SObject(
        "ExtlClntAppOauthPlcyCnfg",
        "External Client App OAuth Policy",
        "0xL",
        (
            *_SYSTEM,
            *_NAMES,
            _APP_ID,
            _link("ExtlClntAppOauthSettingsId", "ExtlClntAppOauthSettings", Write.NEVER),
            *_mirrored(OAUTH_POLICIES),
        ),
        metadata_type=OAUTH_POLICIES,
    ),
    SObject(
        "ExtlClntAppPlcyCnfg",
        "External Client App Policy",
        "0xM",
        (
            *_SYSTEM,
            *_NAMES,
            _APP_ID,
            _flag("IsEnabled"),
            Column("OauthPluginStatus", "picklist"),
            Column("StartPage", "picklist"),
            _text("StartUrl", Write.NEVER),
        ),
        metadata_type=POLICIES,
    ),
)

_CONNECTED = SObject(
    "ConnectedApplication",
    "Connected Application",
    "0H4",
    (*_SYSTEM, _text("Name", Write.NEVER)),
    metadata_type=CONNECTED_APP,
)

# A view of the tokens: whoever may use apps now. AppMenuItemId is empty: no app menu here.
_TOKEN = SObject(
    "OauthToken",
    "OAuth Token",
    "0CQ",
    (
        Column("Id", "id"),
        _text("AppName", Write.NEVER),
        Column("AppMenuItemId", "reference"),
        _link("UserId", "User", Write.NEVER),
        Column("CreatedDate", "datetime"),
        Column("LastUsedDate", "datetime"),
    ),
)

# DOC: query and retrieve only; View Setup and Configuration is needed. Its key prefix is 0Ym.
_AUDIT_TRAIL = SObject(
    SETUP_AUDIT_TRAIL,
    "Setup Audit Trail Entry",
    "0Ym",
    (
        Column("Id", "id"),
        _text("Action", Write.NEVER),
        _text("Section", Write.NEVER),
        Column("CreatedDate", "datetime"),
        Column("CreatedById", "reference", references="User"),
        _text("Display", Write.NEVER),
        _text("DelegateUser", Write.NEVER),
        _text("CreatedByContext", Write.NEVER),
        _text("CreatedByIssuer", Write.NEVER),
    ),
)

SOBJECTS: Final = {
    sobject.name: sobject for sobject in (*_PEOPLE, *_APPS, _CONNECTED, _TOKEN, _AUDIT_TRAIL)
}
_BY_FOLDED = {name.lower(): sobject for name, sobject in SOBJECTS.items()}


def sobject_named(name: str) -> SObject | None:
    """The sObject of this name, whatever its case, or ``None``."""
    return _BY_FOLDED.get(name.lower())
