"""Granting: creates, assigns and grants what a plan needs. Each write can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from provision.apply.making import Making
from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.errors import ApplyFailed
from provision.org.access import Grant
from provision.org.written import failure_noted
from provision.plan.facts import Access, PermissionSet, Profile
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import Assign, CreatePermissionSet, CreateProfile, Plan

__all__ = ["Granting"]


@dataclass(slots=True)
class Granting:
    """Lets users use one app, as its plan says. What is created is added to ``access``."""

    plan: Plan
    access: Access
    making: Making

    @property
    def creates(self) -> bool:
        """Whether the plan creates any profile or permission set."""
        return any(not isinstance(change, Assign) for change in self.plan.access)

    def create(self) -> None:
        """Create the profiles and permission sets that the org does not have."""
        for change in self.plan.access:
            match change:
                case CreateProfile():
                    self._create_profile(change)
                case CreatePermissionSet():
                    self._create_permission_set(change)
                case Assign():
                    pass

    def assign(self) -> None:
        """Give the users their permission sets."""
        writer = self.making.writer
        for change in self.plan.access:
            if isinstance(change, Assign):
                permission_set = self._permission_set(change.permission_set)
                user = self.access.user(change.username)
                if user is None:  # the names were resolved before the first write
                    raise ApplyFailed(f"the org has no user {change.username} any more")
                self.making.record(
                    f"permission set {permission_set.name} of {user.username}",
                    "PermissionSetAssignment",
                    partial(writer.assign, permission_set, user),
                    partial(writer.assignment_id, permission_set.id, user.id),
                )

    def grant(self, app_id: str) -> None:
        """Let everybody in the plan's lists use the app, and check it by a query."""
        writer = self.making.writer
        wanted = dict(self._wanted())
        granted = {grant.permission_set_id for grant in writer.grants(app_id)}
        for permission_set_id, name in wanted.items():
            if permission_set_id not in granted:
                what = f"grant of {self.plan.app} to {name}"
                self.making.record(
                    what,
                    "SetupEntityAccess",
                    partial(writer.grant, permission_set_id, app_id, what=f"the {what}"),
                    partial(writer.grant_id, permission_set_id, app_id),
                )
        granted = {grant.permission_set_id for grant in writer.grants(app_id)}
        lacking = [name for key, name in wanted.items() if key not in granted]
        if lacking:
            raise ApplyFailed(f"the org took grants and does not have them: {', '.join(lacking)}")

    @property
    def removes_names(self) -> bool:
        """Whether the plan takes anybody off the app's lists."""
        return any(self._removed(field) for field in (PERMISSION_SETS, PROFILES))

    def withdraw(self, app_id: str) -> tuple[str, ...]:
        """Remove the grants that the plan leaves out and the org still has. Returns their names.

        In an org that adds to lists of names, a shorter list removes nobody (OBS).
        """
        removed = {field: self._removed(field) for field in (PERMISSION_SETS, PROFILES)}
        withdrawn = []
        journal = self.making.journal
        for grant in self.making.writer.grants(app_id):
            if fold_name(grant.name) in removed[_field_of(grant)]:
                what = f"grant of {self.plan.app} to {grant.name}"
                entry = journal.intend_removal(what)
                with failure_noted(entry.became):
                    interrupted = self.making.remove(f"the {what}", "SetupEntityAccess", grant.id)
                entry.made()
                journal.seal()
                withdrawn.append(grant.name)
                if interrupted:
                    raise KeyboardInterrupt
        return tuple(withdrawn)

    def _create_profile(self, change: CreateProfile) -> None:
        source = self.access.profile(change.source)
        if source is None:  # the names were resolved before the first write
            raise ApplyFailed(f"the org has no profile {change.source} any more")
        writer = self.making.writer
        profile_id = self.making.record(
            f"profile {change.name}",
            "Profile",
            partial(writer.clone_profile, change.name, source),
            lambda: found.id if (found := writer.profile_named(change.name)) else "",
        )
        profile = writer.profile_named(change.name) or Profile(profile_id, change.name, "")
        self.access = Access(
            self.access.permission_sets,
            {**self.access.profiles, fold_name(profile.name): profile},
            self.access.users,
            self.access.assignments,
        )

    def _create_permission_set(self, change: CreatePermissionSet) -> None:
        writer = self.making.writer
        created = self.making.record(
            f"permission set {change.name}",
            "PermissionSet",
            lambda: writer.create_permission_set(change.name, change.label).id,
            partial(writer.permission_set_id, change.name),
        )
        permission_set = PermissionSet(created, change.name)
        self.access = Access(
            {**self.access.permission_sets, fold_name(change.name): permission_set},
            self.access.profiles,
            self.access.users,
            self.access.assignments,
        )

    def _wanted(self) -> Iterator[tuple[str, str]]:
        """Id and name of each permission set in the plan's lists; a profile has one of its own."""
        for name in self._listed(PERMISSION_SETS):
            yield self._permission_set(name).id, name
        for name in self._listed(PROFILES):
            yield self._profile(name).permission_set_id, name

    def _permission_set(self, name: str) -> PermissionSet:
        found = self.access.permission_set(name)
        if found is None:
            raise ApplyFailed(f"the org has no permission set {name} any more")
        return found

    def _profile(self, name: str) -> Profile:
        found = self.access.profile(name)
        if found is None or not found.permission_set_id:
            raise ApplyFailed(f"the org has no profile {name} any more")
        return found

    def _listed(self, field: str) -> tuple[str, ...]:
        """The names that the spec lists, without those that only the org has."""
        for item in self.plan.components:
            if item.desired.type is OAUTH_POLICIES:
                return split_names(item.desired.text(field))
        return ()

    def _removed(self, field: str) -> frozenset[str]:
        """The folded names that the org has in a list and the plan does not."""
        for change in self.plan.changes:
            if change.component is OAUTH_POLICIES and change.field.name == field:
                before = change.before if isinstance(change.before, str) else ""
                after = change.after if isinstance(change.after, str) else ""
                return frozenset(map(fold_name, split_names(before))) - frozenset(
                    map(fold_name, split_names(after))
                )
        return frozenset()


def _field_of(grant: Grant) -> str:
    return PROFILES if grant.is_profile else PERMISSION_SETS
