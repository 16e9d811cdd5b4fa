"""`provision destroy`: take an app out of an org, for good."""

from __future__ import annotations

from typing import Annotated

from provision.cli.option_groups import Without, takes_options
from provision.cli.options import OrgName, SingleOrg, SpecFiles
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.options import GateOptions, KeepOptions, SpecOptions

__all__ = ["destroy"]


@takes_options
def destroy(
    files: SpecFiles,
    specs: Annotated[SpecOptions, Without("templates")],
    orgs: OrgName,
    org: SingleOrg,
    gates: GateOptions,
    keep: Annotated[KeepOptions, Without("state")],
    out: Output,
) -> ExitCode:
    """Show what is deleted with an app, ask, and delete the app.

    Needs --allow irreversible: key, secret and tokens are lost for good. A snapshot is kept before
    the app is deleted. Then the org is read to check that the app is gone.

    Examples:
        provision destroy spec.yaml --org my-sandbox --allow irreversible
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.destroy import Destroy
    from provision.jobs.target import org_target

    target = org_target(files, orgs.orgs)
    job = Destroy(target=target, specs=specs, org=org, keep=keep, gates=gates)
    return carry_out(job, out, yes=gates.yes).exit_code
