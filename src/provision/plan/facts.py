"""What a plan must know of an org, as values: the org itself, the app, names and users."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.component import Component

__all__ = [
    "Access",
    "ActualApp",
    "OrgFacts",
    "PermissionSet",
    "Profile",
    "Unmanaged",
    "User",
    "unmanaged",
    "unmanaged_lines",
]


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """The org that a plan is for, and how the program reaches it.

    ``name`` is what the user called it, ``reached_by`` says where its session comes from.
    ``org_id`` (15 characters) is empty and ``is_production`` is ``None`` if the org was not asked.
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

    An app without components does not exist. ``unknown`` are core types of which the org may have
    a record although it shows none. ``dependents`` are the records of types that provision does
    not manage, with their fields as raw XML. ``hidden`` are such types of which the app has, or
    may have, a record that the org does not show. ``packages`` are the namespaces of installed
    packages with another app of this name. They are looked up only if the org has no app of its
    own with this name.
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
        """All types of which the app may have a record that the org does not show."""
        return (*self.unknown, *self.hidden)

    @property
    def consumer_key(self) -> str:
        """The app's consumer key, as the org returned it; empty if it has none."""
        settings = self.components.get(GLOBAL_OAUTH_SETTINGS.name)
        return settings.text("consumerKey") if settings else ""


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A record that provision does not manage.

    ``full_name`` is empty if the app has, or may have, a record of this type that the org does not
    show.
    """

    type_name: str
    full_name: str = ""

    def __str__(self) -> str:
        if self.full_name:
            return f"{self.type_name} {self.full_name}"
        return f"{self.type_name} (the org does not show whether there is one)"


def unmanaged(actual: ActualApp, managed: Collection[str] = ()) -> Iterator[Unmanaged]:
    """The records that ``actual`` has, or may have, of other types than those ``managed``.

    Core records that the org shows are not included.
    """
    for record in actual.dependents:
        yield Unmanaged(record.type.name, record.full_name)
    for name in actual.unseen:
        if name not in managed:
            yield Unmanaged(name)


def unmanaged_lines(records: Sequence[Unmanaged]) -> Iterator[str]:
    """``records`` as lines of text: first those that exist, then those that may exist."""
    there = [str(record) for record in records if record.full_name]
    perhaps = [record.type_name for record in records if not record.full_name]
    if there:
        yield f"also there, not managed: {', '.join(there)}"
    if perhaps:
        yield (
            "perhaps there, not managed (the org does not show whether there is one): "
            f"{', '.join(perhaps)}"
        )


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
    """Which of the names in a spec the org has, and which assignments exist.

    Names that the org does not have are not included. ``assignments`` are pairs of the folded
    names of a permission set and a user.
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
        """What the org has, by names that ignore case."""
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
        """Whether the org has ``name``, which the policy's list ``field`` contains."""
        if field == "commaSeparatedProfile":
            return self.profile(name) is not None
        return self.permission_set(name) is not None

    def user(self, username: str) -> User | None:
        """The user with this username, or ``None``."""
        return self.users.get(fold_name(username))

    def is_assigned(self, permission_set: str, username: str) -> bool:
        """Whether the user has the permission set."""
        return (fold_name(permission_set), fold_name(username)) in self.assignments
