"""Error codes of Salesforce."""

from __future__ import annotations

import re
from typing import Final

from provision.doctor.meaning.meaning import Meaning
from provision.org.instance_url import InstanceUrl
from provision.org.refusal import SESSION_GONE, refusal, session_refused
from provision.org.session import Session

__all__ = ["salesforce_meaning"]

_CODE: Final = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


def salesforce_meaning(text: str) -> Meaning | None:
    """What the first known error code in ``text`` means; ``None`` if there is none.

    A code that stands alone may be in lower case.
    """
    if " " not in text:
        text = text.upper()
    unknown = refusal("", "").next_step
    for code in _CODE.findall(text):
        step = _gone() if code == SESSION_GONE else refusal(code, "").next_step
        if step != unknown:
            return Meaning(f"{code} (error code of Salesforce)", (("next step", step),))
    return None


def _gone() -> str:
    """What is said of a session that an org refuses, whichever session it is."""
    session = Session(InstanceUrl("https://org.example"), "none", "")
    return session_refused(session, "").next_step
