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
    "Evidence",
    "Field",
    "Key",
    "Kind",
    "MetadataType",
    "Role",
    "Setup",
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


class Evidence(Enum):
    """Where what a row says comes from."""

    WSDL = "Metadata WSDL 63, or a types package made from a later one"
    GUIDE = "Metadata API Developer Guide (API 66) or a release page up to API 68"
    OBSERVED = "seen in an org, or in files retrieved from one"


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a spec that sets a field, as a dotted path: ``policies.refresh_token``.

    A key can set several fields. Then ``part`` names the attribute of the key's value that this
    field gets: the number of a refresh token's lifetime, or the user of a flow.
    """

    name: str
    part: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The key's path in a spec."""
        return tuple(self.name.split("."))

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Setup:
    """What Salesforce's Setup calls a field, and the page that has it if that is known."""

    label: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One legal value of an enumeration, and the API versions that know it.

    ``word`` is what a spec calls it, if it can be set by a key. ``label`` is Setup's, if known.
    """

    value: str | int
    word: str = ""
    since: int = 0
    until: int | None = None
    label: str = ""

    def known_in(self, version: int) -> bool:
        """Whether API version ``version`` has this value."""
        return self.since <= version and (self.until is None or version <= self.until)


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the catalogue: all that the program knows about one field.

    ``seen_since`` is set if sources disagree: files of projects of that API version have the
    field, while Salesforce's own types only have it from ``since`` on. In between the org decides.
    ``default`` is the value that an org chooses if a new component leaves the field out (``None``:
    no value). ``required`` comes from the WSDL; a required field that nobody set is sent with its
    default. ``sent_on_create`` marks a field that is sent with its default when we create the
    component.
    ``only_with`` names another field and its values with which this one has a meaning; with
    another value it is neither sent nor compared.
    ``org_bound`` values belong to one org and are never sent to another; ``secret`` values are
    never shown, and an org never returns them.
    ``unit`` is the unit of a number, in the plural.
    ``key`` is the spec's key; a field without one is set in the `metadata:` block.
    ``setup`` is ``None`` if no source says what Setup calls the field.
    ``note`` is for users, ``evidence`` is where it and the rest of the row come from.
    ``risk`` judges a change of the field in an existing component. It has no default: the row of a
    field that harms nobody says so, and why. The children of a record have one each.
    ``refuses`` says which requests the org refuses once the field is stricter than before; it ends
    the sentence "the org then refuses ...". It is empty for a field that never causes a refusal.
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
    unit: str = ""
    key: Key | None = None
    setup: Setup | None = None
    note: str = ""
    evidence: tuple[Evidence, ...] = (Evidence.WSDL,)
    risk: Judge = dataclasses.field(kw_only=True, repr=False)
    refuses: str = ""
    lag: tuple[str, ...] = ()

    @property
    def words(self) -> Mapping[str, str]:
        """The spec's words for the values of the field, where it has any: word to value."""
        return {choice.word: str(choice.value) for choice in self.choices if choice.word}

    def in_words(self, value: str) -> str:
        """The spec's word for ``value``; ``value`` itself if the spec has none.

        Queries spell some values in another case than metadata does (OBS).
        """
        known = {meant.casefold(): word for word, meant in self.words.items()}
        return known.get(value.casefold(), value)

    def known_in(self, version: int) -> bool:
        """Whether API version ``version`` has this field."""
        return self.since <= version and (self.until is None or version <= self.until)

    def disputed_in(self, version: int) -> bool:
        """Whether sources disagree on whether API version ``version`` has this field."""
        return self.seen_since is not None and self.seen_since <= version < self.since

    def applies(self, other: Mapping[str, object]) -> bool:
        """Whether this field has a meaning in a component whose other fields are ``other``."""
        if self.only_with is None:
            return True
        name, values = self.only_with
        return name not in other or other[name] in values

    def child(self, name: str) -> Field | None:
        """The field ``name`` of a record, or ``None``."""
        return next((child for child in self.children if child.name == name), None)


def unknown_field(name: str) -> Field:
    """A field that the catalogue does not know."""
    return Field(name, evidence=(), risk=_unknown)


def _unknown(_: Edit) -> Risk:
    return disruptive("provision does not know this field, nor what a change of it does.")


@dataclass(frozen=True, slots=True, eq=False)  # each type exists once, so identity is equality
class MetadataType:
    """One metadata type: where its files are, and its fields in WSDL (alphabetical) order.

    ``suffix`` is the end of a file's name in Metadata API format; source format adds ``-meta.xml``.
    ``name_endings`` are what orgs were seen to add to the name of an app to name its record: Setup
    first, then the platform for apps that a deploy creates (it names the policy after the OAuth
    settings), Setup's migration of connected apps (``_def...``), and other tools (facts 4.1, 13.3).
    No name proves that a record belongs to an app: its parent field does.
    """

    name: str
    directory: str
    suffix: str
    since: int
    fields: tuple[Field, ...]
    name_endings: tuple[str, ...] = ("",)
    _named: Mapping[str, Field] = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", {field.name: field for field in self.fields})

    def field(self, name: str) -> Field | None:
        """The field called ``name``, or ``None`` if the catalogue does not know it."""
        return self._named.get(name)

    def row(self, name: str) -> Field:
        """The row of the field ``name``, which the catalogue has: the name is in our own code."""
        return self._named[name]

    def file_name(self, full_name: str) -> str:
        """The path of a component's file inside a Metadata API package."""
        return f"{self.directory}/{full_name}.{self.suffix}"
