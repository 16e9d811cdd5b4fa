"""A local org server with many orgs, in a process of its own, and the fleet files that name them.

    python -m benchmarks.fleet_server FOLDER SIZE...

Writes ``fleet-SIZE.yaml`` for each size, with orgs of its own, and a token for each org into
FOLDER; then says where it is on stdout, in a line of JSON, and serves until its input ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from provision.localorg import LocalOrg, RunningOrg

__all__ = ["main"]


def main(folder: Path, sizes: Sequence[int]) -> None:
    """Serve as many orgs as all the fleets have."""
    fleets = {size: [f"org{size}-{number}" for number in range(1, size + 1)] for size in sizes}
    seed = folder / "seed.yaml"
    seeded = (_seeded(name) for names in fleets.values() for name in names)
    seed.write_text("orgs:\n" + "".join(seeded), encoding="utf-8")
    (folder / "tokens").mkdir()
    with LocalOrg(database=folder / "orgs.db", seed=seed) as local:
        for size, names in fleets.items():
            text = "defaults: {specs: [bench.yaml]}\norgs:\n"
            text += "".join(_entry(name, folder, local) for name in names)
            (folder / f"fleet-{size}.yaml").write_text(text, encoding="utf-8")
        said = {"http": local.url, "ca_file": str(local.ca_file)}
        print(json.dumps(said), flush=True)
        sys.stdin.read()


def _seeded(name: str) -> str:
    user = f"{{username: {_admin(name)}, profile: System Administrator, last_name: Admin}}"
    return f"- {{name: {name}, users: [{user}]}}\n"


def _entry(name: str, folder: Path, local: RunningOrg) -> str:
    token = local.session(_admin(name)).access_token
    (folder / "tokens" / name).write_text(token, encoding="utf-8")
    url = local.https_url.replace("localhost", f"{name}.localhost")
    login = f"{{instance_url: '{url}', access_token: '${{file:tokens/{name}}}'}}"
    return f"  {name}: {{login: {{token: {login}}}}}\n"


def _admin(name: str) -> str:
    return f"admin@{name}.example"


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
