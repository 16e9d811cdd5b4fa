"""`provision explain`: what a field or an error means."""

from __future__ import annotations

from typing import Annotated

import typer

from provision.cli.console import Console
from provision.errors import CannotError

__all__ = ["explain"]


def explain(
    words: Annotated[list[str], typer.Argument(metavar="FIELD|ERROR", show_default=False)],
) -> None:
    """Say what a field, a key of a spec, an error or an exit code means. Offline."""
    from provision.doctor.explain import explain as explained
    from provision.doctor.explain import near_terms

    term = " ".join(words).strip()
    explanations = explained(term)
    if not explanations:
        near = ", ".join(near_terms(term))
        raise CannotError(
            f"unknown term {term!r}",
            next_step=f"Near it are: {near}."
            if near
            else "Try a key of a spec (policies.session_timeout), a metadata field "
            "(sessionTimeoutInMinutes), an error (invalid_client_id) or an exit code (exit 6).",
        )
    Console().result("\n\n".join(map(str, explanations)))
