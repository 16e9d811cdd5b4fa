"""Observation: the value of a rule's subject in an app, in the forms that predicates need."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import canonical, effective, is_set, split_names
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.catalogue.component import Component, RawXml, Value
from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.org_settings import settings_type_named
from provision.catalogue.scope import scope_of
from provision.rules.measure import Amount
from provision.rules.subject import Subject

__all__ = ["LISTS", "App", "Observation", "parts_of"]

LISTS: Final = frozenset({Kind.NAMES, Kind.SCOPES, Kind.URLS})
"""The kinds of fields that hold several values."""

_WITH_OAUTH: Final = (OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES)
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Observation:
    """A subject's value in one app.

    ``is_set`` is true if the app itself sets it; else the value is what an org gives a new app.
    ``parts`` are the canonical values (the size of an amount), none if there is no value. ``text``
    is for people.
    """

    is_set: bool
    parts: frozenset[Hashable]
    amount: Amount | None
    text: str


@dataclass(frozen=True, slots=True)
class App:
    """An app's components, by type name."""

    components: Mapping[str, Component]

    @classmethod
    def of(cls, components: Sequence[Component]) -> App:
        """The app that ``components`` make up."""
        return cls({component.type.name: component for component in components})

    def observe(self, subject: Subject) -> Observation | None:
        """The value of ``subject`` in the app; ``None`` if the app does not have such a field."""
        component = self._component(subject.type)
        if component is None or _is_not_shown(subject, component):
            return None
        value = effective(component, subject.field)
        said = is_set(component, subject.field)
        amount = subject.measure.amount(component) if subject.measure else None
        text = _shown(subject, value) if amount is None else amount.text
        parts = parts_of(subject.field, value)
        if amount is not None and subject.field.kind is Kind.INTEGER:
            parts = frozenset({amount.size})
        return Observation(
            said,
            parts,
            amount,
            text if said or value is None else f"{text} by default",
        )

    def _component(self, metadata_type: MetadataType) -> Component | None:
        """The component of a type, or an empty one if an org creates it by itself.

        Salesforce gives each app policies, and each app with OAuth the three OAuth records.
        """
        found = self.components.get(metadata_type.name)
        if found is not None or not self.components or settings_type_named(metadata_type.name):
            return found  # the org's own settings are unknown until they are read
        has_oauth = any(kind.name in self.components for kind in _WITH_OAUTH)
        if metadata_type in _WITH_OAUTH and not has_oauth:
            return None
        return Component(metadata_type, "")


def _is_not_shown(subject: Subject, component: Component) -> bool:
    """Whether an org does not return one of its own settings, which is then unknown (DOC)."""
    return subject.is_of_org and subject.field.name not in component.fields


def parts_of(field: Field, value: Value | None) -> frozenset[Hashable]:
    """The canonical values in ``value``: several of a list, at most one of anything else."""
    form = canonical(field, value)
    if form is None:
        return frozenset()
    if field.kind in LISTS and isinstance(form, frozenset):
        return form
    return frozenset({form})


def _shown(subject: Subject, value: Value | None) -> str:
    """``value`` in the words of a spec, if it has words for it."""
    if value is None:
        return "nothing"
    if subject.field.secret or isinstance(value, RawXml):
        return "something"
    match value:
        case bool():
            return "true" if value else "false"
        case str() if subject.field.kind is not Kind.CERTIFICATE:
            folded = value.casefold()
            words = {meant.casefold(): word for word, meant in subject.values.items()}
            return words.get(folded) or _cut(_text(subject.field, value))
        case int():
            return str(value)
        case _:
            return "something"


def _text(field: Field, value: str) -> str:
    """``value`` in one line, scopes by the names that OAuth uses."""
    if field.kind is not Kind.SCOPES:
        return " ".join(value.split())
    scopes = ((token, scope_of(token)) for token in split_names(value))
    return ", ".join(scope.names[0] if scope else token for token, scope in scopes)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
