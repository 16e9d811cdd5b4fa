"""Said: the components that a document asks for, read off its keys, without any template.

A spec whose variables have no value yet renders nothing, and what it says can be judged all the
same. A test holds this to the templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from provision.catalogue.catalogue import CORE_TYPES, GLOBAL_OAUTH_SETTINGS, OAUTH_SETTINGS
from provision.catalogue.component import UNSET, Component, Value
from provision.spec.grant import PermissionSetGrant, ProfileGrant
from provision.spec.model import ClientCredentials, JwtBearer, RefreshToken, SpecDocument
from provision.spec.word import WORDS, Word

__all__ = ["components_said"]

_NOT_SAID: Final = object()
_ALWAYS: Final = frozenset({OAUTH_SETTINGS.name, GLOBAL_OAUTH_SETTINGS.name})
_SEPARATORS: Final = {"callback_urls": "\n"}


def components_said(document: SpecDocument) -> Mapping[str, Component]:
    """The components by type name, with the fields that ``document`` says.

    A certificate is the path of its file: that there is one is all that is judged.
    """
    fields: dict[str, dict[str, Value]] = {}
    if document.oauth is not None:
        fields = {name: {} for name in _ALWAYS}
    for word in WORDS:
        said = _at(document, word.path)
        value = _nothing(word) if said is None else _value(word, said)
        if said is not _NOT_SAID and value is not None:
            fields.setdefault(word.type.name, {})[word.field] = value
    for type_name, values in document.metadata.items():
        of_type = fields.setdefault(type_name, {})
        of_type.update((name, UNSET if value is None else value) for name, value in values.items())
    types = {metadata_type.name: metadata_type for metadata_type in CORE_TYPES}
    return {name: Component(types[name], "", values) for name, values in fields.items()}


def _at(model: BaseModel, path: tuple[str, ...]) -> object:
    """What stands at a path; a marker if nothing does, ``None`` for null."""
    value: object = model
    for key in path:
        if not isinstance(value, BaseModel) or key not in value.model_fields_set:
            return _NOT_SAID
        value = getattr(value, key)
    return value


def _nothing(word: Word) -> Value:
    """What null asks for: of a flow, its flags off."""
    is_flag = word.field == "isClientCredentialsFlowEnabled"
    return False if is_flag else UNSET


def _value(word: Word, said: object) -> Value | None:
    match said:
        case JwtBearer():
            return str(said.certificate)
        case ClientCredentials():
            return said.run_as if word.field == "clientCredentialsFlowUser" else True
        case RefreshToken():
            return _of_refresh_token(word, said)
        case tuple() if not said:
            return UNSET
        case tuple():
            separator = _SEPARATORS.get(word.path[-1], ",")
            return separator.join(map(_name, said))
        case str():
            return word.values.get(said, said)
        case bool() | int():
            return said
        case _:
            return None


def _of_refresh_token(word: Word, said: RefreshToken) -> Value:
    if word.field == "refreshTokenValidityPeriod":
        return UNSET if said.period is None else said.period
    if word.field == "refreshTokenValidityUnit":
        return UNSET if said.unit is None else said.unit
    return word.values[said.kind]


def _name(item: object) -> str:
    return item.name if isinstance(item, (ProfileGrant, PermissionSetGrant)) else str(item)
