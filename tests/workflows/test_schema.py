"""The files for CI servers, held to the schemas that are published for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.workflows.conftest import HOME

pytestmark = pytest.mark.slow

FILES = [
    *(
        pytest.param(path, "vendor.github-workflows", id=path.name)
        for path in sorted((HOME / ".github" / "workflows").glob("*.yml"))
    ),
    pytest.param(
        HOME / ".github/actions/provision/action.yml", "vendor.github-actions", id="action.yml"
    ),
    pytest.param(HOME / "manifests/ci/gitlab-ci.yml", "vendor.gitlab-ci", id="gitlab-ci.yml"),
]


@pytest.mark.parametrize(("path", "schema"), FILES)
def test_a_file_is_what_its_server_takes(path, schema) -> None:
    transform = ("--data-transform", "gitlab-ci") if "gitlab" in schema else ()
    done = subprocess.run(
        [
            sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *transform,
            str(path),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
