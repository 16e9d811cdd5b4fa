"""What a request is called: the same name in every run, whatever ids and secrets it carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests

_RECORD_ID: Final = re.compile(r"\b[0-9][0-9A-Za-z]{14}(?:[0-9A-Za-z]{3})?\b")
_SOAP_OPERATION: Final = re.compile(r"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)")
_SOAP_ARGUMENT: Final = re.compile(r"<(?:\w+:)?(?:type|fullNames|id)>([^<]{1,80})<")
_ORG_OF_HOST: Final = re.compile(r"^([\w-]+)\.localhost\b")
_READING_SOAP: Final = ("read", "list", "check", "retrieve", "describe")


@dataclass(frozen=True)
class Named:
    """One request: its name, and what matters for choosing a fault."""

    name: str
    org: str
    is_soap: bool
    is_token: bool
    is_write: bool
    is_deploy: bool
    is_status: bool


def named(request: requests.PreparedRequest) -> Named:
    """The name of a request and what it is. Two requests that ask the same have the same name."""
    url = urlsplit(request.url or "")
    org = _ORG_OF_HOST.match(str(request.headers.get("Host", "")) or url.netloc)
    body = _text(request.body)
    path = _RECORD_ID.sub("ID", url.path).removeprefix("/services/")
    path = re.sub(r"^data/v[\d.]+/", "", path)
    is_soap = "/Soap/" in url.path
    is_token = url.path.endswith("/oauth2/token")
    operation = _SOAP_OPERATION.search(body) if is_soap else None
    what = f"{request.method} {path}"
    if operation:
        arguments = _RECORD_ID.sub("ID", " ".join(_SOAP_ARGUMENT.findall(body)))
        what = f"SOAP {operation.group(1)} {arguments}".rstrip()
    query = parse_qs(url.query).get("q")
    if query:
        what = f"query {_RECORD_ID.sub('ID', query[0])}"
    is_deploy = path.endswith("metadata/deployRequest") and request.method == "POST"
    checks = is_deploy and '"checkonly":true' in re.sub(r"\s", "", body.lower())
    if is_deploy:
        what = "POST validation" if checks else "POST deploy"
    reads = (
        not operation.group(1).startswith(_READING_SOAP)
        if operation
        else request.method not in {"GET", "HEAD"}
    )
    return Named(
        name=f"{org.group(1)}: {what}" if org else what,
        org=org.group(1) if org else "",
        is_soap=is_soap,
        is_token=is_token,
        is_write=bool(reads) and not is_token,
        is_deploy=is_deploy or (is_soap and what.startswith("SOAP deploy")),
        is_status="metadata/deployRequest/ID" in path and request.method == "GET",
    )


def _text(body: object) -> str:
    if isinstance(body, bytes):
        return body[:4000].decode("latin-1")
    return body[:4000] if isinstance(body, str) else ""
