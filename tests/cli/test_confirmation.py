"""Asking on a terminal: whatever is no yes is a no."""

from __future__ import annotations

import io
import sys

import pytest

from provision.cli.confirmation import confirm
from provision.errors import GateRefused


class Terminal(io.StringIO):
    """A terminal at which somebody types a text, or Ctrl-C."""

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        if self.getvalue() == "\x03":
            raise KeyboardInterrupt
        return super().readline(-1 if size is None else size)


def test_a_yes_is_one(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    confirm("Apply this?")


@pytest.mark.parametrize("typed", ["n\n", "\n", "\x03", ""], ids=["no", "enter", "ctrl-c", "eof"])
def test_anything_else_is_not_confirmed(monkeypatch, typed) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    with pytest.raises(GateRefused, match="not confirmed"):
        confirm("Apply this?")
