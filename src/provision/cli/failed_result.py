"""The result of a run that failed before it had one: the error, in the format of the result.

A program that reads stdout then gets one document, whatever happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provision.cli.output import Output
from provision.cli.telling import has_result
from provision.cli.verbs import VERBS, Family
from provision.errors import ProvisionError
from provision.redaction import SECRETS
from provision.report.format import Format

__all__ = ["report_failure"]

_FORMAT = "--format"
_OUTPUT = ("--output", "-o")


def report_failure(error: ProvisionError, arguments: Sequence[str]) -> None:
    """Write ``error`` as the result of the command line ``arguments``.

    Nothing is written if the result is a text, since stderr has the error, or if the result was
    written before.
    """
    form = _value_of(arguments, _FORMAT)
    if has_result() or form not in set(Format) - {Format.TEXT}:
        return
    from provision.report.report import Report, failed_org

    file = _value_of(arguments, *_OUTPUT)
    out = Output(Format(form), Path(file) if file else None)
    out.report(Report(_verb(arguments), (failed_org("", error, SECRETS),)))


def _value_of(arguments: Sequence[str], *options: str) -> str:
    """The value of an option, empty without it. The last one counts, as for the parser."""
    value = ""
    for index, argument in enumerate(arguments):
        name, equals, rest = argument.partition("=")
        if name in options:
            value = rest if equals else "".join(arguments[index + 1 : index + 2])
    return value


def _verb(arguments: Sequence[str]) -> str:
    """The verb of a command line, with its family's name: ``rotate certificate``."""
    first = "".join(arguments[:1])
    is_family = any(isinstance(each, Family) and each.name == first for each in VERBS)
    return " ".join(arguments[: 1 + is_family])
