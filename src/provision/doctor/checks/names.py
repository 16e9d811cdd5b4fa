"""Whether names are free, and whether those that the specs name exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import ClassVar, Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.field import MetadataType
from provision.doctor.check import Context, Subject
from provision.findings import Finding, Severity
from provision.org.app_names import apps_called
from provision.org.org import ReadableOrg
from provision.org.rest import quoted
from provision.plan.names import Missing, Wanted, missing, wanted
from provision.spec.packaged_app import IN_SETUP, package_apps_message

__all__ = ["CHECKS", "NameClash", "Names", "same_profile"]

_CONNECTED_APP: Final = MetadataType("ConnectedApp", "connectedApps", "connectedApp", 29, ())
_MOST_NAMES_SHOWN: Final = 12
_KEYS: Final = {"profile": "policies.profiles", "permission set": "policies.permission_sets"}
_SOURCE: Final = "Correct `clone_of`: it names a profile that the org has already."

# The labels of standard profiles in the languages of orgs: OBS for Japanese, the others from
# memory. A label is suggested only if the org has a profile with it, so a wrong one is harmless.
# The last one is the name in the profile's own metadata, which a policy does not accept (OBS).
_LABELS: Final = (
    (
        "System Administrator",
        "システム管理者",
        "Systemadministrator",
        "Administrateur système",
        "Administrador del sistema",
        "Administrador do sistema",
        "Amministratore del sistema",
        "Systeembeheerder",
        "시스템 관리자",
        "系统管理员",
        "Admin",
    ),
    (
        "Standard User",
        "標準ユーザー",
        "Standardbenutzer",
        "Utilisateur standard",
        "Usuario estándar",
        "Usuário padrão",
        "Utente standard",
        "Standaardgebruiker",
        "표준 사용자",
        "标准用户",
        "Standard",
    ),
)


class NameClash:
    """Connected apps by developer name (a listing) and by label (a query).

    OBS: connected apps and external client apps share one name space, whatever the case. An app
    that exists already keeps its name.
    """

    id: ClassVar = "name-clash"
    title: ClassVar = "No connected app has the name of an app that is to be created."
    fix: ClassVar = (
        "Choose another name, or remove the connected app first. To migrate it with its consumer "
        "key, use Migrate to External Client App on its page in Setup."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for the same developer name, a warning for the same label."""
        called = [(s, apps_called(s.spec.app, context.org.rest)) for s in context.subjects]
        new = [subject for subject, apps in called if not apps.own_id]
        if not new:
            return
        for subject, apps in called:
            if not apps.own_id and apps.packages:
                app = subject.spec.app
                said = f"the org has {package_apps_message(app, apps.packages)}"
                yield self._finding(subject, Severity.WARNING, said, "app", fix=IN_SETUP)
        listed = context.org.metadata.names([_CONNECTED_APP])[_CONNECTED_APP.name]
        taken = {fold_name(name) for name in listed}
        for subject in new:
            app = subject.spec.app
            if fold_name(app) in taken:
                said = f"the org has a connected app {app}"
                yield self._finding(subject, Severity.ERROR, said, "app")
            elif _has_label(context.org, subject.spec.document.label or app):
                said = f"the org has a connected app labelled {subject.spec.document.label or app}"
                yield self._finding(subject, Severity.WARNING, said, "label")

    def _finding(
        self, subject: Subject, severity: Severity, said: str, key: str, fix: str = fix
    ) -> Finding:
        return Finding(
            severity,
            self.id,
            said,
            fix,
            app=subject.spec.app,
            position=subject.spec.positions.of((key,)),
            key=key,
        )


def _has_label(org: ReadableOrg, label: str) -> bool:
    return bool(org.rest.query(f"SELECT Id FROM ConnectedApplication WHERE Name = {quoted(label)}"))


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


def same_profile(label: str, known: Sequence[str]) -> str:
    """The label among ``known`` of the profile that ``label`` means in another language, or ""."""
    folded = {fold_name(name): name for name in known}
    for labels in _LABELS:
        names = [fold_name(each) for each in labels]
        if fold_name(label) in names:
            return next((folded[name] for name in names if name in folded), "")
    return ""


CHECKS: Final = (
    NameClash(),
    Names(),
)
