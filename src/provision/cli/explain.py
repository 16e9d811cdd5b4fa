"""`provision explain`: what a field or an error means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.errors import CannotError

if TYPE_CHECKING:
    from provision.doctor.meaning.meaning import Meaning

__all__ = ["explain"]


def explain(
    words: Annotated[list[str], typer.Argument(metavar="FIELD|ERROR", show_default=False)],
) -> None:
    """Say what a field, a key of a spec, an error or an exit code means. Offline."""
    from provision.doctor.meaning.dictionary import look_up, look_up_code, near_words

    word = " ".join(words).strip()
    meanings = look_up(word) or _of_oauth(word) or look_up_code(word)
    if not meanings:
        near = ", ".join(near_words(word))
        raise CannotError(
            f"nobody here knows what {word!r} is",
            next_step=f"Near it are: {near}."
            if near
            else "Try a key of a spec (policies.session_timeout), a metadata field "
            "(sessionTimeoutInMinutes), an error (invalid_client_id) or an exit code (exit 6).",
        )
    Console().result("\n\n".join(map(str, meanings)))


def _of_oauth(text: str) -> tuple[Meaning, ...]:
    """What an OAuth error means; nothing where the explanation is the one for all others."""
    from provision.apply.explanation import explained
    from provision.doctor.meaning.meaning import Meaning

    step = explained(text)
    if step == explained(""):
        return ()
    return (Meaning(f"{text} (error of OAuth)", (("next step", step),)),)
