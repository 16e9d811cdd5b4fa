"""Writing one component: what is checked, what is kept, and what the org adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provision.catalogue.canonical import canonical
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    PARENT_FIELD,
    POLICIES,
)
from provision.catalogue.component import Component, Unset, Value
from provision.catalogue.field import MetadataType, Role, unknown_field
from provision.localorg.domain import consumers, plugins, policies
from provision.localorg.domain.audit_trail import noted
from provision.localorg.domain.grants import GRANTEE_FIELDS
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.reading import parent_of
from provision.localorg.domain.types import CONNECTED_APP, DEPENDENT
from provision.localorg.quirks import ForeignOrgScopedApp, TwoPhaseDeploy
from provision.localorg.store.components import Stored

__all__ = ["Outcome", "Request", "create_default_policies", "write"]

# Satellite records: made-up key prefixes, since none was ever seen for them.
_PREFIXES: Final = {
    EXTERNAL_CLIENT_APPLICATION.name: "0xI",
    OAUTH_SETTINGS.name: "0xJ",
    GLOBAL_OAUTH_SETTINGS.name: "0xK",
    OAUTH_POLICIES.name: "0xL",
    POLICIES.name: "0xM",
    CONNECTED_APP.name: "0H4",
    **{metadata_type.name: "0xQ" for metadata_type in DEPENDENT},
}
_DEVELOPER_NAME: Final = re.compile(r"[A-Za-z](?!.*__)[A-Za-z0-9_]*(?<!_)")
_REAL_ORG_ID: Final = re.compile(r"00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


@dataclass(slots=True)
class Request:
    """One deploy or call, as the writing of a component sees it.

    ``known_apps`` are the apps that were there before it; ``brought`` the (type, app) pairs that
    it brings, so that no default policy is made where one comes along.
    """

    author: str
    version: int
    ignore_warnings: bool = False
    known_apps: frozenset[str] = frozenset()
    brought: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What writing a component did. ``warning`` is text that a success carries (OBS)."""

    id: str
    created: bool
    changed: bool
    warning: str = ""


@dataclass(slots=True)
class _Draft:
    """A component on its way into the org."""

    component: Component
    existing: Stored | None
    app: Stored | None
    fields: dict[str, Value]
    warning: str = ""
    after: list[Callable[[Stored], bool]] = field(default_factory=list)

    @property
    def owner(self) -> Stored:
        """The app that a satellite belongs to."""
        if self.app is None:
            raise LookupError("an app belongs to no other")
        return self.app


def write(org: Org, request: Request, component: Component) -> Outcome:
    """Create or replace a component. Raises :class:`Refused`; nothing is half written then."""
    existing = org.components.get(component.type, component.full_name)
    app = _app_of(org, request, component, existing)
    draft = _Draft(component, existing, app, _given(component))
    _RULES[component.type.name](org, request, draft)
    return _store(org, request, draft)


def _given(component: Component) -> dict[str, Value]:
    return {
        name: value
        for name, value in component.fields.items()
        if not isinstance(value, Unset) and value not in ("", ())
    }


def _app_of(
    org: Org, request: Request, component: Component, existing: Stored | None
) -> Stored | None:
    """The app that a satellite belongs to, after every check of that bond."""
    if component.type in {EXTERNAL_CLIENT_APPLICATION, CONNECTED_APP}:
        return None
    parent = parent_of(component)
    app = org.components.get(EXTERNAL_CLIENT_APPLICATION, parent)
    unready = (
        org.quirks.two_phase_deploy is TwoPhaseDeploy.REQUIRED
        and parent.casefold() not in request.known_apps
    )
    if app is None or unready:
        raise Refused(
            "INVALID_CROSS_REFERENCE_KEY",
            f"In field: {PARENT_FIELD} - no {EXTERNAL_CLIENT_APPLICATION.name}"
            f" named {parent} found",
            element=PARENT_FIELD,
        )
    holder = org.components.of_app(component.type, parent)
    if holder is not None and (existing is None or holder.id != existing.id):
        raise _duplicate(component.type, holder.component.full_name)
    if existing is not None and existing.component.parent.casefold() != parent.casefold():
        raise Refused(
            "DUPLICATE_DEVELOPER_NAME",
            f"The name {component.full_name} belongs to {existing.component.parent}",
        )
    return app


def _duplicate(metadata_type: MetadataType, holder: str) -> Refused:
    """OBS: one of a type per app, and the message names the record that is in the way."""
    if metadata_type is OAUTH_POLICIES:
        return Refused(
            "DUPLICATE_VALUE", f"ExtlClntAppOauthSettingsId duplicates value on {holder}"
        )
    return Refused(
        "DUPLICATE_VALUE",
        f"duplicate value found: ExternalClientApplicationId duplicates value on {holder}",
    )


def _write_app(org: Org, request: Request, draft: _Draft) -> None:
    del request
    name = draft.component.full_name
    if draft.existing is None and org.components.get(CONNECTED_APP, name) is not None:
        raise Refused(  # OBS: the two sorts of apps share their names. The words are made up
            "DUPLICATE_DEVELOPER_NAME",
            f"The name {name} is already used by a connected app",
        )
    if draft.existing is None and not _DEVELOPER_NAME.fullmatch(name):
        raise Refused(
            "INVALID_FIELD",
            "The Developer Name can only contain underscores and alphanumeric characters. It must"
            " be unique, begin with a letter, not include spaces, not end with an underscore, and"
            " not contain two consecutive underscores.",
        )
    draft.fields["orgScopedExternalApp"] = _org_scoped(org, name, draft.fields)
    draft.fields.setdefault("label", name)
    _fill_defaults(draft)


def _write_connected_app(org: Org, request: Request, draft: _Draft) -> None:
    del org, request
    if draft.existing is None:  # OBS, word for word
        raise Refused(
            "INVALID_FIELD",
            "You can't create a connected app. To enable connected app creation, contact"
            " Salesforce Customer Support.",
        )


def _org_scoped(org: Org, name: str, given: Mapping[str, Value]) -> str:
    own = f"{org.short_id}:{name}"
    wanted = given.get("orgScopedExternalApp")
    if wanted is None:
        return own
    org_id, _, _app = str(wanted).partition(":")
    if org_id[:15] == org.short_id:
        return own
    # OBS: a real id of another org was rewritten, a placeholder failed; others report refusals.
    rewritten = org.quirks.foreign_org_scoped_app is ForeignOrgScopedApp.REWRITTEN
    if rewritten and _REAL_ORG_ID.fullmatch(org_id):
        return own
    raise Refused(
        "INVALID_FIELD",
        f"{wanted} isn't a valid org-scoped external app for this org",
        element="orgScopedExternalApp",
    )


def _write_oauth_settings(org: Org, request: Request, draft: _Draft) -> None:
    link = consumers.oauth_link(org, draft.owner.id)
    wanted = draft.fields.get("oauthLink")
    if wanted is not None and wanted != link:
        # DOC: a wrong link fails the deploy. OBS: the words, in part.
        raise Refused(
            "INVALID_FIELD",
            "We couldn't update your OAuth link because the external client app doesn't have"
            " distribution state PACKAGED.",
            element="oauthLink",
        )
    if draft.existing is None:
        consumers.create(org, draft.owner.id)
        draft.after.append(lambda stored: create_default_policies(org, request, stored))
    draft.fields["oauthLink"] = consumers.oauth_link(org, draft.owner.id)
    _fill_defaults(draft)


def _write_global(org: Org, request: Request, draft: _Draft) -> None:
    if org.components.of_app(OAUTH_SETTINGS, draft.component.parent) is None:
        raise Refused(  # OBS, word for word
            "INVALID_FIELD",
            "The external client app configured in your global OAuth Settings doesn't have a valid"
            " OAuth settings configuration.",
        )
    draft.warning = consumers.write_key(
        org,
        draft.owner.id,
        draft.fields,
        is_new=draft.existing is None,
        ignore_warnings=request.ignore_warnings,
    )
    kept = draft.existing.component.fields if draft.existing else {}
    consumers.settle_certificate(org, draft.fields, kept)
    _fill_defaults(draft)
    if draft.fields.get("isPkceRequired") is False and org.quirks.pkce_is_sticky(request.version):
        draft.fields["isPkceRequired"] = True


def _write_oauth_policies(org: Org, request: Request, draft: _Draft) -> None:
    del request
    settings = org.components.of_app(OAUTH_SETTINGS, draft.component.parent)
    if settings is None:
        raise Refused(
            "INVALID_CROSS_REFERENCE_KEY",
            f"In field: {PARENT_FIELD} - no {OAUTH_SETTINGS.name} of"
            f" {draft.component.parent} found",
            element=PARENT_FIELD,
        )
    kept = policies.kept_fields(org, draft.existing)
    draft.fields = {**kept, **draft.fields}
    policies.check(org, draft.fields, draft.component.parent)
    changes = policies.list_changes(org, draft.owner.id, draft.component)
    for grantees in GRANTEE_FIELDS:
        draft.fields.pop(grantees.field, None)
    _fill_defaults(draft)
    policies.settle_refresh(draft.fields)
    before = draft.existing.component if draft.existing else None
    app = draft.owner
    draft.after.append(lambda stored: policies.apply_lists(org, app.id, changes, stored))
    draft.after.append(lambda stored: policies.revoke_if_restricted(org, app, before, stored))


def _write_policies(org: Org, request: Request, draft: _Draft) -> None:
    del request
    kept = policies.kept_fields(org, draft.existing)
    if draft.existing is None and "isEnabled" not in draft.fields:
        raise Refused("REQUIRED_FIELD_MISSING", "Required field is missing: isEnabled")
    if draft.existing is not None:
        # OBS: an update that left isEnabled out was taken, though the WSDL requires it.
        kept.setdefault("isEnabled", draft.existing.component.fields["isEnabled"])
    draft.fields = {**kept, **draft.fields}
    _fill_defaults(draft)


def _write_dependent(org: Org, request: Request, draft: _Draft) -> None:
    del request
    plugins.check(org, draft.component.type, draft.owner.component)


_RULES: Final[Mapping[str, Callable[[Org, Request, _Draft], None]]] = {
    EXTERNAL_CLIENT_APPLICATION.name: _write_app,
    OAUTH_SETTINGS.name: _write_oauth_settings,
    GLOBAL_OAUTH_SETTINGS.name: _write_global,
    OAUTH_POLICIES.name: _write_oauth_policies,
    POLICIES.name: _write_policies,
    CONNECTED_APP.name: _write_connected_app,
    **{metadata_type.name: _write_dependent for metadata_type in DEPENDENT},
}


def _fill_defaults(draft: _Draft) -> None:
    """What the org makes of silence: the catalogue's defaults (OBS: all flags come back)."""
    for described in draft.component.type.fields:
        if described.role is Role.ACTION:
            draft.fields[described.name] = False
        elif described.default is not None:
            draft.fields.setdefault(described.name, described.default)


def _store(org: Org, request: Request, draft: _Draft) -> Outcome:
    now = org.clock.now()
    existing = draft.existing
    if existing is None:
        record_id = org.database.new_id(_PREFIXES[draft.component.type.name])
        component = replace(draft.component, fields=draft.fields)
        stored = Stored(component, record_id, now, request.author, now, request.author)
        changed = True
    else:
        component = replace(existing.component, fields=draft.fields)
        changed = not _same(existing.component, component)
        stored = replace(existing, component=component)
        if changed:
            stored = replace(stored, modified=now, modified_by=request.author)
    org.components.put(stored)
    for step in draft.after:
        changed = step(stored) or changed
    if changed:
        noted(org, request.author, stored, "Changed" if existing else "Created")
    return Outcome(stored.id, existing is None, changed, draft.warning)


def _same(before: Component, after: Component) -> bool:
    names = {*before.fields, *after.fields}
    return all(
        canonical(described, before.fields.get(name))
        == canonical(described, after.fields.get(name))
        for name in names
        for described in [before.type.field(name) or unknown_field(name)]
    )


def _free_name(org: Org, metadata_type: MetadataType, name: str) -> str:
    """``name``, or with a number behind it if a record of another app has it.

    OBS: policies of a package's app have no namespace in their names, so that one's own app of the
    same name meets them. What a real org then calls the policy is not known.
    """
    names = (name, *(f"{name}{number}" for number in range(1, 1000)))
    return next(each for each in names if org.components.get(metadata_type, each) is None)


def create_default_policies(org: Org, request: Request, settings: Stored) -> bool:
    """The policies that the org makes by itself for new OAuth settings (OBS).

    None of a type that the same request brings. Named as after a deploy, or as by Setup. Whether
    it made any.
    """
    app = settings.component.parent
    made = False
    for metadata_type in (OAUTH_POLICIES, POLICIES):
        if (metadata_type.name, app.casefold()) in request.brought:
            continue
        if org.components.of_app(metadata_type, app) is not None:
            continue
        name = _free_name(org, metadata_type, policies.default_name(org, metadata_type, settings))
        fields: dict[str, Value] = {PARENT_FIELD: app, "label": name}
        if metadata_type is POLICIES:
            fields["isEnabled"] = True
        write(org, request, Component(metadata_type, name, fields))
        made = True
    return made
