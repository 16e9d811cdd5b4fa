"""Names that the org does not have: each at its own place, with a next step that fits it."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import ExitCode

HEAD = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
"""
CREATE = "let provision create them"
NO_USERS = "provision creates no users"
SOURCE = "Correct `clone_of`: it names a profile that the org has already."


APPROVED = "policies:\n  permitted_users: admin_approved\n"
PROFILES = f"{APPROVED}  profiles:\n    - Standard User\n    - Nobody\n"
SETS = f"{APPROVED}  permission_sets:\n    - name: Robots\n"
CLONE = f"{APPROVED}  profiles:\n    - {{name: Robots, create: true, clone_of: Nobody}}\n"
ASSIGNED = f"""{SETS}      create: true
      assign_to:
        - admin@localorg.example
        - ci@example.com
"""
RUN_AS = "  client_credentials: {run_as: ci@example.com}\n"
BOTH = f"{RUN_AS}{APPROVED}  profiles: [Nobody]\n"


@pytest.mark.parametrize(
    ("rest", "where", "said", "steps"),
    [
        (PROFILES, "11:7", "profile 'Nobody'", [CREATE]),
        (SETS, "10:13", "permission set 'Robots'", [CREATE]),
        (CLONE, "10:46", "profile 'Nobody'", [SOURCE]),
        (ASSIGNED, "14:11", "user 'ci@example.com'", [NO_USERS]),
        (RUN_AS, "7:32", "user 'ci@example.com'", [NO_USERS]),
        (BOTH, "7:32", "user 'ci@example.com'", [CREATE, NO_USERS]),
    ],
    ids=["profile", "permission set", "clone_of", "assign_to", "run_as", "both"],
)
def test_a_name_that_is_not_there(run, tmp_path: Path, rest, where, said, steps) -> None:
    path = tmp_path / "robot.yaml"
    path.write_text(HEAD + rest, encoding="utf-8")
    ran = run("plan", "robot.yaml", "--org", "local")
    assert ran.code == ExitCode.CANNOT
    assert f"robot.yaml:{where}: local has no {said}" in ran.err
    for step in (CREATE, NO_USERS, SOURCE):
        assert (step in ran.err) is (step in steps)
