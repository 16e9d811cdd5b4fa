"""A local org server with many orgs, in a process of its own, and the fleet file that names them.

    python -m benchmarks.fleet_server FOLDER COUNT

Writes ``fleet.yaml`` and a token for each org into FOLDER, then says where it is on stdout, in a
line of JSON, and serves until its standard input ends.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from provision.localorg.server import Settings, running

__all__ = ["main"]


def main(folder: Path, count: int) -> None:
    """Serve ``count`` orgs, called org1 and so on."""
    names = [f"org{number}" for number in range(1, count + 1)]
    seed = folder / "seed.yaml"
    seed.write_text("orgs:\n" + "".join(map(_seeded, names)), encoding="utf-8")
    with running(Settings(database=folder / "orgs.db", seed=seed)) as local:
        port = local.https_url.rpartition(":")[2]
        (folder / "tokens").mkdir()
        for name in names:
            token = local.session(_admin(name)).access_token
            (folder / "tokens" / name).write_text(token, encoding="utf-8")
        entries = "".join(_entry(name, port) for name in names)
        (folder / "fleet.yaml").write_text(
            f"defaults: {{specs: [bench.yaml]}}\norgs:\n{entries}", encoding="utf-8"
        )
        said = {"http": local.http_url, "https": local.https_url, "ca_file": str(local.ca_file)}
        print(json.dumps(said), flush=True)
        sys.stdin.read()


def _seeded(name: str) -> str:
    user = f"{{username: {_admin(name)}, profile: System Administrator, last_name: Admin}}"
    return f"- {{name: {name}, users: [{user}]}}\n"


def _entry(name: str, port: str) -> str:
    url = f"https://{name}.localhost:{port}"
    token = f"{{instance_url: '{url}', access_token: '${{file:tokens/{name}}}'}}"
    return f"  {name}: {{login: {{token: {token}}}}}\n"


def _admin(name: str) -> str:
    return f"admin@{name}.example"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
