"""What the models of files share: their base class, refusals, and the kinds of values of keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from provision.catalogue.field import Field
from provision.sensitive_text import sensitive_kind
from provision.spec.attribute_docstring import attribute_docstrings
from provision.spec.hint import did_you_mean
from provision.spec.node import ExpandedText
from provision.spec.packaged_app import IN_SETUP, namespace_of, packaged_app_message
from provision.spec.position import KeyPath

__all__ = [
    "DISTINCT",
    "REFUSAL",
    "DeveloperName",
    "EmailAddress",
    "Flag",
    "Name",
    "Names",
    "NotNull",
    "SpecModel",
    "Username",
    "WordOf",
    "as_flag",
    "distinct",
    "name_of",
    "refusal",
]

REFUSAL: Final = "provision_refusal"
"""The pydantic error type of the refusals of our own validators."""

_DEVELOPER_NAME: Final = re.compile(r"[A-Za-z](_?[A-Za-z0-9])*")
_LONGEST_DEVELOPER_NAME: Final = 80
_ADDRESS: Final = re.compile(r"[^\s@,<>]+@[^\s@,<>]+\.[^\s@,<>.]+")


class SpecModel(BaseModel):
    """A part of a file. A key that the file leaves out is not in ``model_fields_set``.

    ``None`` is null. Pydantic coerces no value and ignores no key, and no value changes later.

    A model is built when a file is read: the model of a fleet costs nothing where no fleet is.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of the model, in which docstrings describe the keys.

        Pydantic's ``use_attribute_docstrings`` reads the source of each model as soon as it is
        imported. That takes longer than to check a spec, and only the schema needs it.
        """
        written = handler(schema)
        properties = handler.resolve_ref_schema(written)["properties"]
        for name, text in attribute_docstrings(cls).items():
            properties[name].setdefault("description", text)
        return written

    def says(self, key: str) -> bool:
        """Whether the file has ``key``, even if it is null."""
        return key in self.model_fields_set


def refusal(message: str, at: KeyPath = ()) -> PydanticCustomError:
    """The error to raise in a validator. ``at`` is relative to the value being validated."""
    return PydanticCustomError(REFUSAL, "{message}", {"message": message, "at": at})


class _NotNull:
    """For a key of type ``X | None`` whose ``None`` means that it was left out: it refuses null."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler(schema)
        forms = [form for form in written.pop("anyOf", []) if form != {"type": "null"}]
        return {"anyOf": forms, **written} if forms else written

    @staticmethod
    def _check(value: object) -> object:
        if value is None:
            raise refusal("it cannot be null; remove the key to leave the org's value unchanged")
        return value


class WordOf:
    """For a key that sets an enumeration: it takes the words that the row of the field has."""

    def __init__(self, field: Field) -> None:
        self._words = tuple(field.words)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "enum": list(self._words)}

    def _check(self, value: object) -> object:
        if value in self._words:
            return value
        nearest = did_you_mean(value, self._words) if isinstance(value, str) else ""
        raise refusal(f"it takes {', '.join(self._words[:-1])} or {self._words[-1]}{nearest}")


def as_flag(value: object) -> object:
    """``value``, or a boolean if it is ``true`` or ``false`` from a variable."""
    if isinstance(value, ExpandedText):
        return {"true": True, "false": False}.get(value, value)
    return value


def _developer_name(text: str) -> str:
    if len(text) > _LONGEST_DEVELOPER_NAME:
        raise refusal(f"{len(text)} characters; a developer name has at most 80")
    if namespace_of(text):
        raise refusal(
            f"{packaged_app_message(text)}. {IN_SETUP} For an app of your own, write its name "
            "without a namespace"
        )
    if not _DEVELOPER_NAME.fullmatch(text):
        raise refusal(
            f"{text!r} is not a developer name: letters, digits and single underscores, "
            "with a letter first and no underscore last"
        )
    return text


def _address(text: str) -> str:
    if sensitive_kind(text) or not _ADDRESS.fullmatch(text):
        raise refusal(f"{text!r} is not an email address")
    return text


def _username(text: str) -> str:
    """``text``, if it can be a username. No message quotes it, because it is part of a login."""
    kind = sensitive_kind(text)
    if kind:
        raise refusal(f"it holds {kind} instead of a username")
    if not _ADDRESS.fullmatch(text):
        raise refusal("it is not a username, which looks like an email address")
    return text


def name_of(text: str) -> str:
    """``text``, if it can stand in a comma-separated list. Raises pydantic's custom error."""
    if not text.strip():
        raise refusal("a name cannot be empty")
    if text != text.strip():
        raise refusal(f"{text!r} begins or ends with a space")
    if "," in text:
        raise refusal(
            f"{text!r} has a comma, which separates names; write each name as an item of its own"
        )
    if not text.isprintable():
        raise refusal(f"{text!r} has characters that a name cannot have")
    return text


def distinct(names: Sequence[str]) -> None:
    """Refuse a list that has a name twice. Case does not distinguish names in an org."""
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name.casefold(), index) != index:
            raise refusal(f"{name!r} is in the list twice", at=(index,))


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    distinct(names)
    return names


DISTINCT: Final = AfterValidator(_distinct)
"""For a list of names: none of them twice."""

NotNull: Final = _NotNull()
"""For a key that null cannot unset: it refuses null."""

Flag: TypeAlias = Annotated[
    bool,
    BeforeValidator(as_flag),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": r"\$\{"}]}),
]
DeveloperName: TypeAlias = Annotated[str, AfterValidator(_developer_name)]
EmailAddress: TypeAlias = Annotated[str, AfterValidator(_address)]
Username: TypeAlias = Annotated[str, AfterValidator(_username)]
Name: TypeAlias = Annotated[str, AfterValidator(name_of)]
Names: TypeAlias = Annotated[tuple[Name, ...], DISTINCT]
