"""Chosen key: the consumer key of an app that gets its first one, minted here."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from typing import Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component

__all__ = ["chosen_key", "with_chosen_key"]

_LETTERS: Final = string.ascii_letters
_LENGTH: Final = 64  # of 62 characters each: 380 bits


def chosen_key() -> str:
    """A random consumer key. An org never had it: keys are unique among all orgs (OBS).

    DOC (ConnectedApp): 8 to 256 letters and digits. A letter comes first: keys that orgs mint
    begin with ``3MVG9`` (OBS), and this one does not pass for one of them.
    """
    rest = (secrets.choice(_LETTERS + string.digits) for _ in range(_LENGTH - 1))
    return "".join([secrets.choice(_LETTERS), *rest])


def with_chosen_key(components: Sequence[Component]) -> tuple[Component, ...]:
    """``components``, the global OAuth settings among them with a key that is chosen anew."""
    return tuple(
        Component(item.type, item.full_name, {**item.fields, "consumerKey": chosen_key()})
        if item.type is GLOBAL_OAUTH_SETTINGS
        else item
        for item in components
    )
