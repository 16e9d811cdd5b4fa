"""What the org checks and fills in before it stores a component: a rule for each type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    PARENT_FIELD,
    POLICIES,
)
from provision.catalogue.component import Component, Value
from provision.catalogue.field import MetadataType, Role
from provision.localorg.domain import consumers, policies
from provision.localorg.domain.grants import GRANTEE_FIELDS, Grantees
from provision.localorg.domain.org import Org
from provision.localorg.domain.policies import Change
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.types import CONNECTED_APP, DEPENDENT
from provision.localorg.quirks import ForeignOrgScopedApp
from provision.localorg.store.components import Stored

__all__ = ["RULES", "Draft", "Request"]

_DEVELOPER_NAME: Final = re.compile(r"[A-Za-z](?!.*__)[A-Za-z0-9_]*(?<!_)")
_REAL_ORG_ID: Final = re.compile(r"00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


@dataclass(slots=True)
class Request:
    """The deploy or call that writes a component.

    ``earlier_apps`` are the names of the apps that existed before it. ``included`` are the (type,
    app) pairs of its components: the org makes no default policy if the request includes one.
    """

    author: str
    version: int
    ignore_warnings: bool = False
    earlier_apps: frozenset[str] = frozenset()
    included: frozenset[tuple[str, str]] = frozenset()


@dataclass(slots=True)
class Draft:
    """A component before it is stored, and what the org does once it is stored.

    ``app`` is the app that the component belongs to, ``None`` for an app itself. The org adds
    ``default_policies``, applies ``grants`` (who may use the app), and with ``ends_sessions``
    revokes the app's tokens.
    """

    request: Request
    component: Component
    existing: Stored | None
    app: Stored | None
    fields: dict[str, Value]
    warning: str = ""
    default_policies: list[Component] = field(default_factory=list)
    grants: Mapping[Grantees, Change] = field(default_factory=dict)
    ends_sessions: bool = False

    @property
    def owner(self) -> Stored:
        """The app that the component belongs to."""
        if self.app is None:
            raise LookupError("an app belongs to no other app")
        return self.app


def _write_app(org: Org, draft: Draft) -> None:
    name = draft.component.full_name
    if draft.existing is None and org.components.get(CONNECTED_APP, name) is not None:
        raise Refused(  # OBS: both kinds of apps share one set of names. The text is invented
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


def _write_connected_app(org: Org, draft: Draft) -> None:
    del org
    if draft.existing is None:  # OBS, verbatim
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
    # OBS: an org rewrote the real id of another org, and refused a placeholder. Others report
    # refusals of both.
    rewritten = org.quirks.foreign_org_scoped_app is ForeignOrgScopedApp.REWRITTEN
    if rewritten and _REAL_ORG_ID.fullmatch(org_id):
        return own
    raise Refused(
        "INVALID_FIELD",
        f"{wanted} isn't a valid org-scoped external app for this org",
        element="orgScopedExternalApp",
    )


def _write_oauth_settings(org: Org, draft: Draft) -> None:
    link = consumers.oauth_link(org, draft.owner.id)
    wanted = draft.fields.get("oauthLink")
    if wanted is not None and wanted != link:
        # DOC: a wrong link fails the deploy. OBS: part of the text.
        raise Refused(
            "INVALID_FIELD",
            "We couldn't update your OAuth link because the external client app doesn't have"
            " distribution state PACKAGED.",
            element="oauthLink",
        )
    if draft.existing is None:
        consumers.create(org, draft.owner.id)
        draft.default_policies = _default_policies(org, draft.request, draft.component)
    draft.fields["oauthLink"] = consumers.oauth_link(org, draft.owner.id)
    _fill_defaults(draft)


def _write_global(org: Org, draft: Draft) -> None:
    if org.components.of_app(OAUTH_SETTINGS, draft.component.parent) is None:
        raise Refused(  # OBS, verbatim
            "INVALID_FIELD",
            "The external client app configured in your global OAuth Settings doesn't have a valid"
            " OAuth settings configuration.",
        )
    draft.warning = consumers.write_key(
        org,
        draft.owner.id,
        draft.fields,
        is_new=draft.existing is None,
        ignore_warnings=draft.request.ignore_warnings,
    )
    kept = draft.existing.component.fields if draft.existing else {}
    consumers.fill_certificate(org, draft.fields, kept)
    _fill_defaults(draft)
    if draft.fields.get("isPkceRequired") is False and org.quirks.pkce_is_sticky(
        draft.request.version
    ):
        draft.fields["isPkceRequired"] = True


def _write_oauth_policies(org: Org, draft: Draft) -> None:
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
    draft.grants = policies.grant_changes(org, draft.owner.id, draft.component)
    for grantees in GRANTEE_FIELDS:
        draft.fields.pop(grantees.field, None)
    _fill_defaults(draft)
    policies.drop_unused_refresh_period(draft.fields)
    before = draft.existing.component if draft.existing else None
    draft.ends_sessions = policies.becomes_restricted(before, draft.fields)


def _write_policies(org: Org, draft: Draft) -> None:
    kept = policies.kept_fields(org, draft.existing)
    if draft.existing is None and "isEnabled" not in draft.fields:
        raise Refused("REQUIRED_FIELD_MISSING", "Required field is missing: isEnabled")
    if draft.existing is not None:
        # OBS: an org accepted an update without isEnabled, although the WSDL requires it.
        kept.setdefault("isEnabled", draft.existing.component.fields["isEnabled"])
    draft.fields = {**kept, **draft.fields}
    _fill_defaults(draft)


def _write_dependent(org: Org, draft: Draft) -> None:
    policies.check_plugin(org, draft.component.type, draft.owner.component)


RULES: Final[Mapping[str, Callable[[Org, Draft], None]]] = {
    **{metadata_type.name: _write_dependent for metadata_type in (*CORE_TYPES, *DEPENDENT)},
    EXTERNAL_CLIENT_APPLICATION.name: _write_app,
    OAUTH_SETTINGS.name: _write_oauth_settings,
    GLOBAL_OAUTH_SETTINGS.name: _write_global,
    OAUTH_POLICIES.name: _write_oauth_policies,
    POLICIES.name: _write_policies,
    CONNECTED_APP.name: _write_connected_app,
}


def _fill_defaults(draft: Draft) -> None:
    """Fill in the catalogue's defaults for fields that are not given (OBS: all flags come back)."""
    for described in draft.component.type.fields:
        if described.role is Role.ACTION:
            draft.fields[described.name] = False
        elif described.default is not None:
            draft.fields.setdefault(described.name, described.default)


def _free_name(org: Org, metadata_type: MetadataType, name: str) -> str:
    """``name``, with a number added if a record of another app has that name.

    OBS: the policies of a package's app have no namespace in their names, so an app of the org's
    own with the same name would get the same ones. The name in a real org is not known.
    """
    names = (name, *(f"{name}{number}" for number in range(1, 1000)))
    return next(each for each in names if org.components.get(metadata_type, each) is None)


def _default_policies(org: Org, request: Request, settings: Component) -> list[Component]:
    """The policies that the org itself makes for new OAuth settings (OBS).

    It makes none of a type that the app has already, or that the request includes.
    """
    app = settings.parent
    made: list[Component] = []
    for metadata_type in (OAUTH_POLICIES, POLICIES):
        if (metadata_type.name, app.casefold()) in request.included:
            continue
        if org.components.of_app(metadata_type, app) is not None:
            continue
        name = _free_name(org, metadata_type, policies.default_name(org, metadata_type, settings))
        fields: dict[str, Value] = {PARENT_FIELD: app, "label": name}
        if metadata_type is POLICIES:
            fields["isEnabled"] = True
        made.append(Component(metadata_type, name, fields))
    return made
