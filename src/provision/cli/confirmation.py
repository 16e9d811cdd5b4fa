"""Confirmation: asking before a write, on a terminal alone."""

from __future__ import annotations

import sys

import typer

from provision.cli.elapsed import no_elapsed
from provision.errors import GateRefused

__all__ = ["confirm"]


def confirm(question: str) -> None:
    """Ask on a terminal; without one, nothing is ever asked. Raises :class:`GateRefused`.

    Ctrl-C, or the end of the input, is a no like any other.
    """
    if not sys.stdin.isatty():
        raise GateRefused(
            "not confirmed: there is no terminal to ask on",
            next_step="Run it with --yes, when that is what you want.",
        )
    try:
        with no_elapsed():
            is_wanted = typer.confirm(question, err=True)
    except typer.Abort:
        is_wanted = False
    if not is_wanted:
        raise GateRefused(
            "not confirmed",
            next_step="Run it again and answer y, or with --yes, when that is what you want.",
        )
