"""Output: in which format a result is printed, and where to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from provision.cli.console import Console
from provision.cli.elapsed import begin_elapsed
from provision.cli.telling import lose_result, note_result
from provision.errors import CannotError
from provision.jobs.command_line import Option, Panel
from provision.redaction import SECRETS
from provision.report.format import Format, renderer_of

if TYPE_CHECKING:
    from provision.report.findings import Findings
    from provision.report.report import Report
    from provision.report.results import Results

__all__ = ["Output", "PlainOutput"]

_STDOUT: Final = Path("-")


@dataclass(frozen=True, slots=True)
class Output:
    """How the result of a verb is written, where to, and whether anything else is said.

    A result that cannot be written ends nothing: it is lost, see :mod:`provision.cli.telling`.
    """

    panel: ClassVar = Panel.OUTPUT

    format: Annotated[Format, Option("--format", help="Format of the result.")] = Format.TEXT
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="FILE", help="Write the result to FILE, not to stdout."),
    ] = None
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print only the result and errors.")] = (
        False
    )

    def begin(self) -> None:
        """Show how long waits last, unless nothing is to be said."""
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

    def check(self) -> None:
        """Raise :class:`CannotError` now if the result could not be written in the end."""
        if self.file is not None:
            try:
                self.file.open("a", encoding="utf-8").close()
            except OSError as error:
                raise self._unwritable(error) from error

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

    def facts(self, text: str, schema: str, content: Mapping[str, object]) -> None:
        """Print what a verb is asked for that is neither a report nor findings.

        It is ``text`` for people, and for programs a JSON object with ``content``.
        """
        if self.format is Format.JSON:
            self._write(json.dumps({"schema": schema, **content}, indent=2))
        elif self.file is None:
            if text:
                self.console.result(text)
        else:
            self._write(SECRETS.lines(text))

    def document(self, text: str) -> None:
        """Print a document that is the same in every format."""
        self._write(text)

    def _write(self, text: str) -> None:
        if self.file is None:
            self.console.document(text)
            return
        note_result()
        try:
            self.file.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:  # what was done is done: the exit code tells at the end
            lose_result(f"{self.file}: {error.strerror}")

    def _unwritable(self, error: OSError) -> CannotError:
        return CannotError(
            f"{self.file} cannot be written: {error.strerror}", next_step="Choose another --output."
        )


@dataclass(frozen=True, slots=True)
class PlainOutput(Output):
    """The output of a verb whose result is neither a report nor findings."""

    format: Annotated[
        Literal[Format.TEXT, Format.JSON], Option("--format", help="Format of the result.")
    ] = Format.TEXT
