"""The calls of a diff of ``bench.yaml`` where the app is there, as bodies and paths."""

from __future__ import annotations

from urllib.parse import urlencode

__all__ = ["GETS", "READS", "envelope"]

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


def envelope(token: str, kind: str, full_name: str) -> bytes:
    """A readMetadata call."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:m="http://soap.sforce.com/2006/04/metadata"><e:Header><m:SessionHeader>'
        f"<m:sessionId>{token}</m:sessionId></m:SessionHeader></e:Header><e:Body>"
        f"<m:readMetadata><m:type>{kind}</m:type><m:fullNames>{full_name}</m:fullNames>"
        "</m:readMetadata></e:Body></e:Envelope>"
    ).encode()
