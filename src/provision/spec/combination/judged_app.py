"""JudgedApp: the fields of an app as combinations read them, and which of them are known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provision.catalogue.canonical import effective, split_names, split_urls
from provision.catalogue.catalogue import (
    ADMIN_APPROVED,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    path_of,
)
from provision.catalogue.component import Component, Unset, Value
from provision.catalogue.field import MetadataType
from provision.catalogue.scope import granted
from provision.spec.position import KeyPath, Position, Positions

__all__ = ["JudgedApp"]

_SF_CALLBACK: Final = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?/OauthRedirect")
_WITH_OAUTH = (OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES)


@dataclass(frozen=True, slots=True)
class JudgedApp:
    """An app, its components by type name.

    The components are those of a spec, or those that an org has or will have. In the second case
    ``is_whole`` is true, and a missing field has no value. In the first case a missing field
    without a default has the org's value, which is unknown.

    ``positions`` are those of the spec, if there is one; ``holes`` are the paths of values that
    could not be read (variables without a value). ``api_version`` is ``None`` if no org was asked.
    ``unassigned`` are the profiles and permission sets that provision creates and assigns to
    nobody, each as the field that lists it and its folded name.
    """

    components: Mapping[str, Component]
    positions: Positions | None = None
    is_whole: bool = False
    holes: frozenset[KeyPath] = field(default=frozenset())
    api_version: int | None = None
    unassigned: frozenset[tuple[str, str]] = frozenset()

    @property
    def has_oauth(self) -> bool:
        """Whether the app has OAuth settings or policies at all."""
        return any(kind.name in self.components for kind in _WITH_OAUTH)

    def value(self, metadata_type: MetadataType, name: str) -> Value | None:
        """The value of a field, or its default; ``None`` if the field has no meaning here."""
        described = metadata_type.field(name)
        if described is None:
            raise AssertionError(f"the catalogue lost {metadata_type.name}.{name}")
        component = self.components.get(metadata_type.name) or Component(metadata_type, "")
        found = effective(component, described)
        return None if isinstance(found, Unset) else found

    def raw(self, metadata_type: MetadataType, name: str) -> Value | None:
        """The value of a field, even if it has no meaning here; ``None`` if there is none."""
        component = self.components.get(metadata_type.name)
        found = component.fields.get(name) if component else None
        return None if isinstance(found, Unset) or found in ("", ()) else found

    def text(self, metadata_type: MetadataType, name: str) -> str:
        """A field's value as text, empty if it has none."""
        found = self.value(metadata_type, name)
        return found if isinstance(found, str) else ""

    def is_on(self, metadata_type: MetadataType, name: str) -> bool:
        """Whether a flag is true."""
        return self.value(metadata_type, name) is True

    def is_written(self, metadata_type: MetadataType, name: str) -> bool:
        """Whether the spec itself sets the field."""
        return self._has(self.path(metadata_type, name))

    def path(self, metadata_type: MetadataType, name: str) -> KeyPath:
        """The path where the spec sets the field, by key or in `metadata:`, or would set it."""
        by_name = ("metadata", metadata_type.name, name)
        return by_name if self._has(by_name) else path_of(metadata_type, name)

    def position(self, path: KeyPath) -> Position | None:
        """Where in the spec the value at ``path`` is, or would be; ``None`` without a spec."""
        return self.positions.of(path) if self.positions else None

    def _has(self, path: KeyPath) -> bool:
        return self.positions is not None and path in self.positions

    def is_known(self, metadata_type: MetadataType, name: str) -> bool:
        """Whether all values of the spec for the field could be read."""
        path = self.path(metadata_type, name)
        return not any(
            hole[: len(path)] == path or path[: len(hole)] == hole for hole in self.holes
        )

    @property
    def scopes(self) -> frozenset[str] | None:
        """The scopes that the app grants, as metadata tokens; ``None`` if the spec has none."""
        listed = self.text(OAUTH_SETTINGS, "commaSeparatedOauthScopes")
        if not listed and not self.is_whole:
            return None
        return granted(split_names(listed))

    @property
    def callback_urls(self) -> tuple[str, ...]:
        """The app's callback URLs."""
        return split_urls(self.text(GLOBAL_OAUTH_SETTINGS, "callbackUrl"))

    @property
    def sf_callback(self) -> str:
        """The callback URL of the `sf` CLI; empty if the app does not have it."""
        return next((url for url in self.callback_urls if _SF_CALLBACK.fullmatch(url)), "")

    @property
    def has_jwt_bearer(self) -> bool:
        """Whether the JWT bearer flow is on, which means that there is a certificate."""
        return self.value(GLOBAL_OAUTH_SETTINGS, "certificate") is not None

    @property
    def has_jwt_tokens(self) -> bool:
        """Whether access tokens are JWT-format. Up to API 63 the policies had the flag as well."""
        return any(
            self.is_on(kind, "isNamedUserJwtEnabled")
            for kind in (GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES)
        )

    @property
    def is_admin_approved(self) -> bool:
        """Whether an administrator decides who may use the app."""
        return self.text(OAUTH_POLICIES, "permittedUsersPolicyType") == ADMIN_APPROVED
