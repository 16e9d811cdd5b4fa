"""Beside `sf`: one change of one app, done by Salesforce's own CLI and by provision."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import SPEC, Bench
from provision.org.http import http_session
from provision.org.login.flows import TokenLogin
from provision.org.org import ReadableOrg
from tests.conformance.clients.sf import Sf
from tests.conformance.toolbox import Source, Verdict, noted

__all__ = ["print_beside_sf"]

_USER = "admin@localorg.example"
_MILLISECONDS = (0, 50)
_PROJECT = '{"packageDirectories": [{"path": "force-app", "default": true}]}'
_TYPES = (
    "ExternalClientApplication",
    "ExtlClntAppOauthSettings",
    "ExtlClntAppGlobalOauthSettings",
    "ExtlClntAppOauthConfigurablePolicies",
    "ExtlClntAppConfigurablePolicies",
)


def print_beside_sf(bench: Bench) -> float | None:
    """Wall time of login, read, deploy, read back: every process counted from its start.

    Returns what `sf` takes at the longest of the latencies; ``None`` where it is not installed.
    """
    if noted(Source.NPM).verdict is not Verdict.INSTALLED:
        print("beside `sf`: not measured, it is not installed (`make conformance` does)\n")
        return None
    key = _consumer_key(bench)
    by_app = {
        "PROVISION_INSTANCE_URL": bench.org.https_url,
        "PROVISION_CLIENT_ID": key,
        "PROVISION_USERNAME": _USER,
        "PROVISION_PRIVATE_KEY": "keys/bench.key",
        "PROVISION_AUDIENCE": bench.org.https_url,
    }
    ours = replace(bench, session=by_app)
    sf = _sf(bench.folder)
    print("| latency | `sf`, s | `provision apply --yes --no-proof`, s | of `sf`'s time |")
    print("|---|---|---|---|")
    for milliseconds in _MILLISECONDS:
        bench.set_latency(milliseconds / 1000)
        theirs = _by_sf(sf, bench, key, f"sf {milliseconds}")
        (bench.folder / "bench.yaml").write_text(f"{SPEC}description: at {milliseconds} ms\n")
        seconds = ours.run("apply", "bench.yaml", "--yes", "--no-proof").seconds
        print(f"| {milliseconds} ms | {theirs:.2f} | {seconds:.2f} | {seconds / theirs:.2f} |")
    bench.set_latency(0)
    print()
    return theirs


def _by_sf(sf: Sf, bench: Bench, key: str, description: str) -> float:
    """Log in, retrieve, deploy with another description, retrieve."""
    retrieve = ("project", "retrieve", "start", *(f"--metadata={name}" for name in _TYPES))
    start = time.perf_counter()
    sf.login_jwt(bench.org.url, _USER, key, bench.folder / "keys" / "bench.key").checked()
    sf(*retrieve).checked()
    [header] = sf.folder.rglob("*.eca-meta.xml")
    _describe(header, description)
    sf("project", "deploy", "start").checked()
    sf(*retrieve).checked()
    return time.perf_counter() - start


def _describe(header: Path, description: str) -> None:
    """Change the description; elements stand in alphabetical order."""
    text = re.sub(r"\s*<description>.*?</description>", "", header.read_text(encoding="utf-8"))
    described = f"</contactEmail><description>{description}</description>"
    header.write_text(text.replace("</contactEmail>", described), encoding="utf-8")


def _sf(folder: Path) -> Sf:
    project = folder / "project"
    (project / "force-app").mkdir(parents=True)
    (project / "sfdx-project.json").write_text(_PROJECT, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    return Sf(home, project)


def _consumer_key(bench: Bench) -> str:
    ready = bench.org.session()
    login = TokenLogin(bench.org.https_url, ready.access_token, "a benchmark")
    with http_session(ca_file=bench.org.ca_file) as http:
        return ReadableOrg("local", login.open(http), http, 68).find_app("Bench").consumer_key
