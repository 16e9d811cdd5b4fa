"""`provision rotate`: a new certificate for an app."""

from __future__ import annotations

from typing import Annotated

from provision.cli.option_groups import takes_options
from provision.cli.options import OrgName, ProofWait, RulesFile, SingleOrg, SpecFile
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.command_line import Option
from provision.jobs.options import GateOptions, KeepOptions, SpecOptions

__all__ = ["certificate"]


@takes_options
def certificate(
    spec: SpecFile,
    specs: SpecOptions,
    orgs: OrgName,
    org: SingleOrg,
    gates: GateOptions,
    rules: RulesFile,
    keep: KeepOptions,
    out: Output,
    days: Annotated[
        int,
        Option(
            "--days",
            metavar="DAYS",
            least=1,
            most=3650,
            help="Days for which the new certificate is valid.",
        ),
    ] = 365,
    bits: Annotated[
        int | None,
        Option(
            "--bits",
            metavar="BITS",
            least=2048,
            most=4096,
            help="RSA key size.",
            default="that of the old key",
        ),
    ] = None,
    proof_wait: ProofWait = 600,
) -> ExitCode:
    """Deploy and prove a new certificate, or restore the old one.

    Makes a new key pair, NAME-YYYYMMDD, in the folder of the old pair. At the end the spec names
    the new pair, and logins with the old key fail: an app has one certificate. If the proof fails,
    the old certificate is put back (exit 5).

    Examples:
        provision rotate certificate spec.yaml --org my-sandbox
        provision rotate certificate spec.yaml --org my-sandbox --days 90 --yes
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.rotate import RotateCertificate
    from provision.jobs.target import org_target

    job = RotateCertificate(
        target=org_target((spec,), orgs.orgs),
        specs=specs,
        org=org,
        rules=rules,
        keep=keep,
        gates=gates,
        days=days,
        bits=bits,
        proof_wait=proof_wait,
    )
    return carry_out(job, out, yes=gates.yes).exit_code
