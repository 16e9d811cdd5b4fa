"""Messages about apps of installed packages, which provision does not manage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["IN_SETUP", "namespace_of", "package_apps_message", "packaged_app_message"]

IN_SETUP: Final = (
    "Set the policies of an app of a package in Setup, External Client App Manager, Edit Policies."
)
"""What a customer can do with such an app."""

_NOT_MANAGED: Final = "and provision does not manage apps of installed packages yet"

# A namespace has 1 to 15 characters, no underscore at an end, and no two in a row.
_PACKAGED: Final = re.compile(r"([A-Za-z](?:_?[A-Za-z0-9]){0,14})__[A-Za-z](?:_?[A-Za-z0-9])*")


def namespace_of(name: str) -> str:
    """The namespace in ``ns__App``; empty for a name without one."""
    found = _PACKAGED.fullmatch(name)
    return found[1] if found else ""


def packaged_app_message(name: str) -> str:
    """The message that ``ns__App`` is an app of a package."""
    return f"{name} is an app of the installed package {namespace_of(name)}, {_NOT_MANAGED}"


def package_apps_message(app: str, packages: Sequence[str]) -> str:
    """The message that an org has apps called ``app`` from ``packages`` (namespaces)."""
    names = " and ".join(f"{each}__{app} of the installed package {each}" for each in packages)
    return f"{names}, {_NOT_MANAGED}"
