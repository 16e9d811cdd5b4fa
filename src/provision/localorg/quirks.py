"""Quirks: switches for behaviour that sources disagree on (``facts/eca-metadata.md``, CONFLICT).

Each default is the side with the better evidence. Both sides are tested.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_type_hints

from provision.errors import CannotError

__all__ = [
    "ConsumerKeyOnCreate",
    "DisputedFields",
    "ElementOrder",
    "ForeignOrgScopedApp",
    "JwtSessionTimeout",
    "OmittedCertificate",
    "OmittedPolicyFields",
    "PermissionLists",
    "Pkce",
    "PolicyNames",
    "Quirks",
    "RestDeploy",
    "SuppliedSecret",
    "SwitchedOffApp",
    "TwoPhaseDeploy",
    "UnapprovedUser",
]


class ConsumerKeyOnCreate(StrEnum):
    """What happens to a consumer key in the first deploy of an app."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    IGNORED = "ignored"


class PermissionLists(StrEnum):
    """What a deploy of a policy does to its lists of profiles and permission sets."""

    REPLACE = "replace"
    ADD = "add"
    ADD_REFUSING_KNOWN = "add_refusing_known"


class OmittedCertificate(StrEnum):
    """What happens to the certificate if a redeploy leaves it out."""

    CLEARED = "cleared"
    KEPT = "kept"


class OmittedPolicyFields(StrEnum):
    """What happens to fields of a policy that a redeploy leaves out."""

    RESET = "reset"
    KEPT = "kept"


class Pkce(StrEnum):
    """Whether the org silently reverts that PKCE is switched off; ``auto``: from API 67 on."""

    AUTO = "auto"
    STICKY = "sticky"
    HONOURED = "honoured"


class TwoPhaseDeploy(StrEnum):
    """Whether an app's settings may come in the same deploy as the app."""

    ALLOWED = "allowed"
    REQUIRED = "required"


class RestDeploy(StrEnum):
    """Whether the org accepts deploys over REST, or answers 404."""

    AVAILABLE = "available"
    REFUSED = "refused"


class SuppliedSecret(StrEnum):
    """What happens to a consumer secret in the first deploy of an app."""

    IGNORED = "ignored"
    STORED = "stored"


class ForeignOrgScopedApp(StrEnum):
    """What happens to an ``orgScopedExternalApp`` with another org's id."""

    REWRITTEN = "rewritten"
    REFUSED = "refused"


class UnapprovedUser(StrEnum):
    """The OAuth error for a user whom no admin approved."""

    INVALID_APP_ACCESS = "invalid_app_access"
    INVALID_GRANT = "invalid_grant"


class SwitchedOffApp(StrEnum):
    """The OAuth error of an app that its policies switch off."""

    INVALID_APP_ACCESS = "invalid_app_access"
    OAUTH_FLOW_DISABLED = "oauth_flow_disabled"


class ElementOrder(StrEnum):
    """What happens to elements that are not in alphabetical order."""

    TOLERATED = "tolerated"
    DROPPED = "dropped"


class DisputedFields(StrEnum):
    """What happens to a field below the API version in which Salesforce's types begin to have it.

    Some projects of an older version have such fields in their files, and their orgs accepted
    them (``facts/eca-metadata.md`` 13.3).
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"


class JwtSessionTimeout(StrEnum):
    """Whether ``sessionTimeoutInMinutes`` needs named-user JWT tokens."""

    FREE = "free"
    NEEDS_NAMED_USER_JWT = "needs_named_user_jwt"


class PolicyNames(StrEnum):
    """How the org names policies that it creates itself: as after a deploy, or as in Setup."""

    METADATA = "metadata"
    SETUP = "setup"


@dataclass(frozen=True, slots=True)
class Quirks:
    """A value for every switch. ``docs/local-org.md`` explains each of them."""

    consumer_key_on_create: ConsumerKeyOnCreate = ConsumerKeyOnCreate.ACCEPTED
    permission_lists: PermissionLists = PermissionLists.REPLACE
    omitted_certificate: OmittedCertificate = OmittedCertificate.CLEARED
    omitted_policy_fields: OmittedPolicyFields = OmittedPolicyFields.RESET
    pkce_sticky: Pkce = Pkce.AUTO
    two_phase_deploy: TwoPhaseDeploy = TwoPhaseDeploy.ALLOWED
    profile_grant_suffices: bool = True
    rest_deploy: RestDeploy = RestDeploy.AVAILABLE
    propagation_seconds: int = 0
    list_jwt_tokens_empty: bool = False
    empty_listing: bool = False
    hidden_metadata: bool = False
    record_queries: bool = True
    deploy_polls: int = 0
    supplied_secret: SuppliedSecret = SuppliedSecret.IGNORED
    foreign_org_scoped_app: ForeignOrgScopedApp = ForeignOrgScopedApp.REWRITTEN
    unapproved_user: UnapprovedUser = UnapprovedUser.INVALID_APP_ACCESS
    switched_off_app: SwitchedOffApp = SwitchedOffApp.INVALID_APP_ACCESS
    element_order: ElementOrder = ElementOrder.TOLERATED
    jwt_session_timeout: JwtSessionTimeout = JwtSessionTimeout.FREE
    policy_names: PolicyNames = PolicyNames.METADATA
    tooling_apps: bool = False
    disputed_fields: DisputedFields = DisputedFields.ACCEPTED

    def pkce_is_sticky(self, version: int) -> bool:
        """Whether the org reverts a deploy at API ``version`` that switches PKCE off.

        OBS: an org of API 67 reverted it; in older reports the value stayed.
        """
        if self.pkce_sticky is Pkce.AUTO:
            return version >= 67
        return self.pkce_sticky is Pkce.STICKY

    @classmethod
    def of(cls, *assignments: str) -> Quirks:
        """The defaults, except for the switches given as ``NAME=VALUE``.

        Raises :class:`CannotError` for an unknown name or value; the message lists the known ones.
        """
        return cls(**dict(map(_parsed, assignments)))

    def as_text(self) -> dict[str, str]:
        """Every switch by name, spelled as in ``NAME=VALUE``."""
        return {field.name: _text_of(getattr(self, field.name)) for field in _FIELDS}


_FIELDS = dataclasses.fields(Quirks)
_TYPES = get_type_hints(Quirks)
_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}


def _text_of(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _parsed(assignment: str) -> tuple[str, Any]:
    name, equals, text = assignment.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or name not in _TYPES:
        known = ", ".join(field.name for field in _FIELDS)
        raise CannotError(f"{assignment!r} is not NAME=VALUE of a quirk; known quirks: {known}")
    return name, _value(name, text.strip().lower())


def _value(name: str, text: str) -> Any:  # noqa: ANN401  # the type of the switch
    kind = _TYPES[name]
    if kind is bool:
        if text not in _BOOLEANS:
            raise CannotError(f"{name} is yes or no, not {text!r}")
        return _BOOLEANS[text]
    if kind is int:
        if not text.isdecimal():
            raise CannotError(f"{name} is a whole number, not {text!r}")
        return int(text)
    values = [str(value) for value in kind]
    if text not in values:
        raise CannotError(f"{name} is one of {', '.join(values)}, not {text!r}")
    return kind(text)
