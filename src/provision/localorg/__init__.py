"""A Salesforce org emulated on this machine, for tests and for trying specs (docs/local-org.md).

    from provision.localorg import LocalOrg

    with LocalOrg() as org:
        session = org.session()
        requests.get(
            f"{org.url}/services/data/v68.0/limits",
            headers={"Authorization": f"Bearer {session.access_token}"},
            timeout=10,
        )

A ``LocalOrg`` says how to run the org, and the block gets a ``RunningOrg``. The server's modules
are imported when one of these names is first used, so importing the package is cheap.

Inside there are three layers, and each knows only those below it:

* transport: ``http`` (sockets, dispatch), ``login`` (OAuth endpoints and pages), ``rest``,
  ``soap``; each request travels through them as an ``exchange``;
* rules: ``domain`` (apps, people, deploys), ``oauth`` (clients, grants, tokens), ``soql``;
* ``store``: state in one SQLite file.

``operate`` queries and resets a local org that another process runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provision.localorg.clock import Clock
    from provision.localorg.http.request_log import RequestRecord
    from provision.localorg.oauth.session import ReadySession
    from provision.localorg.quirks import Quirks
    from provision.localorg.server import LocalOrg, RunningOrg

__all__ = ["Clock", "LocalOrg", "Quirks", "ReadySession", "RequestRecord", "RunningOrg"]

_MODULES = {
    "Clock": "clock",
    "LocalOrg": "server",
    "Quirks": "quirks",
    "ReadySession": "oauth.session",
    "RequestRecord": "http.request_log",
    "RunningOrg": "server",
}

if not TYPE_CHECKING:  # to a type checker, a module's __getattr__ would make every name valid

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
