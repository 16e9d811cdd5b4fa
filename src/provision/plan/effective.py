"""Effective policy: where what is stored is not what happens, and nothing is wrong with either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from provision.metadata.canonical import split_names
from provision.metadata.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.metadata.component import Component, Value
from provision.metadata.field import MetadataType
from provision.metadata.scope import granted
from provision.plan.plan import Advice
from provision.spec.spec import Spec
from provision.spec.word import path_of

__all__ = ["advice"]

_IDLE_DAYS: Final = 30  # DOC: the example of the idle refresh-token limit; partners must have it
_HOURS: Final = {"hours": 1, "days": 24, "months": 24 * 30}


def advice(spec: Spec, components: Mapping[str, Component]) -> tuple[Advice, ...]:
    """What no apply can repair in ``components`` (by type name), as the org has or gets them."""
    return tuple(_App(spec, components).advice())


class _App:
    """One app's stored policy, asked what it comes to."""

    def __init__(self, spec: Spec, components: Mapping[str, Component]) -> None:
        self._spec = spec
        self._components = components

    def advice(self) -> Iterator[Advice]:
        if OAUTH_SETTINGS.name not in self._components:
            return
        if self._issues_refresh_tokens():
            yield from self._idle_limit()
        else:
            yield from self._unused_refresh_policy()
        yield from self._session_timeout()
        yield from self._self_authorized()

    def _idle_limit(self) -> Iterator[Advice]:
        """DOC: the idle limit rules two of the four refresh policies, and changes no metadata."""
        if self._value(GLOBAL_OAUTH_SETTINGS, "isEnforceRefreshTokenTTL") is not True:
            return
        policy = self._value(OAUTH_POLICIES, "refreshTokenPolicyType")
        days = self._refresh_hours() / 24
        if policy == "Infinite" or (policy == "SpecificInactivity" and days > _IDLE_DAYS):
            yield self._advice(
                OAUTH_POLICIES,
                "refreshTokenPolicyType",
                f"the idle limit is on: refresh tokens end after {_IDLE_DAYS} days without use, "
                "whatever the stored policy says",
            )
        elif policy == "SpecificLifetime" and days > _IDLE_DAYS:
            yield self._advice(
                OAUTH_POLICIES,
                "refreshTokenPolicyType",
                f"the idle limit is on: a refresh token that is not used for {_IDLE_DAYS} days "
                f"ends before its {days:.0f} days",
            )

    def _issues_refresh_tokens(self) -> bool:
        tokens = granted(split_names(self._text(OAUTH_SETTINGS, "commaSeparatedOauthScopes")))
        return "RefreshToken" in tokens

    def _unused_refresh_policy(self) -> Iterator[Advice]:
        if self._says("refreshTokenPolicyType"):
            yield self._advice(
                OAUTH_POLICIES,
                "refreshTokenPolicyType",
                "the app has no scope refresh_token: no flow of its issues refresh tokens, and "
                "this policy is stored and unused",
            )

    def _session_timeout(self) -> Iterator[Advice]:
        """DOC: JWT-format access tokens have a timeout of their own, and heed no other."""
        timeout = self._value(OAUTH_POLICIES, "sessionTimeoutInMinutes")
        if self._value(GLOBAL_OAUTH_SETTINGS, "isNamedUserJwtEnabled") is True:
            own = self._value(OAUTH_POLICIES, "namedUserJwtTimeout")
            said = "which is not set" if own is None else f"which is {own} minutes"
            if timeout is not None:
                said += f", and not the session timeout of {timeout} minutes"
            yield self._advice(
                OAUTH_POLICIES,
                "sessionTimeoutInMinutes",
                f"access tokens are JWT-format: they heed namedUserJwtTimeout alone, {said}",
            )
        elif timeout is None and self._says("sessionTimeoutInMinutes"):
            yield self._advice(
                OAUTH_POLICIES,
                "sessionTimeoutInMinutes",
                "no session timeout of the app: the user's profile's applies, else the org's",
            )

    def _self_authorized(self) -> Iterator[Advice]:
        if self._value(OAUTH_POLICIES, "permittedUsersPolicyType") != "AllSelfAuthorized":
            return
        for field in ("commaSeparatedProfile", "commaSeparatedPermissionSet"):
            if self._text(OAUTH_POLICIES, field):
                yield self._advice(
                    OAUTH_POLICIES, field, "heeded with permitted_users: admin_approved alone"
                )
        if self._text(GLOBAL_OAUTH_SETTINGS, "certificate"):
            yield self._advice(
                OAUTH_POLICIES,
                "permittedUsersPolicyType",
                "self_authorized: a JWT login never succeeds, since nobody is there to approve it",
            )

    def _refresh_hours(self) -> int:
        period = self._value(OAUTH_POLICIES, "refreshTokenValidityPeriod")
        unit = str(self._value(OAUTH_POLICIES, "refreshTokenValidityUnit")).casefold()
        return period * _HOURS.get(unit, 0) if isinstance(period, int) else 0

    def _says(self, field: str) -> bool:
        return path_of(OAUTH_POLICIES, field) in self._spec.positions

    def _value(self, metadata_type: MetadataType, name: str) -> Value | None:
        """A field's value, or its default in a component that is there or will be."""
        component = self._components.get(metadata_type.name)
        value = component.fields.get(name) if component else None
        field = metadata_type.field(name)
        return field.default if value is None and field else value

    def _text(self, metadata_type: MetadataType, name: str) -> str:
        component = self._components.get(metadata_type.name)
        return component.text(name) if component else ""

    def _advice(self, metadata_type: MetadataType, field: str, text: str) -> Advice:
        path = path_of(metadata_type, field)
        return Advice(f"{'.'.join(path)}: {text}", self._spec.positions.of(path))
