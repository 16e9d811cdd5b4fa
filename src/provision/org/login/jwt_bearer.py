"""Login with the JWT bearer flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import requests

from provision.errors import LoginRefused
from provision.org.clock import Clock
from provision.org.oauth import LOGIN_AUDIENCE, TEST_AUDIENCE, JwtClaims, Sign, jwt_bearer_grant
from provision.org.session import Session

__all__ = ["JwtLogin", "audiences_for", "is_about_audience"]


@dataclass(frozen=True, slots=True)
class JwtLogin:
    """A consumer key, a username and a private key's signature.

    ``audience`` empty: login, then test, then the instance URL, as Salesforce's CLI tries them.
    """

    instance_url: str
    client_id: str
    username: str
    sign: Sign = field(repr=False)
    clock: Clock
    audience: str = ""
    ca_file: Path | None = None

    def open(self, http: requests.Session) -> Session:
        """Log in. Raises :class:`LoginRefused` or :class:`OrgUnreachable`."""
        refusals: list[LoginRefused] = []
        for audience in audiences_for(self.instance_url, self.audience):
            claims = JwtClaims(self.client_id, self.username, audience)
            try:
                token = jwt_bearer_grant(
                    http, self.instance_url, claims, self.sign, self.clock.time()
                )
            except LoginRefused as error:
                refusals.append(error)
                if is_about_audience(error):
                    continue
                break
            return Session(
                instance_url=token.instance_url,
                access_token=token.access_token,
                reached_by="JWT bearer flow",
                username=self.username,
                client_id=self.client_id,
                ca_file=self.ca_file,
            )
        raise LoginRefused(
            f"the JWT login of {self.username} was refused: {refusals[-1].message}",
            code=refusals[-1].code,
            next_step="Check the consumer key, the username, that the private key belongs to the "
            "app's certificate, and that the user is pre-approved for the app.",
        )


def audiences_for(instance_url: str, chosen: str = "") -> tuple[str, ...]:
    """The audiences to try, the likeliest first: a sandbox's My Domain has ``.sandbox.`` in it."""
    if chosen:
        return (chosen,)
    first, second = LOGIN_AUDIENCE, TEST_AUDIENCE
    if ".sandbox." in instance_url or ".scratch." in instance_url:
        first, second = second, first
    return (first, second, instance_url)


def is_about_audience(error: LoginRefused) -> bool:
    """Whether another audience might do better."""
    return "audience" in error.message.lower()
