"""`provision prove`: the proof alone."""

from __future__ import annotations

from typing import Annotated

from provision.cli.option_groups import Without, takes_options
from provision.cli.options import ProofWait, Reading, ReadingRollout, Targets
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.jobs.options import SpecOptions

__all__ = ["prove"]


@takes_options
def prove(
    targets: Targets,
    specs: Annotated[SpecOptions, Without("templates")],
    rollout: ReadingRollout,
    org: Reading,
    out: Output,
    proof_wait: ProofWait = 0,
) -> ExitCode:
    """Log in with each app, as apply does. Exit 7 if a login fails.

    Examples:
        provision prove spec.yaml --org my-sandbox
        provision prove fleet.yaml --proof-wait 600 --format junit -o proofs.xml
    """
    from provision.cli.carry_out import carry_out
    from provision.jobs.prove import Prove
    from provision.jobs.target import target_of

    target = target_of(targets, rollout.orgs)
    job = Prove(target=target, specs=specs, org=org, proof_wait=proof_wait)
    return carry_out(job, out, rollout).exit_code
