"""Hidden: the texts that no output of this process may show. A leaf."""

from __future__ import annotations

import threading
from collections.abc import Iterable

__all__ = ["forget_hidden", "hidden_texts", "hide"]

_guard = threading.Lock()  # orgs of a fleet are worked on in threads
_hidden: frozenset[str] = frozenset()


def hide(texts: Iterable[str]) -> None:
    """Never show ``texts`` from here on, be it in a result, on the way, or in an error."""
    global _hidden  # noqa: PLW0603  # what is hidden is hidden in all of the process
    with _guard:
        new = {text for text in texts if text.strip()} - _hidden
        if new:
            _hidden |= new


def hidden_texts() -> frozenset[str]:
    """All that is hidden by now."""
    return _hidden


def forget_hidden() -> None:
    """Hide nothing any more: for a test that runs the program several times in one process."""
    global _hidden  # noqa: PLW0603  # see hide()
    with _guard:
        _hidden = frozenset()
