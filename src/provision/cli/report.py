"""`provision report`: reports of runs over fleets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from provision.cli.option_groups import takes_options
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.command_line import Argument

__all__ = ["merge"]


@takes_options
def merge(
    records: Annotated[
        tuple[Path, ...], Argument("RECORD", "The record of each shard: rows.jsonl of its run.")
    ],
    out: Output,
) -> ExitCode:
    """Merge the records of a run's shards into one report.

    The exit code is the worst of the shards.

    Examples:
        provision report merge shard-*.jsonl --format html --output report.html
    """
    from provision.fleet.merge import merge as merge_records
    from provision.report.findings import Findings
    from provision.report.joined import joined
    from provision.runs.rows import read_record

    read = [read_record(path) for path in records]
    for record in read:
        if record.is_torn:
            out.console.talk(f"notice: {record.path}: the last line is not whole, and is left out")
    merged = merge_records(read)
    report = joined(merged)
    out.findings(report) if isinstance(report, Findings) else out.report(report)
    return merged.exit_code
