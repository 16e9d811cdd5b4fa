"""The same calls as a diff makes, by `requests` alone: the bound that a diff over a fleet is held to.

    python -m benchmarks.bare FLEET THREADS COUNT

One session an org, calls one after the other, answers read and thrown away.
"""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from benchmarks.calls import GETS, READS, envelope

_ENTRY = re.compile(r"^  (\w+): .*?'https://([^']+)'", re.MULTILINE)


def main(fleet: Path, threads: int, count: int) -> None:
    """Call the first ``count`` orgs of a fleet."""
    entries = _ENTRY.findall(fleet.read_text(encoding="utf-8"))[:count]
    with ThreadPoolExecutor(threads) as pool:
        calls = sum(pool.map(lambda entry: _org(fleet.parent, *entry), entries))
    print(calls)


def _org(folder: Path, name: str, host: str) -> int:
    token = (folder / "tokens" / name).read_text(encoding="utf-8")
    port = host.rpartition(":")[2]
    headers = {"Host": host, "Authorization": f"Bearer {token}"}
    soap = {**headers, "Content-Type": "text/xml", "SOAPAction": '""'}
    base = f"https://localhost:{port}"
    with requests.Session() as session:
        for path in GETS:
            session.get(f"{base}{path}", headers=headers, timeout=60).raise_for_status()
        for kind, full_name in READS:
            body = envelope(token, kind, full_name)
            url = f"{base}/services/Soap/m/68.0"
            session.post(url, data=body, headers=soap, timeout=60).raise_for_status()
    return len(GETS) + len(READS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
