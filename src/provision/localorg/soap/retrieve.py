"""Retrieves over SOAP: a zip of files in Metadata API format."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provision.catalogue.document import serialise
from provision.catalogue.org_settings import MANIFEST_TYPE, SETTINGS_TYPES
from provision.catalogue.package import manifest
from provision.localorg.clock import stamp
from provision.localorg.domain.archive import Manifest, Member, manifest_of
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.settings import read_settings
from provision.localorg.domain.types import known_type
from provision.localorg.domain.views import component_view
from provision.localorg.soap.message import SoapCall, XmlValue, child, elements, text, truth
from provision.localorg.soap.reading import file_properties
from provision.localorg.store.rows import JobBody

__all__ = ["check_retrieve_status", "check_status", "retrieve"]

_KIND: Final = "retrieve"
_PREFIX: Final = "09S"


def retrieve(call: SoapCall) -> str:
    """``retrieve``: its argument is ``retrieveRequest`` in the WSDL, ``request`` in jsforce."""
    request = child(call.body, "retrieveRequest", "request")
    unpackaged = child(request, "unpackaged")
    listed = Manifest((), None) if unpackaged is None else manifest_of(unpackaged)
    api_version = text(request, "apiVersion").partition(".")[0]
    version = listed.version or (int(api_version) if api_version.isdecimal() else call.version)
    single = truth(request, "singlePackage", default=False)
    job_id = call.org.database.new_id(_PREFIX)
    body: JobBody = {
        "members": [[member.type, member.name] for member in listed.members],
        "version": version,
        "prefix": "" if single else "unpackaged/",
        "polls": call.org.quirks.deploy_polls,
    }
    call.org.jobs.put(job_id, _KIND, body, b"")
    return elements({"result": {"done": False, "id": job_id, "state": "Queued"}})


def check_retrieve_status(call: SoapCall) -> str:
    """``checkRetrieveStatus``: the zip, unless the call does not want it."""
    job_id, body = _job(call)
    if body["polls"] > 0:
        body["polls"] -= 1
        call.org.jobs.update(job_id, body)
        running: dict[str, XmlValue] = {
            "done": False,
            "id": job_id,
            "status": "InProgress",
            "success": False,
            "zipFile": "",
        }
        return elements({"result": running})
    found = _gather(call.org, body)
    wants_zip = truth(call.body, "includeZip", default=True)
    archive = base64.b64encode(_zip(found, body["prefix"])).decode() if wants_zip else ""
    return elements(
        {
            "result": {
                "done": True,
                "fileProperties": [*found.properties, _manifest_properties(call, body["prefix"])],
                "id": job_id,
                # OBS: a missing member causes a message, and the retrieve still succeeds.
                "messages": found.messages,
                "status": "Succeeded",
                "success": True,
                "zipFile": archive,
            }
        }
    )


def check_status(call: SoapCall) -> str:
    """``checkStatus``: not in newer WSDLs, but CumulusCI calls it."""
    job_id, _ = _job(call)
    return elements({"result": {"done": True, "id": job_id, "state": "Completed"}})


def _job(call: SoapCall) -> tuple[str, JobBody]:
    job_id = text(call.body, "asyncProcessId", "id")
    body = call.org.jobs.get(job_id, _KIND)
    if body is None:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", f"No such retrieve: {job_id}")
    return job_id, body


@dataclass(slots=True)
class _Found:
    files: dict[str, bytes]
    properties: list[XmlValue]
    messages: list[XmlValue]
    members: list[tuple[str, str]]
    version: int


def _gather(org: Org, body: JobBody) -> _Found:
    found = _Found({}, [], [], [], int(body["version"]))
    prefix = str(body["prefix"])
    for type_name, full_name in body["members"]:
        _add(org, found, Member(type_name, full_name), prefix)
    return found


def _add(org: Org, found: _Found, member: Member, prefix: str) -> None:
    if member.type == MANIFEST_TYPE:
        _add_settings(org, found, member, prefix)
        return
    metadata_type = known_type(member.type, found.version)
    if metadata_type is None:
        _miss(found, f"Entity type: '{member.type}' is unknown", prefix)
        return
    if member.name == "*":
        stored = org.components.all(metadata_type)
    else:
        one = org.components.get(metadata_type, member.name)
        stored = [one] if one else []
        if one is None:
            _miss_named(found, member, prefix)
    for each in stored:
        component = component_view(org, each, found.version)
        found.files[component.file_name] = serialise(component)
        found.properties.append(file_properties(org, each, prefix=prefix))
        found.members.append((member.type, component.full_name))


def _add_settings(org: Org, found: _Found, member: Member, prefix: str) -> None:
    wanted = SETTINGS_TYPES if member.name == "*" else (member.name,)
    for name in wanted:
        settings = SETTINGS_TYPES.get(name)
        if settings is None:
            _miss_named(found, member, prefix)
            return
        component = read_settings(org, settings, found.version)
        found.files[component.file_name] = serialise(component)
        found.members.append((MANIFEST_TYPE, name))


def _miss_named(found: _Found, member: Member, prefix: str) -> None:
    problem = f"Entity of type '{member.type}' named '{member.name}' cannot be found"
    _miss(found, problem, prefix)


def _miss(found: _Found, problem: str, prefix: str) -> None:
    found.messages.append({"fileName": f"{prefix}package.xml", "problem": problem})


def _zip(found: _Found, prefix: str) -> bytes:
    buffer = io.BytesIO()
    files: Iterable[tuple[str, bytes]] = (
        *sorted(found.files.items()),
        ("package.xml", manifest(found.version, found.members)),
    )
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            archive.writestr(prefix + path, content)
    return buffer.getvalue()


def _manifest_properties(call: SoapCall, prefix: str) -> dict[str, XmlValue]:
    now = stamp(call.org.clock.now())
    name = str(call.session.user["Name"])
    return {
        "createdById": call.session.user_id,
        "createdByName": name,
        "createdDate": now,
        "fileName": f"{prefix}package.xml",
        "fullName": f"{prefix}package.xml",
        "id": "",
        "lastModifiedById": call.session.user_id,
        "lastModifiedByName": name,
        "lastModifiedDate": now,
        "manageableState": "unmanaged",
        "type": "Package",
    }
