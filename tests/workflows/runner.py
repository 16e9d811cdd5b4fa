"""A runner of GitHub's workflows: the steps of ours as they are, with stand-ins around them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.workflows.expression import Refused, Scope, as_text
from tests.workflows.official import OFFICIAL, Place

_JOB = {
    "name", "needs", "if", "runs-on", "timeout-minutes", "permissions", "environment",
    "concurrency", "outputs", "strategy", "steps",
}  # fmt: skip
_MASK = re.compile(r"^::add-mask::(.+)$", re.MULTILINE)
_STEP = {"name", "id", "if", "uses", "with", "env", "run", "shell"}


@dataclass
class Job:
    """What came of a job."""

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Runner:
    """GitHub for one workflow file.

    ``repository`` is what a checkout gives, ``home`` the provision that the workflow is of,
    ``base`` a folder for everything, ``environ`` what the machine gives to every step, ``before``
    what somebody else does before a job begins.
    """

    workflow: Path
    repository: Path
    home: Path
    base: Path
    environ: Mapping[str, str]
    event: Mapping[str, Any]
    before: Mapping[str, Callable[[], None]]

    def call(self, inputs: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Job]:
        """Run the jobs, in the order of the file."""
        document = yaml.safe_load(self.workflow.read_text())
        called = document[True]["workflow_call"]  # `on`, to YAML 1.1
        assert document["permissions"] == {}, "each job asks for what it needs"
        contexts = {
            "inputs": _given(called["inputs"], inputs),
            "secrets": dict.fromkeys(called["secrets"], "") | dict(secrets),
        }
        jobs: dict[str, Job] = {}
        for name, body in document["jobs"].items():
            jobs[name] = self._job(name, body, contexts, jobs)
        return jobs

    def _job(
        self, name: str, body: Mapping[str, Any], contexts: Mapping[str, Any], done: dict[str, Job]
    ) -> Job:
        _known(body, _JOB)
        needs = [body["needs"]] if isinstance(body.get("needs"), str) else body.get("needs", [])
        before = {each: done[each] for each in needs}
        contexts = {
            **contexts,
            "github": self._github(body["permissions"]),
            "runner": {"temp": ""},
            "needs": {k: {"result": j.result, "outputs": j.outputs} for k, j in before.items()},
        }
        scope = Scope(contexts, failed=any(job.result != "success" for job in before.values()))
        if not scope.holds(body.get("if")):
            return Job("skipped")
        self.before.get(name, lambda: None)()
        job = Job("success")
        for index, matrix in enumerate(_matrix(body.get("strategy"), scope)):
            inner = {**contexts, "matrix": matrix, "strategy": {"job-index": index}, "steps": {}}
            self._one(name, index, body, inner, job)
        return job

    def _one(
        self, name: str, index: int, body: Mapping[str, Any], contexts: dict[str, Any], job: Job
    ) -> None:
        scope = Scope(contexts)
        scope.text(body.get("environment", ""))
        scope.text(body.get("concurrency", {}).get("group", ""))
        machine = Machine.new(self, self.base / "machines" / f"{name}-{index}")
        machine.run(body["steps"], scope)
        job.log += machine.log
        job.summary += machine.summary
        if scope.failed:
            job.result = "failure"
            return
        hidden = _MASK.findall(machine.log)
        for key, value in body.get("outputs", {}).items():
            text = scope.text(value)
            if any(mask in text for mask in hidden):
                text = ""  # DOC: an output that may hold a secret is left out
            job.outputs[key] = text or job.outputs.get(key, "")

    def _github(self, permissions: Mapping[str, str]) -> dict[str, Any]:
        token = ",".join(f"{what}:{how}" for what, how in permissions.items())
        return {
            "token": token,  # says what it is good for, and the stand-in heeds it
            "repository": "acme/apps",
            "server_url": "https://github.example",
            "run_id": 17,
            "event": self.event,
        }


@dataclass
class Machine:
    """What the steps of one job share."""

    runner: Runner
    folder: Path
    path: str
    log: str = ""
    summary: str = ""

    @classmethod
    def new(cls, runner: Runner, folder: Path) -> Machine:
        while folder.exists():  # the same job of an earlier call
            folder = folder.with_name(f"{folder.name}x")
        for each in ("workspace", "temp", "files"):
            (folder / each).mkdir(parents=True)
        return cls(runner, folder, runner.environ["PATH"])

    def run(
        self, steps: list[Mapping[str, Any]], scope: Scope, action: Path | None = None, **env: str
    ) -> None:
        """Run steps: those of a job, or of a composite action with what it inherits."""
        for step in steps:
            _known(step, _STEP)
            if not scope.holds(step.get("if")):
                continue
            its_env = env | {key: scope.text(value) for key, value in step.get("env", {}).items()}
            outputs: dict[str, str] = {}
            ok = self._step(step, scope, action, its_env, outputs)
            scope.failed |= not ok
            if "id" in step:
                scope.contexts["steps"][step["id"]] = {"outputs": outputs}

    def _step(
        self,
        step: Mapping[str, Any],
        scope: Scope,
        action: Path | None,
        env: dict[str, str],
        outputs: dict[str, str],
    ) -> bool:
        if "run" in step:
            assert "${{" not in step["run"], "an expression in a script is code"
            assert action is None or step["shell"] == "bash"
            return self._script(step["run"], env, action, outputs)
        given = {key: scope.fill(value) for key, value in step.get("with", {}).items()}
        used = step["uses"]
        if used.startswith("./"):
            return self._composite(used, given, scope, env, outputs)
        name, _, version = used.partition("@")
        if name not in OFFICIAL or not version.startswith("v"):
            raise Refused(used)
        workspace = self.folder / "workspace"
        place = Place(
            workspace, self.runner.repository, self.runner.home, self.runner.base / "artifacts"
        )
        OFFICIAL[name](place, {key: as_text(value) for key, value in given.items()})
        return True

    def _composite(
        self,
        used: str,
        given: Mapping[str, Any],
        scope: Scope,
        env: dict[str, str],
        outputs: dict[str, str],
    ) -> bool:
        folder = self.folder / "workspace" / used
        action = yaml.safe_load((folder / "action.yml").read_text())
        assert action["runs"]["using"] == "composite"
        texts = {key: as_text(value) for key, value in given.items()}
        inner = Scope({"inputs": _given(action["inputs"], texts), "steps": {}})
        self.run(action["runs"]["steps"], inner, folder, **env)
        for step in action["runs"]["steps"]:  # a step that was left out has outputs that are empty
            inner.contexts["steps"].setdefault(step.get("id"), {"outputs": {}})
        for name, output in action["outputs"].items():
            path = output["value"].strip("${} ").split(".")
            outputs[name] = inner.contexts["steps"][path[1]]["outputs"].get(path[-1], "")
        return not inner.failed

    def _script(
        self, script: str, env: dict[str, str], action: Path | None, outputs: dict[str, str]
    ) -> bool:
        files = {
            name: self.folder / "files" / name
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")
        }
        for file in files.values():
            file.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder / "workspace",
            env={
                **self.runner.environ,
                "PATH": self.path,
                "RUNNER_TEMP": str(self.folder / "temp"),
                "GITHUB_ACTION_PATH": str(action or ""),
                "GITHUB_REPOSITORY": "acme/apps",
                **{name: str(file) for name, file in files.items()},
                **env,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.log += done.stdout
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        for line in files["GITHUB_PATH"].read_text().splitlines():
            self.path = f"{line}{os.pathsep}{self.path}"
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            key, equals, value = line.partition("=")
            assert equals, line
            outputs[key] = value
        return done.returncode == 0


def _matrix(strategy: Mapping[str, Any] | None, scope: Scope) -> Iterator[Mapping[str, str]]:
    if strategy is None:
        yield {}
        return
    assert not strategy["fail-fast"]
    ((key, values),) = strategy["matrix"].items()
    yield from ({key: value} for value in scope.fill(values))


def _given(declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    _known(given, set(declared))
    missing = {k for k, one in declared.items() if one.get("required") and k not in given}
    assert not missing, missing
    return {key: given.get(key, one.get("default", "")) for key, one in declared.items()}


def _known(found: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(found) - known:
        raise Refused(f"{sorted(unknown)}")
