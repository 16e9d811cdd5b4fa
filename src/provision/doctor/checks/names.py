"""Whether the profiles and permission sets that the specs name exist under these names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import ClassVar, Final

from provision.doctor.check import Context, Subject
from provision.doctor.profile_label import same_profile
from provision.findings import Finding, Severity
from provision.org.org import ReadableOrg
from provision.org.rest import quoted
from provision.plan.names import Missing, Wanted, missing, wanted

__all__ = ["Names"]

_MOST_NAMES_SHOWN: Final = 12
_KEYS: Final = {"profile": "policies.profiles", "permission set": "policies.permission_sets"}

_SOURCE: Final = "Correct `clone_of`: it names a profile that the org has already."


class Names:
    """Every name in the specs, looked up.

    OBS: profiles go by label, and labels are in the org's language: System Administrator is
    システム管理者 in a Japanese org. Permission sets go by API name, never by label or id.
    """

    id: ClassVar = "names"
    title: ClassVar = "The profiles (by label) and permission sets (by API name) exist."
    fix: ClassVar = (
        "Write the name as the org has it, or let provision create it: "
        "`{name: ..., create: true}` (a profile also needs `clone_of`)."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each name that the org does not have and the spec does not create."""
        for subject in context.subjects:
            for each in _lacking(subject, context.org):
                yield Finding(
                    Severity.ERROR,
                    self.id,
                    _said(each, context.org),
                    _SOURCE if each.is_source else self.fix,
                    app=subject.spec.app,
                    position=each.position,
                    key=_KEYS[each.kind],
                )


def _lacking(subject: Subject, org: ReadableOrg) -> Iterator[Missing]:
    names = wanted(subject.spec, subject.desired)
    access = org.access.find(Wanted(names.permission_sets, names.profiles))
    found = missing(subject.spec, subject.desired, access)
    return (each for each in found if each.kind in _KEYS)


def _said(lacking: Missing, org: ReadableOrg) -> str:
    said = f"{org.name} has no {lacking.kind} {lacking.name!r}"
    if lacking.kind == "profile":
        known = org.access.profile_names()
        meant = same_profile(lacking.name, known)
        called = f"in its language ({_language(org)}) that is" if meant else ""
    else:
        known = org.access.permission_set_names()
        meant = _api_name_of(lacking.name, org)
        called = "that is the label of"
    if meant:
        return f"{said}; {called} {meant!r}"
    return f"{said}; it has {_nearest(lacking.name, known)}" if known else said


def _nearest(name: str, known: Sequence[str]) -> str:
    return ", ".join(map(repr, get_close_matches(name, known, n=3) or known[:_MOST_NAMES_SHOWN]))


def _language(org: ReadableOrg) -> str:
    rows = org.rest.query("SELECT LanguageLocaleKey FROM Organization")
    return str(rows[0]["LanguageLocaleKey"]) if rows else "unknown"


def _api_name_of(label: str, org: ReadableOrg) -> str:
    """The API name of the permission set with a label, if there is just one."""
    rows = org.rest.query(
        "SELECT Name, NamespacePrefix FROM PermissionSet "
        f"WHERE IsOwnedByProfile = false AND Label = {quoted(label)}"
    )
    if len(rows) != 1:
        return ""
    prefix = rows[0]["NamespacePrefix"]
    return f"{prefix}__{rows[0]['Name']}" if prefix else str(rows[0]["Name"])
