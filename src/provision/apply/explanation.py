"""What an OAuth error of an org means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.apply.proof_kind import ProofKind

__all__ = ["explained"]

_NOT_PREAUTHORIZED: Final = (
    "The user has none of the app's permission sets or profiles: assign a permission set "
    "(assign_to). A profile alone does not do in some orgs."
)
_OF_ANOTHER_ORG: Final = (
    "The consumer key is another org's, as after a sandbox refresh: run `provision apply`."
)
_WITHOUT_SCOPE: Final = "The app does not have a scope that was asked for: see oauth.scopes."

# The first sign that stands in the error wins: the special before the general. All OBS.
_MEANINGS: Final[Mapping[str, str]] = {
    "refresh_token scope is required": (
        "The JWT bearer flow wants the scope refresh_token beside api: add it to oauth.scopes."
    ),
    "hasn't approved this consumer": (
        "The user is not pre-approved: set policies.permitted_users to admin_approved, and "
        "grant one of the user's permission sets or the profile."
    ),
    "not admin approved": _NOT_PREAUTHORIZED,
    "invalid_app_access": _NOT_PREAUTHORIZED,
    "oauth_app_access_denied": _NOT_PREAUTHORIZED,
    "invalid_client_id": (
        "The org does not know the consumer key (yet): a new app takes 2 to 10 minutes, at "
        "times 30. Run `provision prove` later."
    ),
    "invalid client credentials": (
        "Of a JWT login: the certificate in the org is not that of the private key "
        "(oauth.jwt_bearer). Of any other: the consumer secret is not the app's."
    ),
    "invalid assertion": (
        "The app has no certificate in the org, or another one: run `provision diff`."
    ),
    "audience": (
        "The org takes none of the audiences login, test and its own URL: check that the "
        "instance URL is its My Domain."
    ),
    "not supported on this domain": (
        "This flow works on the org's My Domain URL only: check the session's instance URL."
    ),
    "not installed in this org": _OF_ANOTHER_ORG,
    "app_not_found": _OF_ANOTHER_ORG,  # also within OAUTH_EC_APP_NOT_FOUND
    "no client credentials user": (
        "The client credentials flow has nobody to act as: set oauth.client_credentials.run_as to "
        "an active user. DOC: the user needs the permission API Only."
    ),
    "scope parameter not supported": (
        "The client credentials flow takes no scope parameter, and gives all scopes of the app: "
        "leave it out of the request."
    ),
    "expired access/refresh token": (
        "The refresh token has expired, was revoked, or was used before: log in anew. How long it "
        "lives is policies.refresh_token."
    ),
    "unsupported_grant_type": (
        "The app does not have this flow switched on: see oauth.jwt_bearer and "
        "oauth.client_credentials."
    ),
    "unsupported_scope": _WITHOUT_SCOPE,
    "invalid_scope": _WITHOUT_SCOPE,
    "no valid scopes": "The app has no scopes: add oauth.scopes.",
    "redirect_uri_mismatch": "The callback URL is not one of the app's: see oauth.callback_urls.",
    "login rate exceeded": "Too many logins of this user in a short time: try again later.",
}

_RUN_AS_NOT_APPROVED: Final = (
    "The run-as user has none of the app's permission sets: assign one to the user (assign_to). A "
    "profile alone does not do in some orgs."
)

# What an error means where it is known which login it refused, when that tells more.
_MEANINGS_OF_KIND: Final[Mapping[ProofKind, Mapping[str, str]]] = {
    ProofKind.JWT_LOGIN: {
        "invalid client credentials": (
            "The certificate in the org is not that of the private key: check oauth.jwt_bearer."
        ),
    },
    ProofKind.CLIENT_CREDENTIALS_LOGIN: {
        "invalid client credentials": (
            "The consumer secret is not the app's: check oauth.client_credentials.secret against "
            "`provision credentials show`; a rotation changes it."
        ),
        "not admin approved": _RUN_AS_NOT_APPROVED,
        "invalid_app_access": _RUN_AS_NOT_APPROVED,
        "unsupported_grant_type": (
            "The app does not have the client credentials flow switched on: run `provision apply`."
        ),
    },
}


def explained(message: str, kind: ProofKind | None = None) -> str:
    """What to do about an OAuth error that says ``message``, of a login of ``kind`` if known."""
    folded = message.casefold()
    special = _MEANINGS_OF_KIND.get(kind, {}) if kind else {}
    for sign, meaning in (*special.items(), *_MEANINGS.items()):
        if sign in folded:
            return meaning
    return "Run `provision prove` again later; if it persists, compare with `provision diff`."
