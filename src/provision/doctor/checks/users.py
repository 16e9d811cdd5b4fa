"""Whether the users can do, or use, what the specs ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from provision.catalogue.canonical import fold_name
from provision.doctor.check import Context, Subject
from provision.doctor.permission import permissions_of
from provision.errors import OrgRefused
from provision.findings import Finding, Severity
from provision.org.org import ReadableOrg
from provision.org.permission import USE_ANY_API_CLIENT, Need, Occasion, VerbGroup, needed_for
from provision.org.rest import RestReader, quoted_list
from provision.plan.names import Missing, Wanted, missing, wanted
from provision.plan.widening import Admission, Widening
from provision.spec.model import PermissionSetGrant, ProfileGrant
from provision.spec.spec import Spec

__all__ = ["CHECKS", "Admitted", "ApprovalBypass", "FrozenUsers", "UserPermissions", "Users"]

_NOBODY: Final = Admission()
_MOST_NAMES: Final = 5
_NO_SUCH_COLUMN: Final = "INVALID_FIELD"
_PERMITTED_USERS: Final = ("policies", "permitted_users")


class UserPermissions:
    """The user's permission sets, the profile's own among them, asked for each permission."""

    id: ClassVar = "user-permissions"
    title: ClassVar = (
        "The session's user has the permissions that `apply` needs (table below), and what the "
        "specs' assign_to and create need."
    )
    fix: ClassVar = "Give the user a permission set with it, or log in as one who has it."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A finding for each need that no permission of the user covers."""
        username = context.org.session.username
        if not username:
            raise OrgRefused(
                "the session does not tell whose it is",
                code="",
                next_step="Use a session whose app has the scope id, or openid.",
            )
        needs = _needs(context)
        names = tuple(dict.fromkeys(each.name for need in needs for each in need.any_of))
        held = permissions_of(context.org.rest, username, names)
        for need in needs:
            if any(held.get(each.name) for each in need.any_of):
                continue
            known = [each for each in need.any_of if each.name in held]
            listed = " or ".join(each.label for each in known or need.any_of)
            said = f"{username} lacks {listed}" if known else f"the org has no permission {listed}"
            severity = _severity(need) if known else Severity.NOTE
            yield Finding(severity, self.id, f"{said}: {need.purpose}", self.fix)


def _severity(need: Need) -> Severity:
    """An error if a source says that a deploy demands the permission, else a warning."""
    return Severity.ERROR if need.documented else Severity.WARNING


def _needs(context: Context) -> Sequence[Need]:
    """What `apply` needs; it reads first, as `plan` does."""
    grants = list(_grants(context))
    occasions = []
    if any(isinstance(each, PermissionSetGrant) and each.assign_to for each in grants):
        occasions.append(Occasion.ASSIGNS)
    if any(each.create for each in grants):
        occasions.append(Occasion.CREATES)
    return tuple(
        dict.fromkeys(
            (*needed_for(VerbGroup.READ), *needed_for(VerbGroup.WRITE, occasions)),
        )
    )


def _grants(context: Context) -> Iterator[PermissionSetGrant | ProfileGrant]:
    for subject in context.subjects:
        policies = subject.spec.document.policies
        yield from policies.permission_sets or ()
        yield from policies.profiles or ()


class Users:
    """Every username in the specs, looked up. A sandbox has its own: NAME.SANDBOX."""

    id: ClassVar = "users"
    title: ClassVar = "The users whom the specs name exist and are active."
    fix: ClassVar = (
        "Correct the username (a sandbox appends its name to it: ci@example.com.uat; use a "
        "variable, ci@example.com${suffix}), or activate the user in Setup."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each user who does not exist, or is inactive."""
        for subject in context.subjects:
            for each in _missing_users(subject, context.org):
                said = f"{context.org.name} has no user {each.name!r}"
                yield Finding(
                    Severity.ERROR,
                    self.id,
                    f"the user {each.name} is inactive" if each.inactive else said,
                    self.fix,
                    app=subject.spec.app,
                    position=each.position,
                )


def _missing_users(subject: Subject, org: ReadableOrg) -> Iterator[Missing]:
    users = wanted(subject.spec, subject.desired).users
    access = org.access.find(Wanted(users=users))
    found = missing(subject.spec, subject.desired, access)
    return (each for each in found if each.kind == "user")


class FrozenUsers:
    """One query of ``UserLogin``.

    DOC (005318944): since April 2026 Salesforce freezes users who connect from anonymising
    networks, and revokes their refresh tokens. A frozen user is still active.
    """

    id: ClassVar = "frozen-users"
    title: ClassVar = "No user whom the specs name is frozen."
    fix: ClassVar = (
        "Find out why the user was frozen (Setup, Login History), then unfreeze the user in Setup, "
        "Users. A login through a VPN or proxy that hides its origin freezes a user again."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each user who cannot log in."""
        names = [
            (subject, name)
            for subject in context.subjects
            for name in wanted(subject.spec, subject.desired).users
        ]
        if not names:
            return
        rows = context.org.rest.query(
            "SELECT User.Username FROM UserLogin WHERE IsFrozen = true AND User.Username IN "
            f"{quoted_list([name for _, name in names])}"
        )
        frozen = {fold_name(str(row["User"]["Username"])) for row in rows}
        for subject, name in names:
            if fold_name(name) in frozen:
                message = f"the user {name} is frozen, and cannot log in"
                yield Finding(Severity.ERROR, self.id, message, self.fix, app=subject.spec.app)


class Admitted:
    """The active users whom the profiles and permission sets of a spec let in.

    Nobody has what provision itself is to create or assign, so that is not checked. Users of a
    permission set group count.
    """

    id: ClassVar = "admitted"
    title: ClassVar = "An admin-approved app names profiles or permission sets that somebody has."
    fix: ClassVar = (
        "Assign one of them to those who are to use the app: assign_to: [USERNAME] beside a "
        "permission set in the spec, or in Setup."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for each app that no active user could use."""
        for subject in context.subjects:
            named = _there_already(subject.spec)
            if named.is_empty or not _all_there(named, context.org):
                continue
            if context.org.headcount(Widening(named, _NOBODY)).newly != 0:
                continue
            key = "permission_sets" if named.permission_sets else "profiles"
            called = ", ".join((*named.profiles, *named.permission_sets))
            yield Finding(
                Severity.WARNING,
                self.id,
                f"{subject.spec.app} is for admin-approved users, and no active user has what it "
                f"names ({called}): nobody can use it",
                self.fix,
                app=subject.spec.app,
                position=subject.spec.positions.of(("policies", key)),
                key=f"policies.{key}",
            )


def _all_there(named: Admission, org: ReadableOrg) -> bool:
    """Whether the org has all the names: another check reports those that it lacks."""
    found = org.access.find(Wanted(named.permission_sets, named.profiles))
    return all(map(found.permission_set, named.permission_sets)) and all(
        map(found.profile, named.profiles)
    )


def _there_already(spec: Spec) -> Admission:
    """What the spec names and the org must have; nothing if provision creates or assigns any."""
    policies = spec.document.policies
    profiles, sets = policies.profiles or (), policies.permission_sets or ()
    if policies.permitted_users != "admin_approved":
        return _NOBODY
    makes = any(each.create for each in profiles) or any(each.create for each in sets)
    if makes or any(each.assign_to for each in sets):
        return _NOBODY
    return Admission(
        profiles=tuple(each.name for each in profiles),
        permission_sets=tuple(each.name for each in sets),
    )


class ApprovalBypass:
    """The holders of Use Any API Client.

    DOC (preauth_user_app_access_through_eca): they may use every external client app, one for
    admin-approved users included.
    """

    id: ClassVar = "approval-bypass"
    title: ClassVar = "Nobody can use an admin-approved app without approval (Use Any API Client)."
    fix: ClassVar = (
        "Remove Use Any API Client from those who do not need it, or accept that they may use "
        "every app of the org. If API Access Control refuses an app, approve the app instead."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning, with numbers and some names, for each app that is admin approved."""
        approved = [
            subject.spec
            for subject in context.subjects
            if subject.spec.document.policies.permitted_users == "admin_approved"
        ]
        holders = _holders(context.org.rest) if approved else ()
        if not holders:
            return
        count = "1 active user has" if len(holders) == 1 else f"{len(holders)} active users have"
        shown = ", ".join(holders[:_MOST_NAMES])
        more = f" and {len(holders) - _MOST_NAMES} more" if len(holders) > _MOST_NAMES else ""
        for spec in approved:
            yield Finding(
                Severity.WARNING,
                self.id,
                f"{count} {USE_ANY_API_CLIENT.label}, and may use {spec.app} without being "
                f"approved: {shown}{more}",
                self.fix,
                app=spec.app,
                position=spec.positions.of(_PERMITTED_USERS),
                key=".".join(_PERMITTED_USERS),
            )


def _holders(rest: RestReader) -> Sequence[str]:
    """The usernames of all who have it; none if the org has no such permission."""
    soql = (
        "SELECT Assignee.Username FROM PermissionSetAssignment WHERE "
        f"PermissionSet.Permissions{USE_ANY_API_CLIENT.name} = true AND Assignee.IsActive = true"
    )
    try:
        rows = rest.query(soql)
    except OrgRefused as error:
        if error.code != _NO_SUCH_COLUMN:
            raise
        return ()
    return sorted({str(row["Assignee"]["Username"]) for row in rows})


CHECKS: Final = (
    UserPermissions(),
    Users(),
    FrozenUsers(),
    Admitted(),
    ApprovalBypass(),
)
