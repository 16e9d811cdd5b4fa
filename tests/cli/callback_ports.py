"""Ports for callback URLs of the `sf` CLI, and the two files that name them."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

CALLBACKS = "[https://robot.example/callback]"


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, each another one."""
    with ExitStack() as stack:
        listeners = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [listener.getsockname()[1] for listener in listeners]


def with_callbacks(spec: Path, *ports: int) -> None:
    """Give the spec's app callback URLs for these ports, after the one that it has."""
    urls = [f"http://localhost:{port}/OauthRedirect" for port in ports]
    listed = ", ".join(["https://robot.example/callback", *urls])
    text = spec.read_text(encoding="utf-8")
    assert CALLBACKS in text
    spec.write_text(text.replace(CALLBACKS, f"[{listed}]"), encoding="utf-8")


def project(folder: Path, text: str) -> Path:
    """A project file of the `sf` CLI."""
    file = folder / "sfdx-project.json"
    file.write_bytes(text.encode())
    return file
