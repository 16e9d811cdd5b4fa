"""Judges of lists and URLs: names, scopes, callback URLs, and the hosts of other URLs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from provision.catalogue.canonical import fold_name, split_names, split_urls
from provision.catalogue.risk import (
    HARMLESS,
    Edit,
    Opened,
    Opening,
    Risk,
    RiskLevel,
    disruptive,
    locks_out,
    together,
    weakens,
)
from provision.catalogue.scope import granted, scope_of
from provision.catalogue.value import Value

__all__ = ["Admitted", "Attributes", "CallbackUrls", "CustomScopes", "OtherUrl", "Scopes"]

_PERMITTED: Final = "permittedUsersPolicyType"
_EVERYBODY: Final = "AllSelfAuthorized"
_LOCALHOST: Final = "localhost"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A list of profiles or permission sets whose users may use an admin-approved app."""

    opening: Opening

    def __call__(self, edit: Edit) -> Risk:
        """A removed name locks users out, an added one lets users in, unless all may approve."""
        if any(_lets_everybody_in(record) for record in (edit.had, edit.has)):
            return HARMLESS  # DOC: the list only takes effect with admin approval
        had, has = _names(edit.before), _names(edit.after)
        gone = [had[key] for key in sorted(had.keys() - has.keys())]
        new = [has[key] for key in sorted(has.keys() - had.keys())]
        risks = [HARMLESS]
        if gone:
            risks.append(locks_out(f"Users who have the app only by {self._called(gone)} lose it."))
        if new:
            reason = f"Users with {self._called(new)} may use the app."
            risks.append(weakens(reason, self.opening, *new))
        return together(*risks)

    def _called(self, names: Sequence[str]) -> str:
        return f"the {self.opening.value}{'s' * (len(names) > 1)} {', '.join(names)}"


def _lets_everybody_in(record: Mapping[str, Value]) -> bool:
    """Whether users authorize the app themselves, which is the default of a known record."""
    return bool(record) and record.get(_PERMITTED, _EVERYBODY) == _EVERYBODY


def _names(value: Value | None) -> dict[str, str]:
    """The names of a list as they are written, by the form in which the org compares them."""
    return {fold_name(name): name for name in split_names(value)} if isinstance(value, str) else {}


@dataclass(frozen=True, slots=True)
class Scopes:
    """The OAuth scopes of an app."""

    def __call__(self, edit: Edit) -> Risk:
        """Added scopes let the app do more; removed ones break clients that ask for them."""
        had, has = _granted(edit.before), _granted(edit.after)
        risks = [HARMLESS]
        if new := _scope_names(has - had):
            risks.append(
                weakens(f"The app may then do more: {', '.join(new)}.", Opening.SCOPE, *new)
            )
        if gone := _scope_names(had - has):
            risks.append(disruptive(f"Clients that ask for them are refused: {', '.join(gone)}."))
        return together(*risks)


def _granted(value: Value | None) -> frozenset[str]:
    return granted(split_names(value)) if isinstance(value, str) else frozenset()


def _scope_names(tokens: frozenset[str]) -> tuple[str, ...]:
    """The scopes by the names that OAuth uses."""
    known = [(scope_of(token), token) for token in tokens]
    return tuple(sorted(scope.names[0] if scope else token for scope, token in known))


@dataclass(frozen=True, slots=True)
class CustomScopes:
    """A list of scopes that the org itself defines."""

    def __call__(self, edit: Edit) -> Risk:
        """Added scopes let the app do more; removed ones break clients that ask for them."""
        had, has = _names(edit.before), _names(edit.after)
        risks = [HARMLESS]
        if new := tuple(has[key] for key in sorted(has.keys() - had.keys())):
            reason = f"The app may ask for more custom scopes: {', '.join(new)}."
            risks.append(weakens(reason, Opening.SCOPE, *new))
        if gone := [had[key] for key in sorted(had.keys() - has.keys())]:
            risks.append(disruptive(f"Clients that ask for them are refused: {', '.join(gone)}."))
        return together(*risks)


@dataclass(frozen=True, slots=True)
class Attributes:
    """Custom attributes: what tokens and the user-info response tell clients about a user."""

    def __call__(self, edit: Edit) -> Risk:
        """Added or changed attributes tell clients more, and removed ones may break clients."""
        had, has = _formulas(edit.before), _formulas(edit.after)
        new = sorted(key for key, formula in has.items() if had.get(key) != formula)
        gone = sorted(had.keys() - has.keys())
        risks = [HARMLESS]
        if new:
            risks.append(weakens(f"Clients are told more of the user: {', '.join(new)}."))
        if gone:
            risks.append(disruptive(f"Clients that read them miss them: {', '.join(gone)}."))
        return together(*risks)


def _formulas(value: Value | None) -> dict[str, str]:
    if not isinstance(value, tuple):
        return {}
    return {str(record.get("key", "")): str(record.get("formula", "")) for record in value}


@dataclass(frozen=True, slots=True)
class CallbackUrls:
    """The callback URLs: where authorization codes and tokens are sent."""

    def __call__(self, edit: Edit) -> Risk:
        """Added URLs let more in, above all those with a host that is new to the app."""
        had, has = _urls(edit.before), _urls(edit.after)
        new, gone = sorted(has - had), sorted(had - has)
        risks = [HARMLESS]
        if new:
            known = {_host(url) for url in had}
            hosts = {host for url in new if not _is_loopback(host := _host(url))} - known
            reasons = [f"Authorization codes may be sent to {', '.join(new)}."]
            opened: tuple[Opened, ...] = ()
            if hosts:
                reasons.append(f"New hosts: {', '.join(sorted(hosts))}.")
                opened = (Opened(Opening.CALLBACK_HOST, tuple(sorted(hosts))),)
            risks.append(Risk(RiskLevel.WEAKENS, " ".join(reasons), opened))
        if gone:
            risks.append(disruptive(f"Logins with these callback URLs fail: {', '.join(gone)}."))
        return together(*risks)


def _urls(value: Value | None) -> set[str]:
    return set(split_urls(value)) if isinstance(value, str) else set()


def _host(url: str) -> str:
    """Where a URL leads: scheme and host, because http and https are two places.

    A URL without a host, such as that of an app on a phone, leads to the program that claims its
    scheme. A URL that programs read in different ways counts as a place of its own.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    if "\\" in url or any(character.isspace() for character in url):
        return url
    return host if _is_loopback(host) else f"{parts.scheme.lower()}://{host}"


def _is_loopback(host: str) -> bool:
    if host == _LOCALHOST:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class OtherUrl:
    """A URL that the org sends users to, such as a start URL. ``sent`` says when."""

    sent: str

    def __call__(self, edit: Edit) -> Risk:
        """Another host may get users who trust the org."""
        before, after = edit.before or "", edit.after or ""
        if not after:
            return disruptive(f"Users are no longer sent to {before} {self.sent}.")
        host = _host(str(after))
        is_path = str(after).startswith("/") and not str(after).startswith("//")
        if is_path or (before and _host(str(before)) == host):
            return disruptive(f"Users are sent to {after} {self.sent}.")
        return weakens(f"Users are sent to another host {self.sent}: {after}.")
