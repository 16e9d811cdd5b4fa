"""The tables of docs/reliability.md, from the results that a whole sweep kept.

python -m tests.faults.reliability [--results DIRECTORY] [--part]

Exits 1, and leaves the page as it is, if some scenario was not swept to its end. With ``--part``
it takes what there is, and the page says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.kinds import KINDS
from tests.faults.results import ROOT, Results, Tally
from tests.faults.scenarios import SCENARIOS

__all__ = ["END", "PAGE", "START", "main", "shown_table"]

PAGE = ROOT / "docs" / "reliability.md"
START = "<!-- sweep -->\n"
END = "<!-- end of sweep -->"


def shown_table(page: str) -> str:
    """The generated part of the page."""
    return page.partition(START)[2].partition(END)[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tables into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.reliability")
    parser.add_argument("--results", type=Path, help="a directory of results")
    parser.add_argument("--part", action="store_true", help="the sweep was not made to its end")
    options = parser.parse_args(arguments)
    results = Results(options.results) if options.results else Results.of_source()
    missing = [each.name for each in SCENARIOS if not results.is_complete(each.name)]
    if missing and not options.part:
        sys.stderr.write(f"not swept to the end: {', '.join(missing)}\nnext: Run `make faults`.\n")
        return 1
    page = PAGE.read_text(encoding="utf-8")
    tables = "".join(f"{line}\n" for line in _tables(results, part=bool(missing)))
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    PAGE.write_text(f"{before}{start}{tables}{end}{after}", encoding="utf-8")
    return 0


def _tables(results: Results, *, part: bool) -> Iterator[str]:
    if part:
        yield "A part of the sweep, not the whole:"
        yield ""
    whole = Tally()
    of_kind = {kind.name: Tally() for kind in KINDS}
    yield "| what is run | runs | untruths | not converged |"
    yield "|---|---|---|---|"
    for scenario in SCENARIOS:
        tally = Tally()
        for line in results.lines(scenario.name):
            if line.met:
                for each in (tally, whole, of_kind[line.kind]):
                    each.count(line)
        yield f"| {scenario.what} | {_counts(tally)} |"
    yield f"| all | {_counts(whole)} |"
    yield ""
    yield "| fault | runs | untruths | not converged |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        yield f"| {kind.what} | {_counts(of_kind[kind.name])} |"


def _counts(tally: Tally) -> str:
    return f"{tally.runs} | {tally.untrue} | {tally.stuck}"


if __name__ == "__main__":
    sys.exit(main())
