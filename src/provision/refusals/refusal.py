"""Refusal: one row of the dictionary, and how a text is recognised as that refusal."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from functools import cached_property

__all__ = ["Cause", "Flow", "Known", "Refusal", "Sure", "Where", "folded", "one"]

_APOSTROPHES = str.maketrans(
    {"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{MODIFIER LETTER APOSTROPHE}": "'"}
)


class Flow(Enum):
    """The OAuth flow that was refused. Some errors mean something else in each."""

    JWT_BEARER = "JWT bearer"
    CLIENT_CREDENTIALS = "client credentials"
    WEB_SERVER = "web server"
    REFRESH = "refresh token"


class Where(Enum):
    """What answers with a refusal."""

    TOKEN = "the token endpoint"  # noqa: S105
    AUTHORIZE = "the authorize endpoint"
    FIRST_CALL = "the first API call with a fresh token"
    IDENTITY = "the userinfo and identity endpoints"
    REST = "the REST API"
    SOAP = "the SOAP API"
    DEPLOY = "a deploy"
    CREDENTIALS = "the credentials resource"
    PROOF = "the proof, which compares what it got with the spec"
    SF = "the sf CLI"
    LIBRARY = "a client library"
    SETUP = "Setup"


class Sure(Enum):
    """How sure it is that an org means this."""

    DOCUMENTED = "documented by Salesforce"
    OBSERVED = "observed in orgs"
    REPORTED = "reported by users"
    INFERRED = "inferred"


class Known(Enum):
    """What is known of a login that was refused, and rules a cause out."""

    MY_DOMAIN = "it was sent to a My Domain"
    AS_IN_ORG = "its key, callback URL and scopes are the app's, as the org has them"
    ADMIN_APPROVED = "an administrator approves the users of the app"
    SELF_AUTHORIZED = "each user approves the app"
    SWITCHED_ON = "the app's policies have it switched on"


class _Says(IntEnum):
    """How much it says that a sign stands in a text."""

    WRAPPED = 0
    CODE = 1
    TEXT = 2


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, and what to do if it is this one. Each is a sentence or two.

    It is none of a login of which what ``ruled_out_by`` says is known.
    """

    text: str
    next_step: str
    ruled_out_by: Known | None = None


@dataclass(frozen=True)
class Refusal:
    """One refusal.

    ``name`` is ours. A text that an org answered is this refusal if one of ``texts`` or one of
    ``codes`` stands in it, whatever the case; ``*`` in a text stands for anything. A text says
    more than a code: many refusals share a code. ``causes`` have the likeliest first. With
    ``flows``, the row is about these flows alone. ``wraps``: a client says so of whatever an org
    said, so that any other row that fits says more.
    """

    name: str
    means: str
    causes: tuple[Cause, ...]
    where: tuple[Where, ...]
    source: str
    sure: Sure
    texts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    flows: tuple[Flow, ...] = ()
    wraps: bool = False

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], tuple[int, int, str]], ...]:
        code = _Says.WRAPPED if self.wraps else _Says.CODE
        return tuple(
            (_pattern(sign), (says, len(sign), sign))
            for signs, says in ((self.texts, _Says.TEXT), (self.codes, code))
            for sign in signs
        )

    def fit(self, text: str) -> tuple[int, int] | None:
        """How well a :func:`folded` text fits, ``None`` if it does not.

        A text of the row says more than a code, and the longer more than the shorter.
        """
        best = self._best(text)
        return best[:2] if best else None

    def sign_in(self, text: str) -> str:
        """The sign of the row that a :func:`folded` text has, its first one if it has none."""
        best = self._best(text)
        return best[2] if best else next(iter((*self.codes, *self.texts)))

    def _best(self, text: str) -> tuple[int, int, str] | None:
        return max((fit for sign, fit in self._patterns if sign.search(text)), default=None)

    @property
    def next_step(self) -> str:
        """What to do: of the only cause, or of each, the likeliest first."""
        if len(self.causes) == 1:
            [cause] = self.causes
            return f"{cause.text} {cause.next_step}"
        return f"Likeliest first: {self.listed}"

    def knowing(self, known: Collection[Known]) -> Refusal:
        """The same without the causes that what is known rules out, as long as one is left."""
        causes = tuple(cause for cause in self.causes if cause.ruled_out_by not in known)
        return replace(self, causes=causes or self.causes)

    @property
    def listed(self) -> str:
        """The causes, numbered, the likeliest first, each with what to do."""
        return " ".join(
            f"({number}) {cause.text} {cause.next_step}"
            for number, cause in enumerate(self.causes, start=1)
        )


def one(text: str, next_step: str) -> tuple[Cause, ...]:
    """The causes of a refusal that has one."""
    return (Cause(text, next_step),)


def folded(text: str) -> str:
    """A text as it is compared: in lower case, plain apostrophes, single spaces."""
    return " ".join(text.translate(_APOSTROPHES).casefold().split())


def _pattern(sign: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in folded(sign).split("*"))
    return re.compile(rf"(?<!\w){'.*?'.join(parts)}(?!\w)")
