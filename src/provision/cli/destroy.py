"""`provision destroy`: take an app out of an org, for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from provision.cli.confirmation import Yes, confirm
from provision.cli.console import Console
from provision.cli.keeping import RunDir, recorder
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    OrgChoice,
    Quiet,
    SpecFiles,
    Var,
    variables,
)

if TYPE_CHECKING:
    from provision.apply.destroy import Removal
    from provision.apply.recording import Recorder
    from provision.org.org import WritableOrg

__all__ = ["destroy", "removal_text", "remove"]


def destroy(
    specs: SpecFiles,
    org: Org = "",
    yes: Yes = False,
    allow: Allow = None,
    var: Var = None,
    allow_exec: AllowExec = False,
    run_dir: RunDir = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Show what goes with the app, ask, keep a snapshot, delete it, and make sure that it is gone.

    Needs --allow irreversible: key, secret and tokens are lost for good.
    """
    from provision.apply.destroy import check_removals, prepare_removal
    from provision.cli.connection import writing
    from provision.cli.specs import load_specs

    console = Console(quiet)
    keeper = recorder(run_dir, "", console)
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    with writing(OrgChoice(org, api_version, http_timeout, deploy_wait)) as target:
        removals = [prepare_removal(spec, target) for spec in loaded]
        for removal in removals:
            console.result(f"{removal_text(removal)}\n")
        going = [removal for removal in removals if not removal.is_empty]
        check_removals(going, frozenset(allow or ()))
        if going and not yes:
            confirm(f"Destroy {_named(going)} in {target.name}?")
        for removal in going:
            remove(removal, target, keeper, console)


def remove(removal: Removal, org: WritableOrg, keeper: Recorder, console: Console) -> None:
    """Destroy one app, with a run of its own."""
    from provision.apply.destroy import destroy_app
    from provision.apply.recording import Intent

    with keeper.recording(Intent("destroy", removal.spec, removal.actual), org) as recording:
        destroy_app(removal, org, console.talk, recording.note)
    org.written.settle()
    console.result(f"app: {removal.actual.app} is gone (read back)")


def removal_text(removal: Removal) -> str:
    """What goes with an app, and what stays."""
    org = removal.org
    lines = [f"org: {org.name} ({org.instance_url}, API {org.api_version}, by {org.reached_by})"]
    if removal.is_empty:
        lines += [f"app: {removal.actual.app} (absent)", "", "Nothing to destroy."]
        if removal.actual.packages:
            from provision.spec.packaged_app import package_apps_message

            others = package_apps_message(removal.actual.app, removal.actual.packages)
            lines.append(f"The org has {others}.")
        return "\n".join(lines)
    lines += [f"app: {removal.actual.app} (to be destroyed)", ""]
    return "\n".join([*lines, *_goes(removal), *_stays(removal)])


def _goes(removal: Removal) -> Iterator[str]:
    from provision.plan.unmanaged import unmanaged

    for name, component in removal.actual.components.items():
        yield f"- {name} {component.full_name}"
    for record in unmanaged(removal.actual):
        yield f"- {'also there, not managed' if record.full_name else 'perhaps there'}: {record}"
    for profile in removal.profiles:
        yield f"- grant to the profile {profile}"
    for permission_set in removal.permission_sets:
        yield f"- grant to the permission set {permission_set}"
    yield f"- {_tokens(removal)}"
    if removal.consumer_key:
        yield f"- the consumer key {removal.consumer_key} and its secret, for good"
    for gate in removal.gates:
        yield f"! {gate.reason}"


def _tokens(removal: Removal) -> str:
    if removal.tokens is not None:
        return f"{removal.tokens} token{'' if removal.tokens == 1 else 's'}"
    if removal.users is not None:
        return f"every token, of {removal.users} user{'' if removal.users == 1 else 's'}"
    return "every token; the org does not tell how many"


def _stays(removal: Removal) -> Iterator[str]:
    if removal.stays:
        yield f"\nThese stay, since others may use them: {', '.join(removal.stays)}."


def _named(removals: Sequence[Removal]) -> str:
    return ", ".join(removal.actual.app for removal in removals)
