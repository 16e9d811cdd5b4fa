"""The calls of a diff of ``bench.yaml`` where the app is there, as bodies and paths."""

from __future__ import annotations

from urllib.parse import urlencode

from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.org.metadata import TYPES_A_LIST

__all__ = ["CALLS", "GETS", "READS", "listing", "reading"]

_NAMES = urlencode({"q": "SELECT Id, Name FROM Profile WHERE Name IN ('System Administrator')"})

GETS = (
    "/services/data",
    "/services/oauth2/userinfo",
    f"/services/data/v68.0/query/?{_NAMES}",
)
READS = (
    ("ExternalClientApplication", "Bench"),
    ("ExtlClntAppOauthSettings", "Bench_oauth"),
    ("ExtlClntAppGlobalOauthSettings", "Bench_glbloauth"),
    ("ExtlClntAppOauthConfigurablePolicies", "Bench_oauthPlcy"),
    ("ExtlClntAppConfigurablePolicies", "Bench_plcy"),
)
CALLS = len(GETS) + len(READS) + 1
"""How many there are, with the listing."""


def reading(token: str, kind: str, full_name: str) -> bytes:
    """A readMetadata call."""
    inner = f"<m:type>{kind}</m:type><m:fullNames>{full_name}</m:fullNames>"
    return _envelope(token, "readMetadata", inner)


def listing(token: str) -> bytes:
    """The listMetadata call that finds the records of types which provision does not manage."""
    listed = [kind for kind in DEPENDENT_TYPES if kind.listed]
    first = sorted(listed, key=lambda kind: bool(kind.plugin_flag))[:TYPES_A_LIST]
    queries = "".join(f"<m:queries><m:type>{kind.name}</m:type></m:queries>" for kind in first)
    return _envelope(token, "listMetadata", f"{queries}<m:asOfVersion>68.0</m:asOfVersion>")


def _envelope(token: str, call: str, inner: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:m="http://soap.sforce.com/2006/04/metadata"><e:Header><m:SessionHeader>'
        f"<m:sessionId>{token}</m:sessionId></m:SessionHeader></e:Header><e:Body>"
        f"<m:{call}>{inner}</m:{call}></e:Body></e:Envelope>"
    ).encode()
