"""`provision explain`: what a field or an error means."""

from __future__ import annotations

from typing import Annotated, Final

from provision.cli.option_groups import takes_options
from provision.cli.output import PlainOutput
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Argument

__all__ = ["explain"]

_SCHEMA: Final = "provision/explanation/1"


@takes_options
def explain(
    words: Annotated[
        tuple[str, ...],
        Argument("FIELD|ERROR", "A key of a spec, a metadata field, an error, or `exit N`."),
    ],
    out: PlainOutput,
) -> ExitCode:
    """Explain a field, a key of a spec, an error or an exit code. Offline.

    Examples:
        provision explain policies.session_timeout
        provision explain invalid_client_id
        provision explain exit 6
    """
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
    texts = [str(each) for each in explanations]
    out.facts("\n\n".join(texts), _SCHEMA, {"term": term, "explanations": texts})
    return ExitCode.OK
