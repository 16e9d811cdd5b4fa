"""simple-salesforce: https only, so it trusts the org's certificate through the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from provision.localorg import RunningOrg

__all__ = ["by_jwt", "by_token"]

_VERSION: Final = "66.0"
_LOGIN: Final = "https://login.salesforce.com"


@contextmanager
def by_token(org: RunningOrg, token: str) -> Iterator[Salesforce]:
    """A client with a session that it was given."""
    with requests.Session() as session:
        client = Salesforce(
            instance_url=org.https_url, session_id=token, version=_VERSION, session=session
        )
        yield client
        _close_metadata(client)


@contextmanager
def by_jwt(org: RunningOrg, username: str, consumer_key: str, key: Path) -> Iterator[Salesforce]:
    """A client that logs in with a certificate, at what it takes for login.salesforce.com."""
    with requests.Session() as session:
        session.mount(_LOGIN, _Detour(org.https_url))
        yield Salesforce(
            username=username,
            consumer_key=consumer_key,
            privatekey_file=str(key),
            version=_VERSION,
            session=session,
        )


class _Detour(HTTPAdapter):
    """Leads from the login host, which cannot be changed, to the local org."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def send(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> requests.Response:
        """Send it to the org instead."""
        assert request.url is not None
        request.url = request.url.replace(_LOGIN, self._url)
        return super().send(request, *arguments, **options)


def _close_metadata(client: Salesforce) -> None:
    # Its metadata class has an HTTP session of its own, and no way to close it.
    metadata: Mapping[str, Any] | None = vars(client).get("_mdapi") and vars(client._mdapi)
    if metadata:
        metadata["_client"].transport.session.close()
