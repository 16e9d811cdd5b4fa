"""OAuth errors, in the words of the token endpoint."""

from __future__ import annotations

from enum import Enum
from typing import Final

__all__ = ["ACCESS_DENIED", "OAuthError", "OAuthRefusal"]

ACCESS_DENIED: Final = "OAUTH_APP_ACCESS_DENIED"
"""The code on the authorize endpoint's redirect if the user is refused (DOC)."""


class OAuthRefusal(Enum):
    """Every OAuth error of the local org: ``error`` and ``error_description``.

    Real orgs use the same ones (``facts``, eca-metadata 7 and 13.1, org-protocol 7).
    """

    UNKNOWN_CLIENT = ("invalid_client_id", "client identifier invalid")
    NOT_INSTALLED = ("app_not_found", "External client app is not installed in this org")
    BLOCKED = ("invalid_app_access", "this app is blocked by admin")
    SWITCHED_OFF = (
        "oauth_flow_disabled",
        "The external client app or the OAuth plugin is disabled.",
    )
    NOT_ADMIN_APPROVED = ("invalid_app_access", "user is not admin approved to access this app")
    NOT_APPROVED = ("invalid_grant", "user hasn't approved this consumer")
    INACTIVE_USER = ("invalid_grant", "inactive user")
    BAD_CREDENTIALS = ("invalid_client", "invalid client credentials")
    NO_SCOPES = ("invalid_grant", "no valid scopes defined")
    BAD_SCOPE = ("invalid_scope", "the requested scope is not allowed")
    SCOPE_PARAMETER = ("invalid_request", "scope parameter not supported")
    NO_REFRESH_SCOPE = (
        "invalid_request",
        (
            "refresh_token scope is required and the connected app should be installed and"
            " preauthorized."
        ),
    )
    FLOW_OFF = ("unsupported_grant_type", "grant type not supported")
    BAD_RESPONSE_TYPE = ("unsupported_response_type", "response type not supported")
    NO_CODE_CHALLENGE = ("invalid_request", "missing required code challenge")
    BAD_CODE_VERIFIER = ("invalid_grant", "invalid code verifier")
    BAD_REDIRECT = ("redirect_uri_mismatch", "redirect_uri must match configuration")
    NO_RUN_AS_USER = ("invalid_grant", "no client credentials user enabled")
    BAD_CODE = ("invalid_grant", "invalid authorization code")
    EXPIRED_CODE = ("invalid_grant", "expired authorization code")
    EXPIRED_TOKEN = ("invalid_grant", "expired access/refresh token")
    BAD_AUDIENCE = ("invalid_grant", "audience is invalid")
    BAD_ASSERTION = ("invalid_grant", "invalid assertion")
    USER_DENIED = ("access_denied", "end-user denied authorization")
    BAD_TOKEN_TYPE = ("unsupported_token_type", "this token is not supported")

    @property
    def error(self) -> str:
        """OAuth's error code."""
        return self.value[0]

    @property
    def description(self) -> str:
        """OAuth's error description."""
        return self.value[1]


class OAuthError(Exception):
    """An OAuth request is refused."""

    def __init__(self, refusal: OAuthRefusal, *, status: int = 400) -> None:
        super().__init__(f"{refusal.error}: {refusal.description}")
        self.error = refusal.error
        self.description = refusal.description
        self.status = status
