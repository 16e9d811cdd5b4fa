"""What the catalogue says of one field of a metadata type."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from provision.catalogue.risk import Edit, Judge, Risk, disruptive

__all__ = [
    "PARENT_FIELD",
    "Choice",
    "Field",
    "Kind",
    "MetadataType",
    "Role",
    "unknown_field",
]

PARENT_FIELD: Final = "externalClientApplication"


class Kind(Enum):
    """What a field holds, and so how two of its values are compared."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    ENUM = "enumeration"
    NAMES = "comma-separated names"
    SCOPES = "comma-separated OAuth scopes"
    URLS = "URLs, one a line"
    CERTIFICATE = "certificate"
    RECORD = "record"
    RECORDS = "list of records"


class Role(Enum):
    """Who decides a field's value."""

    SPEC = "the spec"
    PARENT = "the app that the component belongs to"
    ON_CREATE = "the spec, once, when the component is created"
    PLATFORM = "the org, which generates it"
    ACTION = "nobody: setting it does something, once"


@dataclass(frozen=True, slots=True)
class Choice:
    """One legal value of an enumeration, and the API versions that know it."""

    value: str | int
    since: int = 0
    until: int | None = None

    def known_in(self, version: int) -> bool:
        """Whether API version ``version`` has this value."""
        return self.since <= version and (self.until is None or version <= self.until)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, the API versions that have it, and what the org makes of silence.

    ``seen_since`` is set if sources disagree: files of projects of that API version have the
    field, while Salesforce's own types only have it from ``since`` on. In between the org decides.
    ``default`` is what an org has when a new component says nothing (``None``: unset).
    ``required`` is the WSDL's word; a required field that nobody set is sent with its default.
    ``sent_on_create`` marks a field that is sent with its default when we create the component.
    ``only_with`` names another field and the values of it beside which this one means anything;
    beside another value it is neither sent nor compared.
    ``org_bound`` values belong to one org and never travel to another; ``secret`` values are
    never shown, and never returned by the org.
    ``risk`` judges a change of the field in an existing component. It has no default: a field
    that harms nobody says so, and why. The children of a record have one each.
    ``refuses`` says which requests the org refuses once the field is stricter than it was, in
    words that end the sentence "the org then refuses"; it is empty for a field that makes the
    org refuse nothing.
    ``lag`` names the refusals (rows of the dictionary) that a client can get for minutes after the
    field was changed, because servers of the org still use the old value (facts 13.1, A9).
    """

    name: str
    kind: Kind = Kind.TEXT
    since: int = 59
    seen_since: int | None = None
    until: int | None = None
    default: str | int | bool | None = None
    required: bool = False
    sent_on_create: bool = False
    role: Role = Role.SPEC
    org_bound: bool = False
    secret: bool = False
    only_with: tuple[str, tuple[str, ...]] | None = None
    choices: tuple[Choice, ...] = ()
    children: tuple[Field, ...] = ()
    note: str = ""
    risk: Judge = dataclasses.field(kw_only=True, repr=False)
    refuses: str = ""
    lag: tuple[str, ...] = ()

    def known_in(self, version: int) -> bool:
        """Whether API version ``version`` has this field."""
        return self.since <= version and (self.until is None or version <= self.until)

    def disputed_in(self, version: int) -> bool:
        """Whether sources disagree on whether API version ``version`` has this field."""
        return self.seen_since is not None and self.seen_since <= version < self.since

    def applies(self, other: Mapping[str, object]) -> bool:
        """Whether this field means anything in a component whose other fields are ``other``."""
        if self.only_with is None:
            return True
        name, values = self.only_with
        return name not in other or other[name] in values

    def child(self, name: str) -> Field | None:
        """The field ``name`` of a record, or ``None``."""
        return next((child for child in self.children if child.name == name), None)


def unknown_field(name: str) -> Field:
    """A field that the catalogue does not know."""
    return Field(name, risk=_unknown)


def _unknown(_: Edit) -> Risk:
    return disruptive("provision does not know this field, nor what a change of it does.")


@dataclass(frozen=True, slots=True, eq=False)  # each is there once: it is what it is by identity
class MetadataType:
    """One metadata type: where its files live, and its fields in WSDL (alphabetical) order.

    ``suffix`` is the file name's ending in Metadata API format; source format adds ``-meta.xml``.
    """

    name: str
    directory: str
    suffix: str
    since: int
    fields: tuple[Field, ...]
    _named: Mapping[str, Field] = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", {field.name: field for field in self.fields})

    def field(self, name: str) -> Field | None:
        """The field called ``name``, or ``None``: one that the catalogue does not know."""
        return self._named.get(name)

    def file_name(self, full_name: str) -> str:
        """The path of a component's file inside a Metadata API package."""
        return f"{self.directory}/{full_name}.{self.suffix}"
