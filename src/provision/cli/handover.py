"""Handover: the `sf` CLI logs in with the app that was just applied."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provision.cli.console import Console
from provision.cli.elapsed import no_elapsed
from provision.errors import CannotError, NotProven
from provision.report.sf_login import Handover, SfLogin

if TYPE_CHECKING:
    from provision.apply.prepare import Prepared
    from provision.apply.run import Applied
    from provision.handover.project_file import ProjectEdit
    from provision.metadata.component import Component
    from provision.org.session import Session
    from provision.plan.plan import Plan
    from provision.spec.spec import Spec

__all__ = ["DevHub", "Login", "check_handover", "hand_over", "make_edit"]

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


def check_handover(
    prepared: Sequence[Prepared], handover: Handover, console: Console
) -> ProjectEdit | None:
    """What must be written for the `sf` CLI to log in with the apps; ``None`` if nothing must.

    Raises :class:`CannotError` if it could not log in with them.
    """
    if handover.is_dev_hub:
        if len(prepared) > 1:
            raise CannotError(
                "--set-default-dev-hub is for one app: there is one default Dev Hub",
                next_step="Apply that app by itself.",
            )
        console.talk(_DEV_HUB_WARNING)
    if handover.login is None:
        return None
    if shutil.which("sf") is None:
        raise CannotError(
            "--login runs the `sf` CLI, which is not on the PATH",
            next_step="Install it, or leave --login out and run the command that is printed.",
        )
    if handover.login is SfLogin.WEB:
        edit = _project_edit(prepared)
        if edit is not None:  # before anybody is asked to confirm
            console.talk(f"--login web will set oauthLocalPort in {edit.path} to {edit.port}.")
        return edit
    for item in prepared:
        if item.spec.private_key is None:
            raise CannotError(
                f"{item.spec.path}: --login jwt needs oauth.jwt_bearer.private_key",
                next_step="Name the private key in the spec, or use --login web.",
            )
    return None


def _project_edit(prepared: Sequence[Prepared]) -> ProjectEdit | None:
    from provision.handover.callback import project_edit
    from provision.handover.sf_ports import sf_ports

    apps = [sf_ports(item.spec, _as_planned(item.plan)) for item in prepared]
    return project_edit(apps, Path.cwd())


def _as_planned(plan: Plan) -> Iterator[Component]:
    """The app's components once the plan is done: its own come after those that the org has."""
    yield from plan.actual.components.values()
    yield from (item.component for item in plan.components)


def make_edit(edit: ProjectEdit, console: Console) -> None:
    """Write the project file, and say so. Raises :class:`CannotError` if it cannot be written."""
    from provision.handover.project_file import KEY
    from provision.whole_file import write_whole

    path = edit.path.resolve()  # a link stays one
    try:
        if path.read_bytes() != edit.before:
            raise CannotError(
                f"{edit.path} was changed by somebody else meanwhile, and is left as it is",
                next_step="Apply again.",
            )
        write_whole(path, edit.after, stat.S_IMODE(path.stat().st_mode))
    except OSError as error:
        raise CannotError(
            f"{edit.path} cannot be written: {error.strerror}",
            next_step=f'Set `"{KEY}": {edit.port}` in it, and apply again.',
        ) from error
    console.talk(
        f"{edit.path}: {KEY} is now {edit.port} ({f'was {edit.was}' if edit.was else 'was not set'}"
        "): there the `sf` CLI awaits the browser. It stays so should the apply fail: the port is "
        "one of the spec's."
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
    with no_elapsed():
        done = subprocess.run(arguments, env=environment, check=False)  # noqa: S603  # the user's sf
    if done.returncode != 0:
        raise NotProven(
            f"the app is applied, and `sf org login {handover.login}` ended with {done.returncode}",
            next_step="See what it says above; the command can be run again by hand.",
        )
