"""Risk: what a change of one field can do to those who use the app, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from provision.metadata.canonical import fold_name, split_names, split_urls
from provision.metadata.catalogue import POLICIES
from provision.metadata.component import Unset, Value
from provision.metadata.field import Field, Kind, MetadataType, Role
from provision.metadata.scope import granted, scope_of

__all__ = ["HARMLESS", "Risk", "RiskLevel", "risk_of"]


class RiskLevel(IntEnum):
    """How bad a change can be, in ascending order."""

    HARMLESS = 0
    DISRUPTIVE = 1
    WEAKENS = 2
    LOCKS_OUT = 3
    IRREVERSIBLE = 4

    @property
    def words(self) -> str:
        """The level as a person reads it."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Risk:
    """The level of a change, and the reason in a sentence."""

    level: RiskLevel
    reason: str = ""


HARMLESS: Final = Risk(RiskLevel.HARMLESS)

_Judge = Callable[[Value | None, Value | None], Risk]


def risk_of(
    metadata_type: MetadataType, field: Field, before: Value | None, after: Value | Unset
) -> Risk:
    """What changing ``field`` of an existing component can do. ``None`` and unset: the default."""
    if field.role is Role.ON_CREATE:
        return Risk(RiskLevel.IRREVERSIBLE, "An org never changes the key of an existing app.")
    judge = _JUDGES.get((metadata_type.name, field.name)) or _JUDGES.get(("", field.name))
    if judge is None:
        return HARMLESS
    return judge(_effective(field, before), _effective(field, after))


def _effective(field: Field, value: Value | None) -> Value | None:
    if value is None or isinstance(value, Unset):
        return False if field.kind is Kind.BOOLEAN and field.default is None else field.default
    return value


def _disruptive(reason: str) -> Risk:
    return Risk(RiskLevel.DISRUPTIVE, reason)


def _weakens(reason: str) -> Risk:
    return Risk(RiskLevel.WEAKENS, reason)


def _locks_out(reason: str) -> Risk:
    return Risk(RiskLevel.LOCKS_OUT, reason)


def _flag(on: Risk, off: Risk) -> _Judge:
    return lambda _, after: on if after is True else off


def _permitted_users(_: Value | None, after: Value | None) -> Risk:
    if after == "AllSelfAuthorized":
        return _weakens("Every user of the org may then authorize the app.")
    return _locks_out(
        "Users without one of the app's profiles or permission sets lose it; their sessions end."
    )


def _names(before: Value | None, after: Value | None) -> Risk:
    gone = _folded(before) - _folded(after)
    if gone:
        return _locks_out(f"{len(gone)} of the names lose the app: {', '.join(sorted(gone))}.")
    return HARMLESS


def _folded(value: Value | None) -> set[str]:
    return set(map(fold_name, split_names(value))) if isinstance(value, str) else set()


def _scopes(before: Value | None, after: Value | None) -> Risk:
    had = granted(split_names(before)) if isinstance(before, str) else frozenset()
    has = granted(split_names(after)) if isinstance(after, str) else frozenset()
    if has - had:
        return _weakens(f"The app may then do more: {_scope_names(has - had)}.")
    return _disruptive(f"Clients that ask for them are refused: {_scope_names(had - has)}.")


def _scope_names(tokens: frozenset[str]) -> str:
    """The scopes by the names that OAuth uses."""
    known = [(scope_of(token), token) for token in tokens]
    return ", ".join(sorted(scope.names[0] if scope else token for scope, token in known))


def _urls(before: Value | None, after: Value | None) -> Risk:
    had = set(split_urls(before)) if isinstance(before, str) else set()
    has = set(split_urls(after)) if isinstance(after, str) else set()
    if had - has:
        return _disruptive(f"Logins with these callback URLs fail: {', '.join(sorted(had - has))}.")
    return HARMLESS


def _certificate(before: Value | None, after: Value | None) -> Risk:
    if before is None:
        return HARMLESS
    if after is None:
        return _locks_out("Without a certificate nobody logs in with the JWT bearer flow.")
    return _locks_out("Logins signed with the old private key fail once the new certificate is in.")


_STRICTNESS: Final = {
    "refreshTokenPolicyType": ("Infinite", "SpecificInactivity", "SpecificLifetime", "Zero"),
    "ipRelaxationPolicyType": ("Bypass", "Bypass_2factor", "Enforce_RelaxRefresh", "Enforce"),
    "requiredSessionLevel": ("LOW", "STANDARD", "HIGH_ASSURANCE"),
}


def _ordered(name: str, weaker: str, stricter: str) -> _Judge:
    order = [value.casefold() for value in _STRICTNESS[name]]

    def judge(before: Value | None, after: Value | None) -> Risk:
        ranks = [_rank(order, value) for value in (before, after)]
        if min(ranks) < 0:
            return _disruptive(_UNKNOWN)
        return _weakens(weaker) if ranks[1] < ranks[0] else _disruptive(stricter)

    return judge


def _longer(weaker: str, stricter: str) -> _Judge:
    """A number of which more, or none, is weaker."""

    def judge(before: Value | None, after: Value | None) -> Risk:
        if isinstance(before, int) and (not isinstance(after, int) or after > before):
            return _weakens(weaker)
        return _disruptive(stricter)

    return judge


_UNKNOWN: Final = "One of the values is newer than provision: nobody knows which is stricter."


def _rank(order: list[str], value: Value | None) -> int:
    """A value's place in the order, -1 for one that is newer than we are."""
    text = str(value).casefold()
    return order.index(text) if text in order else -1


def _unit(before: Value | None, after: Value | None) -> Risk:
    order = ["hours", "days", "months"]
    if _rank(order, before) < 0 or _rank(order, after) < 0:
        return _disruptive(_UNKNOWN)
    if _rank(order, after) > _rank(order, before):
        return _weakens("Refresh tokens live in longer units of time.")
    return _disruptive("Refresh tokens live in shorter units of time.")


def _distribution(_: Value | None, __: Value | None) -> Risk:
    return Risk(RiskLevel.IRREVERSIBLE, "An app that was packaged cannot be made local again.")


_PKCE_ON: Final = Risk(
    RiskLevel.IRREVERSIBLE,
    "Once on, an org may not let PKCE be switched off again; web logins without it fail.",
)
_TOKEN_FORMAT: Final = _disruptive(
    "Access tokens change their format; clients that parse them notice."
)

_JUDGES: Final[Mapping[tuple[str, str], _Judge]] = {
    ("", "permittedUsersPolicyType"): _permitted_users,
    ("", "commaSeparatedProfile"): _names,
    ("", "commaSeparatedPermissionSet"): _names,
    ("", "commaSeparatedOauthScopes"): _scopes,
    ("", "callbackUrl"): _urls,
    ("", "certificate"): _certificate,
    ("", "distributionState"): _distribution,
    ("", "refreshTokenPolicyType"): _ordered(
        "refreshTokenPolicyType",
        "Refresh tokens live longer, or for ever.",
        "Refresh tokens end sooner: users log in again.",
    ),
    ("", "refreshTokenValidityPeriod"): _longer(
        "Refresh tokens live longer.", "Refresh tokens end sooner: users log in again."
    ),
    ("", "refreshTokenValidityUnit"): _unit,
    ("", "sessionTimeoutInMinutes"): _longer(
        "Sessions last longer, or as long as the profile or the org says.",
        "Sessions end sooner.",
    ),
    ("", "namedUserJwtTimeout"): _longer("Tokens live longer.", "Tokens end sooner."),
    ("", "guestJwtTimeout"): _longer("Tokens live longer.", "Tokens end sooner."),
    ("", "ipRelaxationPolicyType"): _ordered(
        "ipRelaxationPolicyType",
        "IP restrictions are relaxed.",
        "Logins from outside the allowed IP ranges fail.",
    ),
    ("", "requiredSessionLevel"): _ordered(
        "requiredSessionLevel",
        "A weaker session suffices.",
        "Sessions below the level are blocked or raised.",
    ),
    ("", "isPkceRequired"): _flag(_PKCE_ON, _weakens("Web logins need no PKCE.")),
    ("", "isRefreshTokenRotationEnabled"): _flag(
        _disruptive("Clients must keep the new refresh token of every refresh."),
        _weakens("A stolen refresh token stays good."),
    ),
    ("", "isEnforceRefreshTokenTTL"): _flag(
        _disruptive("Idle refresh tokens end."), _weakens("Idle refresh tokens stay good.")
    ),
    ("", "isSecretRequiredForRefreshToken"): _flag(
        _disruptive("Refreshing without the consumer secret fails."),
        _weakens("Refreshing needs no consumer secret."),
    ),
    ("", "isSecretRequiredForTokenExchange"): _flag(
        _disruptive("Token exchange without the consumer secret fails."),
        _weakens("Token exchange needs no consumer secret."),
    ),
    ("", "isConsumerSecretOptional"): _flag(
        _weakens("Logins need no consumer secret."),
        _disruptive("Logins without the consumer secret fail."),
    ),
    ("", "isNamedUserJwtEnabled"): _flag(_TOKEN_FORMAT, _TOKEN_FORMAT),
    ("", "isClientCredentialsFlowEnabled"): _flag(
        _weakens("Whoever has the consumer secret logs in as the run-as user."),
        _locks_out("Logins with the client credentials flow fail."),
    ),
    ("", "isDeviceFlowEnabled"): _flag(
        _weakens("Devices may log in with a code."), _locks_out("Logins of devices fail.")
    ),
    ("", "isTokenExchangeEnabled"): _flag(
        _weakens("Tokens may be exchanged."), _locks_out("Token exchange fails.")
    ),
    ("", "clientCredentialsFlowUser"): lambda _, __: _disruptive(
        "Logins with the client credentials flow become another user's."
    ),
    (POLICIES.name, "isEnabled"): _flag(HARMLESS, _locks_out("Nobody can use the app.")),
    (POLICIES.name, "isOauthPluginEnabled"): _flag(
        HARMLESS, _locks_out("Nobody can log in with the app.")
    ),
}
