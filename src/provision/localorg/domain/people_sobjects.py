"""The sObjects of people: the org, its users, and what they may do."""

from __future__ import annotations

from typing import Final

from provision.localorg.domain.sobject import SYSTEM, Column, SObject, Write, flag, link, text

__all__ = ["PEOPLE", "PERMISSIONS"]

# User permissions by API name. A real org has hundreds more.
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

_PERMISSION_COLUMNS = tuple(
    Column(name, "boolean", Write.ALWAYS, default=False) for name in PERMISSIONS
)


PEOPLE: Final = (
    SObject(
        "Organization",
        "Organization",
        "00D",
        (
            *SYSTEM,
            text("Name", Write.NEVER),
            text("InstanceName", Write.NEVER),
            flag("IsSandbox"),
            Column("TrialExpirationDate", "datetime"),
            text("NamespacePrefix", Write.NEVER),
            Column("OrganizationType", "picklist"),
            Column("LanguageLocaleKey", "picklist"),
        ),
    ),
    SObject(
        "User",
        "User",
        "005",
        (
            *SYSTEM,
            text("Username", required=True),
            text("Name", Write.NEVER),
            text("FirstName"),
            text("LastName", required=True),
            Column("Alias", write=Write.ALWAYS),
            Column("Email", "email", Write.ALWAYS, required=True),
            flag("IsActive", default=True, write=Write.ALWAYS),
            Column("UserType", "picklist", default="Standard"),
            link("ProfileId", "Profile", Write.ALWAYS, required=True),
            Column("TimeZoneSidKey", "picklist", Write.ALWAYS, default="GMT"),
            Column("LocaleSidKey", "picklist", Write.ALWAYS, default="en_US"),
            Column("LanguageLocaleKey", "picklist", Write.ALWAYS, default="en_US"),
            Column("EmailEncodingKey", "picklist", Write.ALWAYS, default="UTF-8"),
            text("FederationIdentifier"),
        ),
        createable=True,
    ),
    # DOC: every user has one row from the start. Freezing updates it; here only a seed does that.
    SObject(
        "UserLogin",
        "User Login",
        "0Yw",
        (
            Column("Id", "id"),
            Column("LastModifiedDate", "datetime"),
            Column("LastModifiedById", "reference", references="User"),
            link("UserId", "User", Write.NEVER, required=True),
            flag("IsFrozen"),
            flag("IsPasswordLocked"),
        ),
    ),
    SObject(
        "UserLicense",
        "User License",
        "100",
        (
            *SYSTEM,
            text("Name", Write.NEVER),
            text("MasterLabel", Write.NEVER),
            text("LicenseDefinitionKey", Write.NEVER),
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
            *SYSTEM,
            text("Name", required=True),
            text("Description"),
            link("UserLicenseId", "UserLicense", required=True),
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
            *SYSTEM,
            text("Name", required=True),
            text("Label", required=True),
            text("Description"),
            flag("IsOwnedByProfile"),
            flag("IsCustom", default=True),
            flag("HasActivationRequired", write=Write.ALWAYS),
            link("ProfileId", "Profile", Write.NEVER),
            link("LicenseId", "UserLicense"),
            link("PermissionSetGroupId", "PermissionSetGroup", Write.NEVER),
            text("NamespacePrefix", Write.NEVER),
            Column("Type", "picklist", default="Regular"),
            *_PERMISSION_COLUMNS,
        ),
        createable=True,
        deletable=True,
    ),
    # DOC: a group owns a permission set of type Group. Its users are assigned that one.
    SObject(
        "PermissionSetGroup",
        "Permission Set Group",
        "0PG",
        (
            *SYSTEM,
            text("DeveloperName", Write.NEVER),
            text("MasterLabel", Write.NEVER),
            text("NamespacePrefix", Write.NEVER),
            Column("Status", "picklist", default="Updated"),
        ),
    ),
    SObject(
        "PermissionSetGroupComponent",
        "Permission Set Group Component",
        "0PM",
        (
            *SYSTEM,
            link("PermissionSetGroupId", "PermissionSetGroup", Write.NEVER),
            link("PermissionSetId", "PermissionSet", Write.NEVER),
        ),
    ),
    SObject(
        "PermissionSetAssignment",
        "Permission Set Assignment",
        "0Pa",
        (
            Column("Id", "id"),
            Column("SystemModstamp", "datetime"),
            link("AssigneeId", "User", required=True),
            link("PermissionSetId", "PermissionSet", required=True),
            link("PermissionSetGroupId", "PermissionSetGroup", Write.NEVER),
            flag("IsActive", default=True),
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
            link("ParentId", "PermissionSet", required=True),
            Column("SetupEntityId", "reference", Write.ON_CREATE, required=True),
            Column("SetupEntityType", "picklist"),
        ),
        createable=True,
        deletable=True,
    ),
)
