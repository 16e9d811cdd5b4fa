"""Output: in which format a result is printed, and where to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from provision.cli.console import Console
from provision.cli.elapsed import begin_elapsed
from provision.cli.telling import has_result, lose_result, note_output, note_result, noted_output
from provision.errors import CannotError
from provision.jobs.command_line import Option, Panel
from provision.redaction import SECRETS
from provision.report.format import Format, renderer_of

if TYPE_CHECKING:
    from provision.report.failed_run import FailedRun
    from provision.report.findings import Findings
    from provision.report.report import Report
    from provision.report.results import Results

__all__ = ["Output", "PlainOutput", "awaited_output"]

_STDOUT: Final = Path("-")
_FORMAT: Final = "--format"
_OUTPUT: Final = ("--output", "-o")
_AS_JSON: Final = "--json"


@dataclass(frozen=True, slots=True)
class Output:
    """How the result of a verb is written, where to, and whether anything else is said.

    A result that cannot be written ends nothing: it is lost, see :mod:`provision.cli.telling`.
    """

    panel: ClassVar = Panel.OUTPUT

    format: Annotated[Format, Option(_FORMAT, help="Format of the result.")] = Format.TEXT
    output: Annotated[
        Path | None,
        Option(*_OUTPUT, metavar="FILE", help="Write the result to FILE, not to stdout."),
    ] = None
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print only the result and errors.")] = (
        False
    )

    def begin(self) -> None:
        """Be the output of this run: of its result or its error, and of how long waits last.

        Raises :class:`CannotError` if the result could not be written in the end.
        """
        self.check()
        note_output(self)
        if not self.quiet:
            begin_elapsed()

    @property
    def console(self) -> Console:
        """Where the verb speaks."""
        return Console(self.quiet)

    @property
    def file(self) -> Path | None:
        """The file of the result; ``None`` for stdout."""
        return None if self.output == _STDOUT else self.output

    @property
    def is_talk(self) -> bool:
        """Whether the result is what a person reads on the way, as text on stdout."""
        return self.format is Format.TEXT and self.file is None

    def results(self, results: Results) -> None:
        """Print what a verb did or found, app by app."""
        from provision.report.report import Report

        self.report(Report.of(results))

    def report(self, report: Report) -> None:
        """Print what a run came to."""
        self._write(renderer_of(self.format).render(report))

    def findings(self, findings: Findings) -> None:
        """Print what a verb that only checks found."""
        self._write(renderer_of(self.format).render_findings(findings))

    def failed(self, run: FailedRun) -> None:
        """Print that a run ended with an error, in every format but text: stderr has the text."""
        from provision.report.json_document import JsonRenderer

        if self.format is Format.JSON:
            self._write(JsonRenderer().render_failed(run))
        elif self.format is not Format.TEXT:
            self._write(renderer_of(self.format).render(run.report))

    def facts(self, text: str, schema: str, content: Mapping[str, object]) -> None:
        """Print what a verb is asked for that is neither a report nor findings.

        It is ``text`` for people, and for programs a JSON object with ``content``.
        """
        if self.format is Format.JSON:
            self._write(json.dumps({"schema": schema, **_redacted(content)}, indent=2))
        elif self.file is None:
            if text:
                self.console.result(text)
        else:
            self._write(SECRETS.lines(text))

    def document(self, text: str) -> None:
        """Print a document that is the same in every format."""
        self._write(text)

    def _write(self, text: str) -> None:
        note_result()
        if self.file is None:
            self.console.document(text)
            return
        try:
            self.file.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:  # what was done is done: the exit code tells at the end
            lose_result(f"{self.file}: {error.strerror}")

    def check(self) -> None:
        """Raise :class:`CannotError` if the result could not be written in the end."""
        if self.file is None:
            return
        try:
            self.file.open("a", encoding="utf-8").close()
        except OSError as error:
            raise CannotError(
                f"{self.file} cannot be written: {error.strerror}",
                next_step="Choose another --output.",
            ) from error


@dataclass(frozen=True, slots=True)
class PlainOutput(Output):
    """The output of a verb whose result is neither a report nor findings."""

    format: Annotated[
        Literal[Format.TEXT, Format.JSON], Option(_FORMAT, help="Format of the result.")
    ] = Format.TEXT


def _redacted(value: object) -> Any:  # noqa: ANN401  # what JSON can hold
    """``value`` without the secrets of this process."""
    match value:
        case str():
            return SECRETS.exact(value)
        case Mapping():
            return {name: _redacted(each) for name, each in value.items()}
        case list() | tuple():
            return [_redacted(each) for each in value]
        case _:
            return value


def awaited_output(arguments: Sequence[str]) -> Output | None:
    """The output to which no result is written yet; ``None`` if there is no such output.

    Of a command line that is wrong, it is what its ``arguments`` seem to ask for.
    """
    if has_result():
        return None
    return noted_output() or _asked_for(arguments)


def _asked_for(arguments: Sequence[str]) -> Output:
    """The output that ``arguments`` name: stdout, if the file that they name cannot be written."""
    named = Format.JSON.value if _AS_JSON in arguments else _value_of(arguments, _FORMAT)
    form = Format(named) if named in set(Format) else Format.TEXT
    file = _value_of(arguments, *_OUTPUT)
    if not file:
        return Output(form)
    asked_for = Output(form, Path(file))
    try:
        asked_for.check()
    except CannotError:
        return Output(form)
    return asked_for


def _value_of(arguments: Sequence[str], *names: str) -> str:
    """The value of an option, empty without it. The last one counts, as for the parser."""
    value = ""
    for before, argument in pairwise(("", *arguments)):
        name, _, given = argument.partition("=")
        if name in names and "=" in argument:
            value = given
        elif before in names:
            value = argument
    return value
