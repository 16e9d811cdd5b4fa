"""Saved preparation: reads an org for a saved plan, which is applied exactly or refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.apply.prepare import Prepared, bare_spec, identified
from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component, RawXml, Value
from provision.catalogue.field import MetadataType, unknown_field
from provision.catalogue.overlay import overlay
from provision.errors import CannotError, GateRefused
from provision.keys.file import is_there
from provision.keys.private_key import PrivateKey, read_private_key
from provision.org.org import ReadableOrg
from provision.plan.compare import differences
from provision.plan.facts import Access
from provision.plan.fingerprint import field_text
from provision.plan.names import PERMISSION_SETS, PROFILES, Wanted
from provision.plan.plan import (
    Assign,
    ComponentPlan,
    CreatePermissionSet,
    CreateProfile,
    Plan,
)
from provision.plan.planner import can_choose_key, judged_anew
from provision.plan.saved import JwtFiles, SavedPlan
from provision.spec.model import ClientCredentials, JwtBearer, Oauth
from provision.spec.spec import Spec

__all__ = ["prepare_saved"]

_AGAIN = "Plan again with `provision plan SPEC --out FILE`, and have that plan approved."


def prepare_saved(
    saved: SavedPlan, origin: Path, org: ReadableOrg, passphrase: str | None = None
) -> Prepared:
    """The plan of the file ``origin``, ready to be applied to ``org``. Writes nothing.

    The plan's own risks and gates are ignored and computed again. The caller asks for the gates
    that a flag lifts. ``passphrase`` is that of the private key for the proof.

    Raises :class:`GateRefused` with what has changed since the plan was made, :class:`CannotError`
    for a plan that this version of provision would not make, and
    :class:`~provision.keys.KeyFileError` for the private key.
    """
    facts = identified(org.facts, org)
    for item in saved.plan.components:  # an org need not list these names
        org.learned.add(saved.app, item.component.type, item.component.full_name)
    actual = org.find_app(saved.app)
    _refuse_stale(saved, tuple(saved.stale(actual, facts)))
    plan = saved.plan_for(actual, facts)
    _check_made_alike(plan, origin)
    _check_key_choice(plan, origin)
    plan = judged_anew(plan)
    access = org.access.find(_wanted(plan))
    _refuse_stale(saved, tuple(_lapsed(plan, access)))
    return Prepared(_spec(saved, plan, origin, passphrase), plan, access)


def _refuse_stale(saved: SavedPlan, reasons: Sequence[str]) -> None:
    if reasons:
        raise GateRefused(
            f"stale gate: the plan for {saved.app} of {saved.created_at:%Y-%m-%d %H:%M} UTC is "
            "stale:\n  " + "\n  ".join(reasons),
            next_step=_AGAIN,
        )


def _check_made_alike(plan: Plan, origin: Path) -> None:
    """The plan must send what it shows: it is compared with what would be planned from it now."""
    for item in plan.components:
        present = plan.actual.components.get(item.desired.type.name)
        alike = _same_record(overlay(item.desired, present), item.component)
        if not alike or not _same_changes(item, present) or _sets_unknown(item, present):
            raise CannotError(
                f"{origin}: the {item.desired.type.name} that it deploys does not follow from the "
                "changes that it shows: another version of provision made it, or it was edited",
                next_step=_AGAIN,
            )


def _check_key_choice(plan: Plan, origin: Path) -> None:
    if plan.chooses_consumer_key and not can_choose_key(plan.components):
        raise CannotError(
            f"{origin}: it chooses a consumer key, and creates nothing that takes one: it was "
            "edited",
            next_step=_AGAIN,
        )


def _same_record(one: Component, other: Component) -> bool:
    return (
        one.full_name == other.full_name
        and one.fields.keys() == other.fields.keys()
        and all(_same(one.type, name, one.fields[name], other.fields[name]) for name in one.fields)
    )


def _same_changes(item: ComponentPlan, present: Component | None) -> bool:
    """Whether the changes are the differences, for all fields that the catalogue knows."""
    kind = item.desired.type
    shown = {change.field.name: change for change in item.changes if kind.field(change.field.name)}
    found = {difference.field.name: difference for difference in differences(item.desired, present)}
    is_its_own = all(change.component is kind for change in item.changes)
    return (
        is_its_own
        and shown.keys() == found.keys()
        and all(
            _same(kind, name, shown[name].before, found[name].before)
            and _same(kind, name, shown[name].after, found[name].after)
            for name in shown
        )
    )


def _sets_unknown(item: ComponentPlan, present: Component | None) -> bool:
    """Whether it changes a field that the catalogue does not know, which no spec can do."""
    kept = present.fields if present else {}
    return any(
        isinstance(value, RawXml) and kept.get(name) != value
        for name, value in item.component.fields.items()
    )


def _same(kind: MetadataType, name: str, one: Value | None, other: Value | None) -> bool:
    field = kind.field(name) or unknown_field(name)
    return field_text(field, one) == field_text(field, other)


def _wanted(plan: Plan) -> Wanted:
    """The names that the org must have for the plan."""
    sets, profiles = [*_listed(plan, PERMISSION_SETS)], [*_listed(plan, PROFILES)]
    users = []
    for change in plan.access:
        match change:
            case CreatePermissionSet():
                sets.append(change.name)
            case CreateProfile():
                profiles += [change.name, change.source]
            case Assign():
                sets.append(change.permission_set)
                users.append(change.username)
    return Wanted(tuple(sets), tuple(profiles), tuple(users))


def _lapsed(plan: Plan, access: Access) -> Iterator[str]:
    """Why the plan's changes for access are no longer possible or necessary."""
    made = {_made(change) for change in plan.access}
    for name in _listed(plan, PERMISSION_SETS):
        if access.permission_set(name) is None and fold_name(name) not in made:
            yield f"the permission set {name} is gone"
    for name in _listed(plan, PROFILES):
        if access.profile(name) is None and fold_name(name) not in made:
            yield f"the profile {name} is gone"
    for change in plan.access:
        match change:
            case CreatePermissionSet() if access.permission_set(change.name) is not None:
                yield f"the permission set {change.name} was created"
            case CreateProfile() if access.profile(change.name) is not None:
                yield f"the profile {change.name} was created"
            case CreateProfile() if access.profile(change.source) is None:
                yield f"the profile {change.source} is gone"
            case Assign():
                yield from _lapsed_assignment(change, access)
            case _:
                pass


def _lapsed_assignment(change: Assign, access: Access) -> Iterator[str]:
    user = access.user(change.username)
    if user is None or not user.active:
        yield f"the user {change.username} is {'gone' if user is None else 'inactive'}"
    elif access.is_assigned(change.permission_set, change.username):
        yield f"the user {change.username} got the permission set {change.permission_set}"


def _made(change: CreatePermissionSet | CreateProfile | Assign) -> str:
    return "" if isinstance(change, Assign) else fold_name(change.name)


def _listed(plan: Plan, field: str) -> tuple[str, ...]:
    policy = _policy(plan)
    return split_names(policy.text(field)) if policy else ()


def _spec(saved: SavedPlan, plan: Plan, origin: Path, passphrase: str | None) -> Spec:
    """The parts of the spec that the proof needs. The org may return the consumer secret."""
    parts: dict[str, JwtBearer | ClientCredentials] = {}
    if saved.jwt_bearer is not None:
        parts["jwt_bearer"] = _jwt_bearer(saved.jwt_bearer)
    run_as = _run_as(plan)
    if run_as:  # not validated again: the org decides
        parts["client_credentials"] = ClientCredentials.model_construct(run_as=run_as)
    if not parts:
        return bare_spec(saved.app, origin)
    private_key = _private_key(saved.jwt_bearer, passphrase) if saved.jwt_bearer else None
    oauth = Oauth.model_validate(parts)
    return bare_spec(saved.app, origin, oauth=oauth, private_key=private_key)


def _jwt_bearer(jwt: JwtFiles) -> JwtBearer:
    # The spec's values were checked then. What it left out must stay left out.
    optional = {"private_key": jwt.private_key, "prove_as": jwt.prove_as}
    written = {name: value for name, value in optional.items() if value is not None}
    return JwtBearer.model_validate({"certificate": jwt.certificate, **written})


def _run_as(plan: Plan) -> str:
    """The user of the client credentials flow, empty if the plan does not switch it on."""
    policy = _policy(plan)
    is_on = policy is not None and policy.fields.get("isClientCredentialsFlowEnabled") is True
    return policy.text("clientCredentialsFlowUser") if policy and is_on else ""


def _policy(plan: Plan) -> Component | None:
    return next((i.desired for i in plan.components if i.desired.type is OAUTH_POLICIES), None)


def _private_key(jwt: JwtFiles, passphrase: str | None) -> PrivateKey | None:
    """The private key, ``None`` if there is no file: then the proof is only a probe."""
    if jwt.private_key is None or not is_there(jwt.private_key):
        return None
    return read_private_key(jwt.private_key, passphrase)
