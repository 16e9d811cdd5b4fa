"""Handover: the `sf` CLI logs in with the app that was just applied."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provision.cli.console import Console
from provision.errors import CannotError, NotProven
from provision.report.sf_login import Handover, SfLogin

if TYPE_CHECKING:
    from provision.apply.run import Applied
    from provision.org.session import Session
    from provision.spec.spec import Spec

__all__ = ["DevHub", "Login", "check_handover", "hand_over"]

Login = Annotated[
    SfLogin | None,
    typer.Option(
        "--login",
        help="Log the sf CLI in with the app at the end, under the app's name as alias.",
        show_default=False,
    ),
]
DevHub = Annotated[
    bool,
    typer.Option("--set-default-dev-hub", help="Log the sf CLI in so, or print the command so."),
]

# OBS: forcedotcom/cli#3515, #3638; the variable came with sfdx-core #1315.
_DEV_HUB_WARNING: Final = (
    "warning: a Dev Hub reached through an external client app may be unable to create scratch "
    "orgs (C-1016). If so, set SF_SCRATCH_SIGNUP_CONNECTED_APP=PlatformCLI for `sf org create "
    "scratch`, or log in to the Dev Hub with the CLI's own app."
)


def check_handover(specs: Sequence[Spec], handover: Handover, console: Console) -> None:
    """Raise :class:`CannotError` if the `sf` CLI could not log in with the specs' apps."""
    if handover.is_dev_hub:
        if len(specs) > 1:
            raise CannotError(
                "--set-default-dev-hub is for one app: there is one default Dev Hub",
                next_step="Apply that app by itself.",
            )
        console.talk(_DEV_HUB_WARNING)
    if handover.login is None:
        return
    if shutil.which("sf") is None:
        raise CannotError(
            "--login runs the `sf` CLI, which is not on the PATH",
            next_step="Install it, or leave --login out and run the command that is printed.",
        )
    for spec in specs:
        if handover.login is SfLogin.JWT and spec.private_key is None:
            raise CannotError(
                f"{spec.path}: --login jwt needs oauth.jwt_bearer.private_key",
                next_step="Name the private key in the spec, or use --login web.",
            )


def hand_over(spec: Spec, applied: Applied, session: Session, handover: Handover) -> None:
    """Run `sf org login`, on this terminal. Raises :class:`NotProven` if it does not succeed."""
    from provision.report.sf_command import sf_arguments

    if not applied.consumer_key:
        raise NotProven(
            f"{spec.app} is applied, and has no consumer key for the `sf` CLI to log in with",
            next_step="Add an `oauth:` section to the spec, or leave --login out.",
        )
    arguments = sf_arguments(spec, applied, session.instance_url, handover)
    environment = dict(os.environ)
    if session.ca_file is not None:  # the embedded local org, with a certificate of its own
        environment["NODE_EXTRA_CA_CERTS"] = str(session.ca_file)
    done = subprocess.run(arguments, env=environment, check=False)  # noqa: S603  # the user's sf
    if done.returncode != 0:
        raise NotProven(
            f"the app is applied, and `sf org login {handover.login}` ended with {done.returncode}",
            next_step="See what it says above; the command can be run again by hand.",
        )
