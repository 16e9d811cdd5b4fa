"""Handover: the `sf` CLI logs in with the app that was just applied."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from provision.errors import CannotError, NotProven
from provision.report.sf_login import SfLogin

if TYPE_CHECKING:
    from provision.apply.run import Applied
    from provision.org.session import Session
    from provision.spec.spec import Spec

__all__ = ["Login", "check_handover", "hand_over"]

Login = Annotated[
    SfLogin | None,
    typer.Option(
        "--login",
        help="Log the sf CLI in with the app at the end, under the app's name as alias.",
        show_default=False,
    ),
]


def check_handover(specs: Sequence[Spec], login: SfLogin) -> None:
    """Raise :class:`CannotError` if the `sf` CLI could not log in with the specs' apps."""
    if shutil.which("sf") is None:
        raise CannotError(
            "--login runs the `sf` CLI, which is not on the PATH",
            next_step="Install it, or leave --login out and run the command that is printed.",
        )
    for spec in specs:
        if login is SfLogin.JWT and spec.private_key is None:
            raise CannotError(
                f"{spec.path}: --login jwt needs oauth.jwt_bearer.private_key",
                next_step="Name the private key in the spec, or use --login web.",
            )


def hand_over(spec: Spec, applied: Applied, session: Session, login: SfLogin) -> None:
    """Run `sf org login`, on this terminal. Raises :class:`NotProven` if it does not succeed."""
    from provision.report.sf_command import sf_arguments

    arguments = sf_arguments(spec, applied, session.instance_url, login)
    environment = dict(os.environ)
    if session.ca_file is not None:  # the embedded local org, with a certificate of its own
        environment["NODE_EXTRA_CA_CERTS"] = str(session.ca_file)
    done = subprocess.run(arguments, env=environment, check=False)  # noqa: S603  # the user's sf
    if done.returncode != 0:
        raise NotProven(
            f"the app is applied, and `sf org login {login}` ended with {done.returncode}",
            next_step="See what it says above; the command can be run again by hand.",
        )
