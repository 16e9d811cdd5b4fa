"""Handover: the `sf` CLI logs in with the app that was just applied."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from provision.cli.console import Console
from provision.cli.elapsed import no_elapsed
from provision.errors import CannotError, NotProven
from provision.jobs.command_line import Option
from provision.report.sf_login import Handover, SfLogin

if TYPE_CHECKING:
    from provision.apply.prepare import Prepared
    from provision.apply.run import Applied
    from provision.catalogue.component import Component
    from provision.handover.project_file import ProjectEdit
    from provision.handover.sf_state import SfState
    from provision.org.session import Session
    from provision.plan.plan import Plan
    from provision.spec.spec import Spec

__all__ = ["DevHub", "Login", "check_handover", "hand_over", "make_edit"]

Login: TypeAlias = Annotated[
    SfLogin | None,
    Option(
        "--login",
        help="Log the sf CLI in with the app at the end, with the app's name as the alias.",
    ),
]
DevHub: TypeAlias = Annotated[
    bool,
    Option(
        "--set-default-dev-hub",
        help="Make the org the sf CLI's default Dev Hub with that login, or with the command that "
        "is printed.",
    ),
]

_MOST_SAID: Final = 500

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
    _warn_of_sessions(prepared, console)
    return None


def _project_edit(prepared: Sequence[Prepared]) -> ProjectEdit | None:
    from provision.handover.callback import project_edit
    from provision.handover.ports import sf_ports

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


def hand_over(
    spec: Spec, applied: Applied, session: Session, handover: Handover, console: Console
) -> None:
    """Run `sf org login`, on this terminal. Raises :class:`NotProven` if it does not succeed.

    Whatever comes of it, the CLI has all the aliases and defaults that it had, and all the
    sessions, but for that of a user whom the login gave a new one.
    """
    from provision.handover.sf_state import SfState
    from provision.report.sf_command import sf_arguments

    if not applied.consumer_key:
        raise NotProven(
            f"{spec.app} is applied, and has no consumer key for the `sf` CLI to log in with",
            next_step="Add an `oauth:` section to the spec, or leave --login out.",
        )
    state = SfState.read(Path.home(), Path.cwd())
    user = _user(spec, applied.plan)
    alias = state.free_alias(spec.app, user)
    if alias != spec.app:
        console.talk(
            f"warning: the sf CLI has the alias {spec.app} for another user; this login gets the "
            f"alias {alias}"
        )
    arguments = sf_arguments(spec, applied, session.instance_url, handover, alias)
    environment = dict(os.environ)
    if session.ca_file is not None:  # the embedded local org, with a certificate of its own
        environment["NODE_EXTRA_CA_CERTS"] = str(session.ca_file)
    failed = f"the app is applied, and `sf org login {handover.login}`"
    if handover.login is SfLogin.JWT and state.has_session(user):
        console.talk("logging in beside first: a login that fails there costs no session")
        failure = _failure_beside(arguments, environment)
        if failure:
            raise NotProven(
                f"{failed} {failure}\nThe sf CLI's session of {user} is untouched.",
                next_step="Settle what it says, and run it again. This does it by hand, and ends "
                f"that session first: {shlex.join(arguments)}",
            )
    try:
        with no_elapsed():
            done = subprocess.run(arguments, env=environment, check=False)  # noqa: S603  # the user's sf
    except (OSError, KeyboardInterrupt) as error:
        said = "was interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        raise NotProven(
            f"{failed} did not end: {said}. {_restored(state)}",
            next_step=f"By hand: {shlex.join(arguments)}",
        ) from error
    if done.returncode != 0:
        raise NotProven(
            f"{failed} ended with {done.returncode}. {_restored(state)}",
            next_step=f"See what it says above. By hand: {shlex.join(arguments)}",
        )
    _keep_names(state, console)


def _failure_beside(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """How the login fails in a home of its own, where it can cost nothing; empty if it does not.

    It sets no default: that of a project is in the project's folder.
    """
    trial = [word for word in arguments if word != "--set-default-dev-hub"]
    with TemporaryDirectory(prefix="provision-sf-") as home:
        beside = {
            **environment,
            "HOME": home,
            "USERPROFILE": home,
            "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",  # the system's own is not for a trial
            # A home without a mark of the last update makes the CLI begin one there (its plugin
            # for updates, 4.7), which outlives the trial. It has two names for one switch.
            "SF_AUTOUPDATE_DISABLE": "true",
            "SF_DISABLE_AUTOUPDATE": "true",
        }
        try:
            done = subprocess.run(  # noqa: S603  # the user's sf
                trial,
                env=beside,
                check=False,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            return f"could not be run: {error}"
        except KeyboardInterrupt:
            return "was interrupted"
    if done.returncode == 0:
        return ""
    said = done.stderr.strip()[-_MOST_SAID:] or "it says nothing"
    return f"ended with {done.returncode}: {said}"


def _restored(state: SfState) -> str:
    """Bring back what the CLI's login took away, and say so."""
    try:
        state.restore()
    except OSError as error:
        return f"Sessions of the sf CLI may be lost: {error}. See `sf org list`."
    return "The sf CLI has all the sessions and aliases that it had."


def _keep_names(state: SfState, console: Console) -> None:
    try:
        names = state.restore_names()
    except OSError as error:
        console.talk(f"warning: aliases of the sf CLI may be lost: {error}. See `sf alias list`.")
        return
    if names:
        console.talk(f"kept for the sf CLI, whose login drops them: {', '.join(names)}")


def _warn_of_sessions(prepared: Sequence[Prepared], console: Console) -> None:
    """Tell whose session of the CLI a JWT login replaces: it has one for each user."""
    from provision.handover.sf_state import SfState

    state = SfState.read(Path.home(), Path.cwd())
    for item in prepared:
        user = _user(item.spec, item.plan)
        if user and state.has_session(user):
            aliases = ", ".join(state.aliases_of(user))
            named = f" ({aliases})" if aliases else ""
            console.talk(
                f"warning: the sf CLI has a session of {user}{named}: --login replaces it by one "
                f"of {item.spec.app} once that login has succeeded. The aliases stay."
            )


def _user(spec: Spec, plan: Plan) -> str:
    """Who a JWT login logs in; with a browser, whoever does so there."""
    oauth = spec.document.oauth
    bearer = oauth.jwt_bearer if oauth else None
    return (bearer.prove_as if bearer else None) or plan.org.username
