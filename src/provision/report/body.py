"""Body: what a run found in one org, or did to it, as JSON for the run's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.errors import CannotError
from provision.findings import Finding
from provision.plan.codec import as_json, from_json
from provision.report.entry import Entry
from provision.report.findings import Findings
from provision.report.report import Report

__all__ = ["SCHEMA", "Body", "body_from", "body_of"]

SCHEMA: Final = "provision/entry/3"
_NEXT: Final = "Run it again for that org with this version of provision."


@dataclass(frozen=True, slots=True)
class Body:
    """The entries of one org, or the findings of a verb that only checks, and the checked apps."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()


def body_of(outcome: Report | Findings) -> Mapping[str, object]:
    """An org's report or findings as JSON. It has no secrets."""
    if isinstance(outcome, Report):
        body = Body(outcome.entries)
    else:
        found = outcome.redacted()
        body = Body(findings=found.findings, checked=found.checked)
    return {"schema": SCHEMA, **as_json(body)}


def body_from(kept: Mapping[str, object], place: str) -> Body:
    """The body that was written at ``place`` (``file:line``). An empty object is an empty body.

    Raises :class:`CannotError` for anything else that :func:`body_of` did not make.
    """
    if not kept:
        return Body()
    content = dict(kept)
    schema = content.pop("schema", None)
    if schema != SCHEMA:
        message = f"{place}: the body has the schema {schema!r}, not {SCHEMA!r}"
        raise CannotError(message, next_step=_NEXT)
    try:
        return from_json(Body, content)
    except ValueError as error:
        problems = "\n".join(f"{place}: {line}" for line in str(error).splitlines())
        raise CannotError(problems, next_step=_NEXT) from None
