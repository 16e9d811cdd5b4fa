"""A runner of GitLab's jobs, and the part of its API that they call, on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.workflows.expression import Refused

_JOB = {
    "extends", "image", "before_script", "script", "stage", "needs", "rules", "environment",
    "artifacts", "variables", "resource_group", "interruptible",
}  # fmt: skip
_COMPARED = re.compile(r'(\$\w+) == ("[^"]*"|\$\w+)')


@dataclass
class Ran:
    """What came of one job."""

    code: int
    log: str
    folder: Path


@dataclass(frozen=True)
class Pipelines:
    """A project with a template included."""

    template: Path
    repository: Path
    base: Path
    environ: Mapping[str, str]

    def run(
        self,
        variables: Mapping[str, str],
        *,
        then: Mapping[str, Callable[[], None]] | None = None,
    ) -> dict[str, Ran]:
        """Run the jobs of a pipeline, those to be started by hand too; one failure ends it.

        ``then`` is what somebody does after a job, to its artifacts too.
        """
        document = yaml.safe_load(self.template.read_text())
        variables = document.pop("variables") | variables
        done: dict[str, Ran] = {}
        passed: dict[str, str] = {}
        for name, body in document.items():
            job = _extended(document, body)
            if name.startswith(".") or not _applies(job["rules"], variables):
                continue
            assert set(job.get("needs", [])) <= set(done)
            done[name] = self._job(name, job, {**variables, **passed})
            if done[name].code:
                return done
            (then or {}).get(name, lambda: None)()
            passed |= _dotenv(job, done[name].folder)
        return done

    def _job(self, name: str, job: Mapping[str, Any], variables: Mapping[str, str]) -> Ran:
        folder = self.base / name.replace(":", "-")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.repository, folder)
        own = job.get("variables", {})
        assert not any("$" in value for value in own.values()), "GitLab would expand it"
        done = subprocess.run(
            ["sh", "-e", "-c", "\n".join([*job["before_script"], *job["script"]])],
            cwd=folder,
            env={**self.environ, **variables, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, folder)


def _extended(document: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(body) - _JOB:
        raise Refused(f"{sorted(unknown)}")
    base = document.get(body.get("extends", ""), {})
    return {**(_extended(document, base) if base else {}), **body}


def _applies(rules: list[Mapping[str, str]], variables: Mapping[str, str]) -> bool:
    (rule,) = rules
    for condition in rule["if"].split(" && "):
        found = _COMPARED.fullmatch(condition)
        if found is None:
            raise Refused(condition)
        left, right = (
            variables.get(side[1:], "") if side.startswith("$") else side.strip('"')
            for side in found.groups()
        )
        if left != right:
            return False
    return True


def _dotenv(job: Mapping[str, Any], folder: Path) -> dict[str, str]:
    file = job.get("artifacts", {}).get("reports", {}).get("dotenv")
    lines = (folder / file).read_text().splitlines() if file else []
    return dict(line.split("=", 1) for line in lines)


@dataclass
class Server:
    """GitLab's API: a token's user, the notes of merge requests, and issues."""

    token: str
    url: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100

    def answer(self, method: str, path: str, values: dict[str, Any]) -> Any:
        me = {"id": 7}
        match method, path.removeprefix("/api/v4/").split("/"):
            case "GET", ["user"]:
                return me
            case "GET", ["projects", "5", "merge_requests", "3", "notes"]:
                return self.notes
            case "POST", ["projects", "5", "merge_requests", "3", "notes"]:
                self.notes.append({"id": len(self.notes), "author": me, **values})
            case "PUT", ["projects", "5", "merge_requests", "3", "notes", number]:
                self.notes[int(number)].update(values)
            case "GET", ["projects", "5", "issues"]:
                assert values["state"] == ["opened"]
                return [issue for issue in self.issues if issue["state"] == "opened"]
            case "POST", ["projects", "5", "issues"]:
                issue = {"iid": len(self.issues), "author": me, "state": "opened", **values}
                self.issues.append(issue)
            case "PUT", ["projects", "5", "issues", number]:
                issue = self.issues[int(number)]
                issue.update(values)
                if values.get("state_event") == "close":
                    issue["state"] = "closed"
            case "POST", ["projects", "5", "issues", number, "notes"]:
                self.issues[int(number)]["note"] = values["body"]
            case _:
                raise Refused(f"{method} {path}")
        return {}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The API on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            url = urlsplit(self.path)
            values: dict[str, Any] = dict(parse_qs(url.query))
            if length := int(self.headers.get("Content-Length", 0)):
                values = json.loads(self.rfile.read(length))
            allowed = self.headers["PRIVATE-TOKEN"] == server.token
            found = server.answer(self.command, url.path, values) if allowed else {}
            following = ""
            if isinstance(found, list):  # page after page
                at = (int(values["page"][0]) - 1) * server.page
                following = str(int(values["page"][0]) + 1) if found[at + server.page :] else ""
                found = found[at : at + server.page]
            body = json.dumps(found).encode()
            self.send_response(200 if allowed else 401)
            self.send_header("X-Next-Page", following)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815  # the names that the base class calls

        def log_message(self, *_: object) -> None:
            """Nothing: the tests' output is not the place."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    server.url = f"http://127.0.0.1:{listener.server_port}/api/v4"
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def environment_of(server: Server) -> dict[str, str]:
    """What GitLab tells every job."""
    return {
        "CI_API_V4_URL": server.url,
        "CI_PROJECT_ID": "5",
        "CI_JOB_URL": "https://gitlab.example/acme/apps/-/jobs/17",
        "CI_COMMIT_SHA": "c0ffee",
        "CI_DEFAULT_BRANCH": "main",
        "NO_PROXY": "127.0.0.1",
        "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
    }
