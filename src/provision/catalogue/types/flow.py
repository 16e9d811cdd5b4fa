"""The flows of an app: what is judged alike wherever a flow has a flag."""

from __future__ import annotations

from typing import Final

from provision.catalogue.judge import Always, Flag
from provision.catalogue.risk import Opening, disruptive, locks_out, weakens

__all__ = ["CLIENT_CREDENTIALS", "OTHER_FORMAT", "TOKEN_EXCHANGE", "TOKEN_FORMAT", "flow"]

TOKEN_FORMAT: Final = Always(
    disruptive("Access tokens change their format; clients that read them may fail.")
)


# Facts 13.1, A11 and A15: hosted MCP takes JWT-format tokens only; whether SOAP takes them at all,
# sources disagree.
OTHER_FORMAT: Final = "calls of interfaces that do not take the new format of access tokens"


def flow(name: str, on: str) -> Flag:
    """The judge of a flow's flag: ``on`` says what switching it on lets in."""
    return Flag(on=weakens(on, Opening.FLOW, name), off=locks_out(f"Logins with {name} fail."))


CLIENT_CREDENTIALS: Final = flow(
    "the client credentials flow",
    "Whoever has the consumer secret may log in as the run-as user.",
)
TOKEN_EXCHANGE: Final = flow(
    "the token exchange flow", "Tokens of another identity provider may be exchanged for the org's."
)
