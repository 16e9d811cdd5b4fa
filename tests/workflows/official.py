"""Stand-ins for GitHub's own actions: what ours rely on, and no option that ours do not set."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType

__all__ = ["OFFICIAL", "Place"]


@dataclass(frozen=True)
class Place:
    """Where an action works: the job's workspace, and what GitHub has."""

    workspace: Path
    repository: Path
    home: Path
    artifacts: Path


def _checkout(place: Place, given: Mapping[str, str]) -> None:
    assert given["persist-credentials"] == "false"
    if set(given) == {"persist-credentials"}:
        shutil.copytree(place.repository, place.workspace, dirs_exist_ok=True)
        return
    assert set(given) == {"persist-credentials", "repository", "ref", "path"}
    assert (given["repository"], given["ref"]) == ("OWNER/provision", "v1")
    for part in (".github", "requirements"):
        shutil.copytree(place.home / part, place.workspace / given["path"] / part)


def _setup_python(_: Place, given: Mapping[str, str]) -> None:
    assert set(given) == {"python-version"}


def _upload(place: Place, given: Mapping[str, str]) -> None:
    assert given["include-hidden-files"] == "true"  # else nothing that begins with a dot goes along
    paths = [place.workspace / line for line in given["path"].split()]
    target = place.artifacts / given["name"]
    shutil.rmtree(target, ignore_errors=True)
    for path in filter(Path.exists, paths):
        inside = "" if len(paths) == 1 else path.relative_to(place.workspace)
        shutil.copytree(path, target / inside)


def _download(place: Place, given: Mapping[str, str]) -> None:
    assert set(given) == {"pattern", "path"}
    there = place.artifacts.iterdir() if place.artifacts.exists() else ()
    found = [each for each in there if fnmatchcase(each.name, given["pattern"])]
    for artifact in found:
        inside = "" if len(found) == 1 else artifact.name
        shutil.copytree(artifact, place.workspace / given["path"] / inside)


OFFICIAL: Mapping[str, Callable[[Place, Mapping[str, str]], None]] = MappingProxyType(
    {
        "actions/checkout": _checkout,
        "actions/setup-python": _setup_python,
        "actions/upload-artifact": _upload,
        "actions/download-artifact": _download,
    }
)
