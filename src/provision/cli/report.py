"""`provision report`: what runs over fleets left, as reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provision.cli.console import Console
from provision.cli.options import Quiet
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.errors import ExitCode
from provision.report.format import Format

__all__ = ["merge"]


def merge(
    records: Annotated[list[Path], typer.Argument(metavar="RECORD", show_default=False)],
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    quiet: Quiet = False,
) -> None:
    """Put the records of a run's shards together: one report, and the worst exit code."""
    from provision.fleet.merge import merge as merge_records
    from provision.fleet.record import read_record
    from provision.report.findings import Findings
    from provision.report.joined import joined

    console = Console(quiet)
    read = [read_record(path) for path in records]
    for record in read:
        if record.is_torn:
            console.talk(f"notice: {record.path}: the last line is not whole, and is left out")
    merged = merge_records(read)
    report = joined(merged)
    out = Output(output_format, output, console)
    out.findings(report) if isinstance(report, Findings) else out.report(report)
    if merged.exit_code is not ExitCode.OK:
        raise typer.Exit(merged.exit_code)
