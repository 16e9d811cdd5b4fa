"""Output: in which format a result is printed, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.telling import lose_result, note_result
from provision.errors import CannotError
from provision.report.format import Format, renderer_of

if TYPE_CHECKING:
    from provision.report.findings import Findings
    from provision.report.report import Report
    from provision.report.results import Results

__all__ = ["FormatChoice", "Output", "OutputFile"]


def _unless_stdout(file: Path | None) -> Path | None:
    return None if file == Path("-") else file


FormatChoice = Annotated[Format, typer.Option("--format", help="How the result is written.")]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the result there instead of to stdout.",
        show_default=False,
        callback=_unless_stdout,
    ),
]


@dataclass(frozen=True, slots=True)
class Output:
    """A format and a place for the result of one run.

    A result that cannot be written ends nothing: it is lost, see :mod:`provision.cli.telling`.
    """

    format: Format
    file: Path | None
    console: Console

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
