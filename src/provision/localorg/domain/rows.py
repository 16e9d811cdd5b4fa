"""The rows that queries find: records, and views of components, tokens and deploys."""

from __future__ import annotations

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.localorg.clock import record_stamp
from provision.localorg.domain.deploy_job import all_jobs
from provision.localorg.domain.org import Org
from provision.localorg.domain.sobject import SObject
from provision.localorg.domain.sobjects import DEPLOY_REQUEST
from provision.localorg.domain.types import CONNECTED_APP
from provision.localorg.store.components import Stored
from provision.localorg.store.rows import Json, Row

__all__ = [
    "rows_of",
    "sobject_row",
]


def rows_of(org: Org, sobject: SObject) -> list[Row]:
    """All rows of an sObject, whether stored as records or as components."""
    if sobject.name == "OauthToken":
        return _token_rows(org)
    if sobject is DEPLOY_REQUEST:
        return _deploy_rows(org)
    if sobject.metadata_type is None:
        return org.records.all(sobject.name)
    return [_row(org, sobject, stored) for stored in org.components.all(sobject.metadata_type)]


def sobject_row(org: Org, sobject: SObject, record_id: str) -> Row | None:
    """One row of an sObject, or ``None``."""
    if sobject.metadata_type is None and sobject.name != "OauthToken":
        return org.records.get(sobject.name, record_id)
    found = [row for row in rows_of(org, sobject) if str(row["Id"])[:15] == record_id[:15]]
    return found[0] if found else None


def _token_rows(org: Org) -> list[Row]:
    """Refresh tokens, and access tokens without one. Each shows its app's label (OBS)."""
    return [
        {
            "Id": token.id,
            "AppName": _app_label(org, token.app),
            "AppMenuItemId": None,
            "UserId": token.user,
            "CreatedDate": record_stamp(token.issued),
            "LastUsedDate": record_stamp(token.used),
        }
        for token in org.tokens.of_org(org.id)
        if not token.parent
    ]


def _app_label(org: Org, app_id: str) -> str:
    app = org.components.by_id(EXTERNAL_CLIENT_APPLICATION, app_id)
    return app.component.text("label") or app.component.full_name if app else app_id


def _row(org: Org, sobject: SObject, stored: Stored) -> Row:
    component = stored.component
    row: Row = {column.name: None for column in sobject.columns}
    row.update(_mirrored(sobject, stored))
    row.update(
        {
            "Id": stored.id,
            "DeveloperName": component.full_name,
            "MasterLabel": component.text("label") or component.full_name,
            "CreatedDate": record_stamp(stored.created),
            "CreatedById": stored.created_by,
            "LastModifiedDate": record_stamp(stored.modified),
            "LastModifiedById": stored.modified_by,
            "SystemModstamp": record_stamp(stored.modified),
        }
    )
    if component.type is CONNECTED_APP:
        row["Name"] = component.text("label") or component.full_name
        return row
    if component.type is EXTERNAL_CLIENT_APPLICATION:
        row.update({"ManageableState": "unmanaged"})
        # DOC: an org's own namespace prefixes its own apps; an app of a package has the package's.
        namespace, separator, name = component.full_name.partition("__")
        row["NamespacePrefix"] = namespace if separator else org.info.namespace or None
        if separator:
            row.update({"DeveloperName": name, "ManageableState": "installed"})
        return row
    app = org.components.get(EXTERNAL_CLIENT_APPLICATION, component.parent)
    row["ExternalClientApplicationId"] = app.id if app else None
    if component.type is OAUTH_POLICIES:
        settings = org.components.of_app(OAUTH_SETTINGS, component.parent)
        row["ExtlClntAppOauthSettingsId"] = settings.id if settings else None
    if component.type is POLICIES:
        row["OauthPluginStatus"] = _plugin_status(org, stored)
    return row


def _mirrored(sobject: SObject, stored: Stored) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for name, value in stored.component.fields.items():
        column = sobject.column(name)
        if column is not None and isinstance(value, (str, int)):
            values[column.name] = value
    if values.get("IpRelaxationPolicyType") == "Enforce_RelaxRefresh":
        values["IpRelaxationPolicyType"] = "Enforce_relaxrefresh"  # OBS: the spelling in queries
    return values


def _plugin_status(org: Org, stored: Stored) -> str:
    if org.components.of_app(OAUTH_SETTINGS, stored.component.parent) is None:
        return "Notinstalled"
    return "Disabled" if stored.component.fields.get("isOauthPluginEnabled") is False else "Enabled"


def _deploy_rows(org: Org) -> list[Row]:
    """Every deploy of an org."""
    return [
        {
            "Id": job.id,
            "CreatedDate": record_stamp(job.created),
            "CreatedById": job.author,
            "Status": job.status,
            "CheckOnly": job.options.check_only,
            "StartDate": record_stamp(job.started) if job.started else None,
            "CompletedDate": record_stamp(job.completed) if job.completed else None,
            "NumberComponentsTotal": job.total,
            "NumberComponentErrors": job.errors,
            "NumberComponentsDeployed": job.deployed,
        }
        for job in all_jobs(org)
    ]
