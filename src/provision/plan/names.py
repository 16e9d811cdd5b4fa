"""The profiles, permission sets and users that a spec names, compared with those of the org."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import OAUTH_POLICIES, path_of
from provision.catalogue.component import Component
from provision.plan.facts import Access
from provision.plan.plan import AccessChange, Assign, CreatePermissionSet, CreateProfile
from provision.spec.model import PermissionSetGrant, ProfileGrant
from provision.spec.position import Position
from provision.spec.spec import Spec

__all__ = [
    "PERMISSION_SETS",
    "PROFILES",
    "Missing",
    "Wanted",
    "access_changes",
    "listed_names",
    "missing",
    "spelled_as_in_org",
    "wanted",
]

PERMISSION_SETS = "commaSeparatedPermissionSet"
PROFILES = "commaSeparatedProfile"
_USERNAME_FIELDS = ("clientCredentialsFlowUser", "executeHandlerAs")
_CLIENT_CREDENTIALS = ("oauth", "client_credentials")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The names to look up in the org before anything is written."""

    permission_sets: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that the org does not have and that the spec does not allow provision to create."""

    kind: str
    name: str
    position: Position
    inactive: bool = False
    is_source: bool = False
    """Whether it is the profile from which another one is to be cloned."""


def wanted(spec: Spec, desired: Sequence[Component]) -> Wanted:
    """Every profile, permission set and user that ``spec`` or its components name."""
    policy = _policy(desired)
    users = [user for grant in _permission_sets(spec) for user in grant.assign_to]
    users += [text for name in _USERNAME_FIELDS if policy and (text := policy.text(name))]
    users += [user for user in [_prover(spec)] if user]
    profiles = [*_listed(policy, PROFILES), *(g.clone_of for g in _profiles(spec) if g.clone_of)]
    return Wanted(_once(_listed(policy, PERMISSION_SETS)), _once(profiles), _once(users))


def listed_names(policy: Component) -> Wanted:
    """The profiles and permission sets of a policy's lists."""
    return Wanted(_listed(policy, PERMISSION_SETS), _listed(policy, PROFILES))


def missing(spec: Spec, desired: Sequence[Component], access: Access) -> Iterator[Missing]:
    """The names of :func:`wanted` that the org lacks. Inactive users count as missing."""
    policy = _policy(desired)
    made = {fold_name(grant.name) for grant in _permission_sets(spec) if grant.create}
    for name in _listed(policy, PERMISSION_SETS):
        if access.permission_set(name) is None and fold_name(name) not in made:
            yield Missing("permission set", name, _where(spec, "permission_sets", name))
    made = {fold_name(grant.name) for grant in _profiles(spec) if grant.create}
    for name in _listed(policy, PROFILES):
        if access.profile(name) is None and fold_name(name) not in made:
            yield Missing("profile", name, _where(spec, "profiles", name))
    for index, source in enumerate(_profiles(spec)):
        if source.clone_of and access.profile(source.clone_of) is None:
            at = spec.positions.of(("policies", "profiles", index, "clone_of"))
            yield Missing("profile", source.clone_of, at, is_source=True)
    for username in wanted(spec, desired).users:
        user = access.user(username)
        if user is None or not user.active:
            position = _where_user(spec, policy, username)
            yield Missing("user", username, position, inactive=user is not None)


def access_changes(spec: Spec, access: Access) -> tuple[AccessChange, ...]:
    """The permission sets, profiles and assignments to make, in the order of the apply."""
    return tuple(_access_changes(spec, access))


def _access_changes(spec: Spec, access: Access) -> Iterator[AccessChange]:
    for profile in _profiles(spec):
        if profile.create and profile.clone_of and access.profile(profile.name) is None:
            yield CreateProfile(profile.name, profile.clone_of)
    for grant in _permission_sets(spec):
        if grant.create and access.permission_set(grant.name) is None:
            yield CreatePermissionSet(grant.name, grant.label or grant.name.replace("_", " "))
    for grant in _permission_sets(spec):
        for username in grant.assign_to:
            if not access.is_assigned(grant.name, username):
                yield Assign(grant.name, username)


def spelled_as_in_org(component: Component, access: Access) -> Component:
    """A policy whose lists and users are spelled as the org spells them."""
    if component.type is not OAUTH_POLICIES:
        return component
    fields = dict(component.fields)
    sets, profiles = _listed(component, PERMISSION_SETS), _listed(component, PROFILES)
    if sets:
        known = {name: access.permission_set(name) for name in sets}
        fields[PERMISSION_SETS] = ",".join(item.name if item else n for n, item in known.items())
    if profiles:
        labels = {name: access.profile(name) for name in profiles}
        fields[PROFILES] = ",".join(item.name if item else n for n, item in labels.items())
    for field in _USERNAME_FIELDS:
        user = access.user(component.text(field))
        if user is not None:
            fields[field] = user.username
    return Component(component.type, component.full_name, fields)


def _policy(desired: Sequence[Component]) -> Component | None:
    return next((item for item in desired if item.type is OAUTH_POLICIES), None)


def _listed(policy: Component | None, field: str) -> tuple[str, ...]:
    return split_names(policy.text(field)) if policy else ()


def _permission_sets(spec: Spec) -> tuple[PermissionSetGrant, ...]:
    return spec.document.policies.permission_sets or ()


def _profiles(spec: Spec) -> tuple[ProfileGrant, ...]:
    return spec.document.policies.profiles or ()


def _prover(spec: Spec) -> str:
    oauth = spec.document.oauth
    return (oauth.jwt_bearer.prove_as or "") if oauth and oauth.jwt_bearer else ""


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple({fold_name(name): name for name in names}.values())


def _where(spec: Spec, key: Literal["permission_sets", "profiles"], name: str) -> Position:
    """The position of a name in a list."""
    names = [grant.name for grant in _permission_sets(spec)]
    if key == "profiles":
        names = [grant.name for grant in _profiles(spec)]
    for index, listed in enumerate(names):
        if fold_name(listed) == fold_name(name):
            return spec.positions.of(("policies", key, index, "name"))
    return spec.positions.of(("policies", key))


def _where_user(spec: Spec, policy: Component | None, username: str) -> Position:
    """The first position of a username."""
    folded = fold_name(username)
    if folded == fold_name(_prover(spec)):
        return spec.positions.of(("oauth", "jwt_bearer", "prove_as"))
    for index, grant in enumerate(_permission_sets(spec)):
        for number, user in enumerate(grant.assign_to):
            if fold_name(user) == folded:
                at = ("policies", "permission_sets", index, "assign_to", number)
                return spec.positions.of(at)
    named = (name for name in _USERNAME_FIELDS if policy and fold_name(policy.text(name)) == folded)
    path = path_of(OAUTH_POLICIES, next(named, _USERNAME_FIELDS[0]))
    return spec.positions.of((*path, "run_as") if path == _CLIENT_CREDENTIALS else path)
