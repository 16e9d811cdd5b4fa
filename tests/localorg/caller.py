"""A client of the local org for tests. It uses plain requests, not the project's own client."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import jwt
import requests

from provision.catalogue.catalogue import PARENT_FIELD, type_named
from provision.catalogue.component import Component, Value
from provision.catalogue.document import local_name, serialise
from provision.catalogue.org_settings import MANIFEST_TYPE, member_of
from provision.catalogue.package import manifest
from provision.localorg import RunningOrg

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


def component(type_name: str, full_name: str, fields: Mapping[str, Value]) -> Component:
    """A component of a core type."""
    metadata_type = type_named(type_name)
    assert metadata_type is not None, type_name
    return Component(metadata_type, full_name, fields)


def app_components(
    name: str = "Acme",
    *,
    settings: Mapping[str, Value] | None = None,
    oauth: Mapping[str, Value] | None = None,
    policy: Mapping[str, Value] | None = None,
    general: Mapping[str, Value] | None = None,
) -> list[Component]:
    """An app with OAuth. It has policies only if their fields are given."""
    parent = {PARENT_FIELD: name}
    made = [
        component("ExternalClientApplication", name, {"contactEmail": "a@example.com"}),
        component(
            "ExtlClntAppOauthSettings",
            f"{name}_oauth",
            {"commaSeparatedOauthScopes": "Api, Web, RefreshToken", **parent, **(oauth or {})},
        ),
        component(
            "ExtlClntAppGlobalOauthSettings",
            f"{name}_glbloauth",
            {"callbackUrl": "http://localhost:1717/OauthRedirect", **parent, **(settings or {})},
        ),
    ]
    if policy is not None:
        made.append(
            component(
                "ExtlClntAppOauthConfigurablePolicies", f"{name}_oauthPlcy", {**parent, **policy}
            )
        )
    if general is not None:
        made.append(
            component(
                "ExtlClntAppConfigurablePolicies",
                f"{name}_plcy",
                {"isEnabled": True, **parent, **general},
            )
        )
    return made


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def package(
    components: Iterable[Component], version: int | None = 67, root: str = ""
) -> dict[str, bytes]:
    """The files of a package below a root."""
    made = list(components)
    files = {each.file_name: serialise(each) for each in made}
    members = [
        (MANIFEST_TYPE if member_of(each.type) else each.type.name, each.full_name) for each in made
    ]
    listed = {"package.xml": manifest(version, members), **files}
    return {root + path: content for path, content in listed.items()}


@dataclass
class Caller:
    """One session on a running org."""

    org: RunningOrg
    token: str
    version: int = 67
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.trust_env = False

    # --- REST

    def rest(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        url = f"{self.org.url}/services/data/v{self.version}.0{path}"
        return self.http.request(method, url, headers=headers, timeout=10, **options)

    def query(self, soql: str) -> list[dict[str, Any]]:
        response = self.rest("GET", "/query", params={"q": soql})
        assert response.status_code == 200, response.text
        records: list[dict[str, Any]] = response.json()["records"]
        return records

    def query_error(self, soql: str) -> tuple[str, str]:
        response = self.rest("GET", "/query", params={"q": soql})
        assert response.status_code == 400, response.text
        [error] = response.json()
        return error["errorCode"], error["message"]

    def id_of(self, name: str, where: str) -> str:
        [row] = self.query(f"SELECT Id FROM {name} WHERE {where}")
        return str(row["Id"])

    def create(self, name: str, values: Mapping[str, Any]) -> str:
        response = self.rest("POST", f"/sobjects/{name}", json=values)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def rest_error(self, response: requests.Response) -> str:
        [error] = response.json()
        return str(error["errorCode"])

    # --- deploys

    def submit(self, files: Mapping[str, bytes], **options: Any) -> requests.Response:
        content = json.dumps({"deployOptions": {"rollbackOnError": True, **options}})
        return self.rest(
            "POST",
            "/metadata/deployRequest",
            files={
                "file": ("package.zip", zipped(files), "application/zip"),
                "entity_content": (None, content, "application/json"),
            },
        )

    def status(self, job_id: str) -> dict[str, Any]:
        response = self.rest("GET", f"/metadata/deployRequest/{job_id}?includeDetails=true")
        result: dict[str, Any] = response.json()["deployResult"]
        return result

    def deploy_files(self, files: Mapping[str, bytes], **options: Any) -> dict[str, Any]:
        response = self.submit(files, **options)
        assert response.status_code == 201, response.text
        return self.status(response.json()["id"])

    def deploy(self, components: Iterable[Component], **options: Any) -> dict[str, Any]:
        version = options.pop("version", self.version)
        return self.deploy_files(package(components, version), **options)

    def deployed(self, components: Iterable[Component], **options: Any) -> None:
        result = self.deploy(components, **options)
        assert result["status"] == "Succeeded", problems(result)

    def refused(self, components: Iterable[Component], **options: Any) -> str:
        result = self.deploy(components, **options)
        assert result["status"] == "Failed", result
        return "\n".join(problems(result))

    # --- SOAP

    def soap_response(
        self, operation: str, body: str = "", *, version: int | None = None, tail: str = ""
    ) -> requests.Response:
        envelope = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Header>'
            f'<SessionHeader xmlns="{NAMESPACE}"><sessionId>{self.token}</sessionId>'
            f'</SessionHeader></e:Header><e:Body><{operation} xmlns="{NAMESPACE}">{body}'
            f"</{operation}></e:Body></e:Envelope>"
        )
        return self.http.post(
            f"{self.org.url}/services/Soap/m/{version or self.version}.0{tail}",
            data=envelope.encode(),
            headers={"SOAPAction": '""', "Content-Type": "text/xml"},
            timeout=10,
        )

    def soap(self, operation: str, body: str = "", *, version: int | None = None) -> ET.Element:
        response = self.soap_response(operation, body, version=version)
        assert response.status_code == 200, response.text
        return ET.fromstring(response.content)[0][0]

    def fault(self, operation: str, body: str = "", *, version: int | None = None) -> str:
        response = self.soap_response(operation, body, version=version)
        assert response.status_code == 500, response.text
        return str(ET.fromstring(response.content)[0][0].findtext("faultcode"))

    def read(
        self, type_name: str, full_name: str, *, version: int | None = None
    ) -> dict[str, str] | None:
        """A component's fields as text, or ``None`` if it does not exist."""
        body = f"<type>{type_name}</type><fullNames>{escape(full_name)}</fullNames>"
        [record] = self.soap("readMetadata", body, version=version)[0]
        if record.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true":
            return None
        return {local_name(child.tag): child.text or "" for child in record}

    def settings(self, name: str = "Acme") -> dict[str, str]:
        found = self.read("ExtlClntAppGlobalOauthSettings", f"{name}_glbloauth")
        assert found is not None
        return found

    def policy(self, name: str = "Acme") -> dict[str, str]:
        found = self.read("ExtlClntAppOauthConfigurablePolicies", f"{name}_oauthPlcy")
        assert found is not None
        return found

    def names(self, type_name: str) -> list[str]:
        body = f"<queries><type>{type_name}</type></queries>"
        return [
            str(result.findtext(f"{{{NAMESPACE}}}fullName"))
            for result in self.soap("listMetadata", body)
        ]

    def retrieve(self, members: Mapping[str, str], *, single: bool = False) -> dict[str, bytes]:
        types = "".join(
            f"<types><members>{member}</members><name>{name}</name></types>"
            for name, member in members.items()
        )
        asked = (
            f"<request><apiVersion>{self.version}.0</apiVersion>"
            f"<singlePackage>{str(single).lower()}</singlePackage><unpackaged>{types}"
            f"<version>{self.version}.0</version></unpackaged></request>"
        )
        job = self.soap("retrieve", asked)[0].findtext(f"{{{NAMESPACE}}}id")
        result = self.soap("checkRetrieveStatus", f"<asyncProcessId>{job}</asyncProcessId>")[0]
        archive = base64.b64decode(result.findtext(f"{{{NAMESPACE}}}zipFile") or "")
        with zipfile.ZipFile(io.BytesIO(archive)) as content:
            return {name: content.read(name) for name in content.namelist()}

    # --- OAuth

    def token_request(self, form: Mapping[str, str], **options: Any) -> requests.Response:
        url = f"{self.org.url}/services/oauth2/token"
        return self.http.post(url, data=form, timeout=10, **options)

    def oauth_error(self, form: Mapping[str, str], **options: Any) -> tuple[str, str]:
        response = self.token_request(form, **options)
        assert response.status_code == 400, response.text
        body = response.json()
        return body["error"], body["error_description"]


def problems(result: Mapping[str, Any]) -> list[str]:
    """The messages of a deploy's failures."""
    return [message["problem"] for message in result["details"]["componentFailures"]]


def assertion(key: str, claims: Mapping[str, Any], algorithm: str = "RS256") -> dict[str, str]:
    """The form of a JWT bearer request."""
    return {"grant_type": JWT_BEARER, "assertion": jwt.encode(dict(claims), key, algorithm)}
