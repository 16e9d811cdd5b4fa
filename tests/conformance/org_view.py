"""The org's state through its own API: what is there, asked with plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree as ET

import requests

from provision.localorg import ReadySession, RunningOrg

__all__ = ["OrgView"]

_VERSION: Final = "66.0"
_TIMEOUT: Final = 10
_ENVELOPE: Final = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<e:Header><SessionHeader><sessionId>{token}</sessionId></SessionHeader></e:Header>"
    "<e:Body>{body}</e:Body></e:Envelope>"
)


class OrgView:
    """What an administrator sees. Each call has a fresh session: the clock may have moved."""

    def __init__(self, org: RunningOrg) -> None:
        self._org = org

    @property
    def session(self) -> ReadySession:
        """A session of the administrator."""
        return self._org.session()

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Records, without their attributes."""
        records: list[dict[str, Any]] = self._get("query", q=soql)["records"]
        return [{k: v for k, v in record.items() if k != "attributes"} for record in records]

    def names(self, metadata_type: str) -> set[str]:
        """Full names of the components of a type."""
        body = f"<listMetadata><queries><type>{metadata_type}</type></queries></listMetadata>"
        return {name.text or "" for name in self._soap(body) if name.tag.endswith("}fullName")}

    def fields(self, metadata_type: str, full_name: str) -> dict[str, str]:
        """The plain fields of a component; empty if it is not there."""
        body = (
            f"<readMetadata><type>{metadata_type}</type>"
            f"<fullNames>{full_name}</fullNames></readMetadata>"
        )
        for element in self._soap(body):
            if element.tag.endswith("}records"):
                return {field.tag.partition("}")[2]: field.text or "" for field in element}
        return {}

    def consumer_key(self, app: str) -> str:
        """The consumer key of an app, whatever its global settings are called."""
        for name in self.names("ExtlClntAppGlobalOauthSettings"):
            fields = self.fields("ExtlClntAppGlobalOauthSettings", name)
            if fields["externalClientApplication"] == app:
                return fields["consumerKey"]
        raise AssertionError(f"no app {app}")

    def consumer_secret(self, app: str) -> str:
        """The consumer secret of an app; the org must be set to show it."""
        [found] = self.query(
            f"SELECT Id FROM ExternalClientApplication WHERE DeveloperName = '{app}'"
        )
        credentials = f"apps/oauth/credentials/{found['Id']}"
        [consumer] = self._get(credentials)["consumers"]
        shown = self._get(f"{credentials}/{consumer['id']}", part="keyandsecret")
        return str(shown["secret"])

    def _get(self, path: str, **parameters: str) -> Any:
        answer = requests.get(
            f"{self._org.url}/services/data/v{_VERSION}/{path}",
            params=parameters,
            headers={"Authorization": f"Bearer {self.session.access_token}"},
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()
        return answer.json()

    def _soap(self, body: str) -> Iterator[ET.Element]:
        answer = requests.post(
            f"{self._org.url}/services/Soap/m/{_VERSION}",
            data=_ENVELOPE.format(token=self.session.access_token, body=body),
            headers={"Content-Type": "text/xml", "SOAPAction": '""'},
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()
        return ET.fromstring(answer.content).iter()
