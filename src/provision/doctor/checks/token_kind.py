"""Whether the session's access token is of a kind that shows metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.findings import Finding, Severity
from provision.org.session import is_jwt_format

__all__ = ["TokenKind"]

_JWT_TOKENS_LIST_SINCE: Final = 68


class TokenKind:
    """A look at the token alone.

    OBS: to a JWT-format token an org lists no metadata below API 68, and says so to nobody: an
    app that is there looks as if it were not.
    """

    id: ClassVar = "token-kind"
    title: ClassVar = "The access token is one to which the org shows metadata."
    fix: ClassVar = (
        "Use API 68 or newer, or the session of an app whose access tokens are opaque "
        "(oauth.jwt_access_tokens: false)."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for a JWT-format token with an API that hides metadata from it."""
        org = context.org
        if org.api_version < _JWT_TOKENS_LIST_SINCE and is_jwt_format(org.session.access_token):
            yield Finding(
                Severity.ERROR,
                self.id,
                f"the access token is JWT-format, and to those an org shows no metadata below API "
                f"{_JWT_TOKENS_LIST_SINCE}; this is API {org.api_version}",
                self.fix,
            )
