"""Rows and judges that several metadata types share: the parent, labels, flags, flows."""

from __future__ import annotations

from functools import partial
from typing import Final

from provision.catalogue.field import PARENT_FIELD, Evidence, Field, Kind, Role
from provision.catalogue.judge import Always, Flag, Harmless
from provision.catalogue.judge_list import Attributes
from provision.catalogue.risk import Opening, disruptive, locks_out, weakens

__all__ = [
    "CLIENT_CREDENTIALS",
    "CUSTOM_ATTRIBUTES",
    "GUIDE",
    "LABEL",
    "OBSERVED",
    "OTHER_FORMAT",
    "PARENT",
    "SHOWN",
    "TOKEN_EXCHANGE",
    "TOKEN_FORMAT",
    "flag",
    "flow",
]

GUIDE: Final = Evidence.GUIDE
OBSERVED: Final = Evidence.OBSERVED

SHOWN: Final = Harmless("People read it; no program does.")

LABEL: Final = Field("label", risk=SHOWN)

PARENT: Final = Field(
    PARENT_FIELD,
    required=True,
    role=Role.PARENT,
    risk=Harmless("A component is found by its app, so it never moves to another."),
)

CUSTOM_ATTRIBUTES: Final = Field(
    "customAttributes",
    Kind.RECORDS,
    children=(
        Field(
            "formula",
            required=True,
            risk=Always(weakens("Clients are told something else of the user.")),
        ),
        Field("key", required=True, risk=Always(disruptive("Clients miss the old attribute."))),
    ),
    note="At most 128.",
    evidence=(GUIDE,),
    risk=Attributes(),
)


flag: Final = partial(Field, kind=Kind.BOOLEAN, default=False)
"""The row of a flag that is off by default."""


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
