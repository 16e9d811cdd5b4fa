"""Sinks: for the secret of each org of a fleet, a place of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from provision.cli.fleets.errand import Errand
from provision.errors import CannotError
from provision.secret import Sink, SinkError, sink_for

__all__ = ["check_sinks", "sink_of"]

_ORG: Final = "{org}"
_PLAIN: Final = re.compile(r"[\w.@+-]+")


def check_sinks(errand: Errand, orgs: Sequence[str]) -> None:
    """Raise :class:`CannotError` unless each org has a sink of its own that takes what comes."""
    if len(orgs) > 1 and _ORG not in errand.sink:
        raise CannotError(
            f"--to names one place, and {len(orgs)} orgs are meant: each would take the place of "
            "the one before",
            next_step=f"Write {_ORG} where the name of the org belongs: file:secrets/{_ORG}.json",
        )
    for org in orgs:
        sink_of(errand, org).check()


def sink_of(errand: Errand, org: str) -> Sink:
    """The sink of one org. Raises :class:`SinkError` for a text that names none."""
    if errand.sink.startswith("cmd:") and _ORG in errand.sink and not _PLAIN.fullmatch(org):
        raise SinkError(
            f"the name of the org {org!r} has characters that a command could take for its own",
            next_step="Name the org otherwise in the fleet, or leave it out with --org.",
        )
    prefix = errand.prefix or f"{errand.app}_"
    return sink_for(errand.sink.replace(_ORG, org), prefix=prefix, force=errand.force)
