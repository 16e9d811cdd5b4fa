"""sObject records over REST: read, create, update, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from werkzeug.wrappers import Response

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.localorg.clock import record_stamp
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import (
    add_profile,
    add_record,
    add_user,
    profile_permission_set,
    refresh_user,
    remove_profile,
)
from provision.localorg.domain.people_sobjects import PERMISSIONS
from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.domain.rows import sobject_row
from provision.localorg.domain.sobject import Column, SObject, Write
from provision.localorg.domain.sobjects import sobject_named
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.rest.query import attributes
from provision.localorg.store.ids import long_id
from provision.localorg.store.rows import Json, Row

__all__ = ["create", "delete", "read", "update"]


def read(exchange: Exchange, name: str, record_id: str) -> Response:
    """``GET /services/data/vNN/sobjects/NAME/ID[?fields=...]``."""
    org = exchange.session().org
    sobject, row = _existing(org, name, record_id)
    wanted = exchange.request.args.get("fields")
    names = [column.name for column in sobject.columns]
    if wanted:
        names = [_known(sobject, each.strip()).name for each in wanted.split(",")]
    answer: dict[str, Any] = attributes(sobject, row, exchange.version_path)
    answer.update({each: row.get(each) for each in names})
    return json_reply(answer)


def create(exchange: Exchange, name: str) -> Response:
    """``POST /services/data/vNN/sobjects/NAME``."""
    session = exchange.session()
    exchange.begin_write()
    sobject = sobject_named(name)
    if sobject is None:
        raise not_found()
    if not sobject.createable:
        raise Refused(
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"entity type cannot be inserted: {sobject.label}",
        )
    values = _values(sobject, exchange.json_body(), allowed={Write.ON_CREATE, Write.ALWAYS})
    missing = [c.name for c in sobject.columns if c.required and not values.get(c.name)]
    if missing:
        raise Refused(
            "REQUIRED_FIELD_MISSING",
            f"Required fields are missing: [{', '.join(missing)}]",
            fields=tuple(missing),
        )
    row = _CREATORS[sobject.name](session.org, values, session.user_id)
    return json_reply({"id": row["Id"], "success": True, "errors": []}, 201)


def update(exchange: Exchange, name: str, record_id: str) -> Response:
    """``PATCH /services/data/vNN/sobjects/NAME/ID``."""
    session = exchange.session()
    exchange.begin_write()
    org = session.org
    sobject, row = _existing(org, name, record_id)
    if not sobject.createable:
        raise Refused(
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"entity type cannot be updated: {sobject.label}",
        )
    row.update(_values(sobject, exchange.json_body(), allowed={Write.ALWAYS}))
    now = record_stamp(org.clock.now())
    row |= {"SystemModstamp": now, "LastModifiedDate": now, "LastModifiedById": session.user_id}
    org.records.put(sobject.name, row)
    if sobject.name == "User":
        refresh_user(org, row)
    if sobject.name == "Profile":
        owned = profile_permission_set(org, str(row["Id"]))
        owned.update({permission: row[permission] for permission in PERMISSIONS})
        org.records.put("PermissionSet", owned)
    return Response("", 204)


def delete(exchange: Exchange, name: str, record_id: str) -> Response:
    """``DELETE /services/data/vNN/sobjects/NAME/ID``."""
    session = exchange.session()
    exchange.begin_write()
    org = session.org
    sobject, row = _existing(org, name, record_id)
    if not sobject.deletable:
        raise Refused(
            "INSUFFICIENT_ACCESS_OR_READONLY", f"entity type cannot be deleted: {sobject.label}"
        )
    if sobject.name == "Profile":
        remove_profile(org, row)
    elif sobject.name == "PermissionSet":
        _delete_permission_set(org, row)
    else:
        org.records.delete(sobject.name, str(row["Id"]))
    return Response("", 204)


def _existing(org: Org, name: str, record_id: str) -> tuple[SObject, Row]:
    sobject = sobject_named(name)
    if sobject is None:
        raise not_found()
    row = sobject_row(org, sobject, record_id)
    if row is None:
        raise Refused(
            "NOT_FOUND",
            "Provided external ID field does not exist or is not accessible: Id"
            if len(record_id) not in {15, 18}
            else "The requested resource does not exist",
            status=404,
        )
    return sobject, row


def _known(sobject: SObject, name: str) -> Column:
    column = sobject.column(name)
    if column is None:
        raise Refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    return column


def _values(sobject: SObject, body: Mapping[str, Any], allowed: set[Write]) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for name, value in body.items():
        if name == "attributes":
            continue
        column = _known(sobject, name)
        if column.write not in allowed:
            raise Refused(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                f"Unable to create/update fields: {column.name}. Please check the security settings"
                " of this field and verify that it is read/write for your profile or permission"
                " set.",
                fields=(column.name,),
            )
        values[column.name] = _typed(column.name, column.type, value)
    return values


def _typed(name: str, kind: str, value: object) -> Json:
    if value is None or (kind == "boolean" and isinstance(value, bool)):
        return value
    if kind == "boolean" or isinstance(value, (dict, list)):
        raise Refused("JSON_PARSER_ERROR", f"Cannot deserialize {name} from {value!r}")
    if kind == "int":
        return int(str(value))
    text = str(value)
    return long_id(text) if kind == "reference" else text


def _create_user(org: Org, values: Mapping[str, Json], author: str) -> Row:
    return add_user(org, values, author=author)


def _create_profile(org: Org, values: Mapping[str, Json], author: str) -> Row:
    _unique(org, "Profile", str(values["Name"]))
    if org.records.get("UserLicense", str(values["UserLicenseId"])) is None:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return add_profile(org, values, author=author)


def _create_permission_set(org: Org, values: Mapping[str, Json], author: str) -> Row:
    _unique(org, "PermissionSet", str(values["Name"]))
    return add_record(org, "PermissionSet", values, author=author)


def _unique(org: Org, name: str, wanted: str) -> None:
    if any(fold_name(str(row["Name"])) == fold_name(wanted) for row in org.records.all(name)):
        raise Refused(
            "DUPLICATE_DEVELOPER_NAME",
            f"The developer name you entered is already in use: {wanted}",
            fields=("Name",),
        )


def _create_assignment(org: Org, values: Mapping[str, Json], author: str) -> Row:
    permission_set = org.records.get("PermissionSet", str(values["PermissionSetId"]))
    if permission_set is None or org.records.get("User", str(values["AssigneeId"])) is None:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    key: Row = {key: values[key] for key in ("AssigneeId", "PermissionSetId")}
    _refuse_duplicate(org, "PermissionSetAssignment", key)
    return add_record(org, "PermissionSetAssignment", values, author=author)


def _create_access(org: Org, values: Mapping[str, Json], author: str) -> Row:
    app_id = str(values["SetupEntityId"])
    app = org.components.by_id(EXTERNAL_CLIENT_APPLICATION, app_id)
    if app is None or org.records.get("PermissionSet", str(values["ParentId"])) is None:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    key: Row = {key: values[key] for key in ("ParentId", "SetupEntityId")}
    _refuse_duplicate(org, "SetupEntityAccess", key)
    row = {**values, "SetupEntityType": EXTERNAL_CLIENT_APPLICATION.name}
    return add_record(org, "SetupEntityAccess", row, author=author)


def _refuse_duplicate(org: Org, name: str, key: Row) -> None:
    found = org.records.where(name, key)
    if found:
        raise Refused(
            "DUPLICATE_VALUE",
            "duplicate value found: <unknown> duplicates value on record with id:"
            f" {str(found[0]['Id'])[:15]}",
        )


_CREATORS: Final[Mapping[str, Callable[[Org, Mapping[str, Json], str], Row]]] = {
    "User": _create_user,
    "Profile": _create_profile,
    "PermissionSet": _create_permission_set,
    "PermissionSetAssignment": _create_assignment,
    "SetupEntityAccess": _create_access,
}


def _delete_permission_set(org: Org, row: Row) -> None:
    if row["IsOwnedByProfile"]:
        raise Refused("INSUFFICIENT_ACCESS_OR_READONLY", "the permission set belongs to a profile")
    if org.records.where("PermissionSetAssignment", {"PermissionSetId": row["Id"]}):
        raise Refused(
            "DELETE_FAILED",
            "Your attempt to delete the permission set failed: it is assigned to users",
        )
    for access in org.records.where("SetupEntityAccess", {"ParentId": row["Id"]}):
        org.records.delete("SetupEntityAccess", str(access["Id"]))
    org.records.delete("PermissionSet", str(row["Id"]))
