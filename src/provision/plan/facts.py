"""OrgFacts: what a plan must know of an org, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component

__all__ = ["Access", "ActualApp", "OrgFacts", "PermissionSet", "Profile", "User"]


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """Which org a plan is for, and how it is talked to.

    ``name`` is what the user called it, ``reached_by`` how its session came about. ``org_id`` (15
    characters) is empty and ``is_production`` is ``None`` where nobody asked the org.
    """

    name: str
    instance_url: str
    username: str
    api_version: int
    reached_by: str
    org_id: str = ""
    is_production: bool | None = None


@dataclass(frozen=True, slots=True)
class ActualApp:
    """An app as the org has it: its components by metadata type, at most one of each.

    Without components the org does not have it. ``unknown`` are the core types of which the org
    shows no record, and may have one all the same. ``dependents`` are the records of types that
    provision does not manage, with their fields as raw XML; ``hidden`` are such types of which the
    app has, or may have, a record that the org does not show. ``packages`` are the namespaces of
    the installed packages that have an app of this name: another app, which is not in here. They
    are only looked for where the org has no such app of its own.
    """

    app: str
    components: Mapping[str, Component] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    dependents: tuple[Component, ...] = ()
    hidden: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the org has the app."""
        return bool(self.components)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The types, core or not, of which the app may have a record that the org does not show."""
        return (*self.unknown, *self.hidden)

    @property
    def consumer_key(self) -> str:
        """The app's consumer key, as the org returned it; empty if it has none."""
        settings = self.components.get(GLOBAL_OAUTH_SETTINGS.name)
        return settings.text("consumerKey") if settings else ""


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """A permission set of the org: its id, and its API name as the org spells it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of the org: its id, its label as the org spells it, its own permission set."""

    id: str
    name: str
    permission_set_id: str


@dataclass(frozen=True, slots=True)
class User:
    """A user of the org."""

    id: str
    username: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """Which of the names in a spec the org has, and who is assigned what already.

    The names that the org does not have are simply not there. ``assignments`` are pairs of a
    permission set's and a user's folded names.
    """

    permission_sets: Mapping[str, PermissionSet] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    assignments: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(
        cls,
        permission_sets: Iterable[PermissionSet] = (),
        profiles: Iterable[Profile] = (),
        users: Iterable[User] = (),
        assignments: Iterable[tuple[str, str]] = (),
    ) -> Access:
        """What the org has, findable by name whatever its case."""
        return cls(
            {fold_name(item.name): item for item in permission_sets},
            {fold_name(item.name): item for item in profiles},
            {fold_name(item.username): item for item in users},
            frozenset((fold_name(name), fold_name(user)) for name, user in assignments),
        )

    def permission_set(self, name: str) -> PermissionSet | None:
        """The permission set with this API name, or ``None``."""
        return self.permission_sets.get(fold_name(name))

    def profile(self, name: str) -> Profile | None:
        """The profile with this label, or ``None``."""
        return self.profiles.get(fold_name(name))

    def has(self, field: str, name: str) -> bool:
        """Whether the org has a name of a policy's list ``field``."""
        if field == "commaSeparatedProfile":
            return self.profile(name) is not None
        return self.permission_set(name) is not None

    def user(self, username: str) -> User | None:
        """The user with this username, or ``None``."""
        return self.users.get(fold_name(username))

    def is_assigned(self, permission_set: str, username: str) -> bool:
        """Whether the user has the permission set."""
        return (fold_name(permission_set), fold_name(username)) in self.assignments
