"""`provision rotate`: what an app logs in with, changed for new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes, confirm
from provision.cli.console import Console
from provision.cli.keeping import RunDir, State, recorder
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    OrgChoice,
    ProofWait,
    Quiet,
    RulesFile,
    SpecFile,
    TemplateDirectory,
    Var,
    variables,
)

if TYPE_CHECKING:
    from provision.apply.certificate_rotation import Rotated
    from provision.apply.rotation_preparation import Rotation
    from provision.apply.spec_edit import SpecEdit

__all__ = ["certificate"]


def certificate(
    spec: SpecFile,
    org: Org = "",
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, help="How long the new one is valid.")
    ] = 365,
    bits: Annotated[
        int | None,
        typer.Option(
            "--bits",
            min=2048,
            max=4096,
            help="RSA key size. [default: the old one's]",
            show_default=False,
        ),
    ] = None,
    yes: Yes = False,
    allow: Allow = None,
    rules: RulesFile = None,
    run_dir: RunDir = None,
    state: State = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    proof_wait: ProofWait = 600,
    quiet: Quiet = False,
) -> None:
    """Make a new pair, put its certificate in, prove it, or put the old one back (exit 5).

    The new pair lies beside the old, NAME-YYYYMMDD, and the spec names it at the end. Logins with
    the old key fail from then on: an app has one certificate.
    """
    from provision.apply.certificate_rotation import Rotator
    from provision.apply.gating import check_gates
    from provision.apply.next_pair import named_pair, next_pair
    from provision.apply.proof import Prover
    from provision.apply.recording import intent_of
    from provision.apply.rotation_preparation import RotationPreparation
    from provision.apply.spec_edit import spec_edit
    from provision.cli.connection import writing
    from provision.cli.rules import rule_set
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.render.template import Templates
    from provision.report.text import plan_text

    console = Console(quiet)
    chosen = rule_set(rules)
    [old] = load_specs([spec], variables(var, allow_exec=allow_exec), console)
    named_pair(old)
    keeper = recorder(run_dir, state, console)
    with writing(OrgChoice(org, api_version, http_timeout, deploy_wait)) as target:
        clock = SystemClock()
        prover = Prover(target, clock, proof_wait, console.talk)
        read = Templates(templates)
        preparation = RotationPreparation(target, read, chosen, prover)
        usage = preparation.check(old)
        with next_pair(old, clock.now(), days=days, bits=bits) as pair:
            rotation = preparation.prepare(old, pair, usage)
            console.result(f"{plan_text(rotation.new.plan)}\n")
            check_gates([rotation.new.plan], frozenset(allow or ()), chosen.thresholds)
            preparation.validate(rotation)
            if not yes:
                confirm(f"Rotate the certificate of {old.app} in {target.name}?")
            with keeper.recording(intent_of(rotation.new), target) as recording:
                rotated = Rotator(target, read, prover, recording.note).rotate(rotation)
                # Before anything else can fail: a spec that names the old pair would undo it.
                edit = spec_edit(old, pair)
                said = _rotated_text(rotation, rotated, edit, is_written=edit.write())
                console.result(said)
                recording.applied(rotated.applied)


def _rotated_text(rotation: Rotation, rotated: Rotated, edit: SpecEdit, *, is_written: bool) -> str:
    from provision.apply.next_pair import named_pair
    from provision.report.text import applied_text, proof_text

    old = named_pair(rotation.old)
    kept = f"{old.private_key}, {old.jwt.certificate}"
    if is_written:
        spec = [f"spec: {edit.path} names the new pair"]
    else:
        spec = [f"spec: {edit.path} is as it was; before the next apply, write in its jwt_bearer:"]
        spec += [f"  {line}" for line in edit.lines]
    return "\n".join(
        (
            applied_text(rotated.applied),
            proof_text(rotated.proof),
            f"new pair: {rotation.pair.private_key}, {rotation.pair.certificate}",
            f"old pair: {kept} (left there; the app takes no login with it any more)",
            *spec,
        )
    )
