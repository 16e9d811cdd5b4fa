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
    from provision.doctor.meaning.dictionary import (
        look_up,
        look_up_refusal,
        look_up_spelled,
        near_words,
    )

    word = " ".join(words).strip()
    meanings = look_up(word) or look_up_refusal(word) or look_up_spelled(word)
    if not meanings:
        near = ", ".join(near_words(word))
        raise CannotError(
            f"unknown term {word!r}",
            next_step=f"Near it are: {near}."
            if near
            else "Try a key of a spec (policies.session_timeout), a metadata field "
            "(sessionTimeoutInMinutes), an error (invalid_client_id) or an exit code (exit 6).",
        )
    Console().result("\n\n".join(map(str, meanings)))
