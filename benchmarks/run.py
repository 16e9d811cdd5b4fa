"""Prints the tables of benchmarks/README.md: ``make benchmark``, or ``python -m benchmarks.run``.

Each table stands beside a bound of the same run: absolute times say nothing on another machine.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.beside_sf import print_beside_sf
from benchmarks.fleet import print_fleets
from benchmarks.start import print_start, print_validate
from benchmarks.trips import print_trips
from provision.localorg import LocalOrg


def main() -> None:
    """Measure everything. What is measured over many orgs has a module of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with LocalOrg(database=folder / "org.db") as org:
            bench = Bench.made(folder, org)
            print_trips(bench)
            print_start(bench)
            print_validate(folder)
            by_sf = print_beside_sf(bench)
    print_fleets(by_sf=by_sf)


if __name__ == "__main__":
    main()
