"""The calls of a diff over a fleet by `requests` alone: what ours is held to.

    python -m benchmarks.bare FLEET THREADS

One session an org, its calls one after the other, as a run over a fleet makes them; their answers
are read and thrown away.
"""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import requests

from benchmarks.calls import GETS, READS, listing, reading

__all__ = ["main"]

_ENTRY = re.compile(r"^  ([\w-]+): .*?'https://([^']+)'", re.MULTILINE)


def main(fleet: Path, threads: int) -> None:
    """Call every org of a fleet."""
    entries = _ENTRY.findall(fleet.read_text(encoding="utf-8"))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(partial(_call, fleet.parent), entries))


def _call(folder: Path, entry: tuple[str, str]) -> None:
    name, host = entry
    token = (folder / "tokens" / name).read_text(encoding="utf-8")
    base = f"https://localhost:{host.rpartition(':')[2]}"
    headers = {"Host": host, "Authorization": f"Bearer {token}"}
    soap = {**headers, "Content-Type": "text/xml", "SOAPAction": '""'}
    with requests.Session() as session:
        for path in GETS:
            session.get(f"{base}{path}", headers=headers, timeout=60).raise_for_status()
        url = f"{base}/services/Soap/m/68.0"
        for body in (*(reading(token, *each) for each in READS), listing(token)):
            session.post(url, data=body, headers=soap, timeout=60).raise_for_status()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
