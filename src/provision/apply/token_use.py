"""Token use: what is done with a token that an app's login gave, to see that it is one."""

from __future__ import annotations

from typing import Final

import requests

from provision.errors import LoginRefused
from provision.org.failure import translated
from provision.org.oauth import Token
from provision.org.org import ReadableOrg

__all__ = ["used"]

_MOST_SAID: Final = 300


def used(token: Token, org: ReadableOrg) -> str:
    """Call the API of ``org`` once, where the scopes allow it; what that came to, in a sentence.

    Raises :class:`LoginRefused` if the org refuses the call, :class:`OrgUnreachable`.
    """
    path = f"/services/data/v{org.api_version}.0/"
    if not {"api", "full"} & set(token.scopes):
        scopes = " ".join(token.scopes) or "none"
        return f"token granted; no API call, since its scopes ({scopes}) allow none"
    url = f"{token.instance_url}{path}"
    headers = {"Authorization": f"Bearer {token.access_token}"}
    response = translated(url, lambda: org.http.get(url, headers=headers))
    if response.status_code >= requests.codes.server_error:
        raise LoginRefused(
            f"the token was granted, and GET {path} failed with HTTP {response.status_code}: the "
            "org is busy, or down",
            next_step="Run `provision prove` again later, and see the org's status page.",
        )
    if response.status_code != requests.codes.ok:
        raise LoginRefused(
            f"the token was granted, and GET {path} refused: {response.text[:_MOST_SAID]}"
        )
    return f"token granted, GET {path} answered 200"
