"""Running the program as a user does: arguments in, output and exit code out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What came of one run."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `provision` in an empty folder, without any org in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("SF_ACCESS_TOKEN", "SF_INSTANCE_URL", "SF_TARGET_ORG", "PROVISION_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["provision", *arguments])
        with pytest.raises(SystemExit) as raised:
            main()
        captured = capsys.readouterr()
        code = raised.value.code
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return call


@pytest.fixture
def spec(tmp_path: Path, keys: Path) -> Path:
    """A spec of a new app, with its keys beside it."""
    path = tmp_path / "robot.yaml"
    path.write_text(
        "app: Robot\n"
        "label: The robot\n"
        "contact_email: ops@example.com\n"
        "oauth:\n"
        "  callback_urls: [https://robot.example/callback]\n"
        "  scopes: [api, refresh_token]\n"
        "  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}\n"
        "policies:\n"
        "  permitted_users: admin_approved\n"
        "  profiles: [System Administrator]\n"
        "  session_timeout: 15 minutes\n",
        encoding="utf-8",
    )
    return path
