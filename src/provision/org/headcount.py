"""Headcount: how many active users of an org the policy of an app admits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.risk import Opening
from provision.errors import OrgRefused
from provision.org.pool import Pool
from provision.org.rest import RestReader, quoted, quoted_list
from provision.plan.widening import Admission, Widening

__all__ = ["Headcount", "read_headcount"]

_ACTIVE: Final = "IsActive = true"
_ASSIGNED: Final = "(SELECT AssigneeId FROM PermissionSetAssignment WHERE {})"
_CHUNK: Final = 100  # usernames in one query, well below the length that a URL may have


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many active users a plan newly admits. ``None`` stands for what the org does not tell.

    ``newly`` counts those whom profiles and permission sets admit. ``each`` counts all active users
    of one profile or permission set, by its kind and folded name, whether the app admits them
    already or not. ``outsiders`` are the folded usernames of those whom only an assignment admits.
    """

    newly: int | None = 0
    each: Mapping[tuple[Opening, str], int | None] = field(default_factory=dict)
    outsiders: frozenset[str] | None = frozenset()

    @property
    def newcomers(self) -> int | None:
        """All who are newly admitted."""
        if self.newly is None or self.outsiders is None:
            return None
        return self.newly + len(self.outsiders)


def read_headcount(rest: RestReader, pool: Pool, found: Widening) -> Headcount:
    """Count the users whom a widening admits.

    If permission sets are named, one query reads their groups; then one query counts each number,
    all at the same time. Raises :class:`OrgUnreachable`. A number that an org refuses is ``None``.
    """
    admitted, before = found.admitted, found.before
    singles = {
        **{(Opening.PROFILE, fold_name(n)): Admission(profiles=(n,)) for n in admitted.profiles},
        **{
            (Opening.PERMISSION_SET, fold_name(n)): Admission(permission_sets=(n,))
            for n in admitted.permission_sets
        },
    }
    try:
        groups = _groups(rest, (*admitted.permission_sets, *before.permission_sets))
    except OrgRefused:
        return Headcount(None, dict.fromkeys(singles), None)  # each number would be too low
    questions = [(admitted, before), *((single, Admission()) for single in singles.values())]
    newly, *each = pool.run([partial(_count, rest, *asked, groups) for asked in questions])
    outsiders = _outsiders(rest, found.assigned, before.joined(admitted), groups)
    return Headcount(newly, dict(zip(singles, each, strict=True)), outsiders)


_Groups = Mapping[str, Sequence[str]]  # ids of groups, by the folded name of a permission set


def _groups(rest: RestReader, names: Collection[str]) -> _Groups:
    """The permission set groups that bring each of these permission sets.

    DOC: a user who is assigned a group has an assignment of the group's own permission set, which
    names the group and not its components.
    """
    if not names:
        return {}
    wanted = " OR ".join(_set_condition(name) for name in dict.fromkeys(names))
    found: dict[str, list[str]] = {}
    for row in rest.query(
        "SELECT PermissionSetGroupId, PermissionSet.Name, PermissionSet.NamespacePrefix "
        f"FROM PermissionSetGroupComponent WHERE {wanted}"
    ):
        of = row["PermissionSet"]
        prefix = of["NamespacePrefix"]
        name = f"{prefix}__{of['Name']}" if prefix else str(of["Name"])
        found.setdefault(fold_name(name), []).append(str(row["PermissionSetGroupId"]))
    return found


def _count(rest: RestReader, admitted: Admission, others: Admission, groups: _Groups) -> int | None:
    """How many active users ``admitted`` admits and ``others`` does not; ``None`` if unknown."""
    if admitted.is_empty or others.everybody:
        return 0
    conditions = [_ACTIVE]
    if not admitted.everybody:
        conditions.append(f"Id IN {_holders(admitted, groups)}")
    if not others.is_empty:
        conditions.append(f"Id NOT IN {_holders(others, groups)}")
    try:
        return rest.count(f"SELECT COUNT() FROM User WHERE {' AND '.join(conditions)}")
    except OrgRefused:
        return None


def _outsiders(
    rest: RestReader, usernames: Sequence[str], insiders: Admission, groups: _Groups
) -> frozenset[str] | None:
    """Which of ``usernames`` are active users whom ``insiders`` does not admit."""
    if insiders.everybody:
        return frozenset()
    found: set[str] = set()
    for start in range(0, len(usernames), _CHUNK):
        conditions = [
            _ACTIVE,
            f"Username IN {quoted_list(usernames[start : start + _CHUNK])}",
        ]
        if not insiders.is_empty:
            conditions.append(f"Id NOT IN {_holders(insiders, groups)}")
        try:
            rows = rest.query(f"SELECT Username FROM User WHERE {' AND '.join(conditions)}")
        except OrgRefused:
            return None
        found.update(fold_name(str(row["Username"])) for row in rows)
    return frozenset(found)


def _holders(names: Admission, groups: _Groups) -> str:
    """SOQL for the holders. DOC: everybody is assigned the permission set of their profile."""
    return _ASSIGNED.format(" OR ".join(_conditions(names, groups)))


def _conditions(names: Admission, groups: _Groups) -> Iterator[str]:
    if names.profiles:
        yield (
            "(PermissionSet.IsOwnedByProfile = true "
            f"AND PermissionSet.Profile.Name IN {quoted_list(names.profiles)})"
        )
    for name in names.permission_sets:
        yield _set_condition(name)
    brought = [group for name in names.permission_sets for group in groups.get(fold_name(name), ())]
    if brought:
        yield f"PermissionSetGroupId IN {quoted_list(tuple(dict.fromkeys(brought)))}"


def _set_condition(name: str) -> str:
    prefix, _, bare = name.rpartition("__")
    namespace = quoted(prefix) if prefix else "null"
    return (
        f"(PermissionSet.IsOwnedByProfile = false AND PermissionSet.Name = {quoted(bare)} "
        f"AND PermissionSet.NamespacePrefix = {namespace})"
    )
