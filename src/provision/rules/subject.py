"""Subject: the field that a rule is about, named by a spec's key or as `Type.field`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulted
from typing import Final

from provision.catalogue.catalogue import (
    CORE_TYPES,
    KEYED_FIELDS,
    OAUTH_POLICIES,
    fields_set_by,
    path_of,
    type_named,
)
from provision.catalogue.dependent_types import dependent_type_named
from provision.catalogue.field import Field, Kind, MetadataType, Role, Setup
from provision.catalogue.judge import Harmless
from provision.catalogue.org_settings import SETTINGS_TYPES, settings_type_named
from provision.rules.measure import Measure, measure_of
from provision.spec.hint import did_you_mean

__all__ = ["Subject", "subject_named"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The field that a rule is about.

    ``name`` is the name in the rule. ``values`` maps the words of a spec to metadata's values.
    ``measure`` is ``None`` if the field has no amount.
    """

    name: str
    type: MetadataType
    field: Field
    values: Mapping[str, str] = defaulted(default_factory=dict)
    measure: Measure | None = None

    @property
    def is_of_org(self) -> bool:
        """Whether it is a setting of the org itself, which applies to all of its apps."""
        return settings_type_named(self.type.name) is not None

    @property
    def path(self) -> tuple[str, ...]:
        """The path in a spec that sets the field; of a setting of the org, type and field."""
        if self.is_of_org:
            return (self.type.name, self.field.name)
        return path_of(self.type, self.field.name)


_RUN_AS: Final = "oauth.client_credentials.run_as"
# Fields of records that provision does not manage. Rules may read them; no spec sets them.
_UNMANAGED: Final = {
    "ExtlClntAppOauthSecuritySettings": Field(
        "tokenIpRanges",
        Kind.RECORDS,
        since=67,
        setup=Setup("Refresh Token IP Allowlist"),
        risk=Harmless("provision does not change the record."),
    )
}
_NOT_A_RULES: Final = {
    Role.PARENT: "it is the app itself",
    Role.PLATFORM: "the org generates it",
    Role.ACTION: "it is an action, not a state",
}


def subject_named(name: str) -> Subject:
    """The subject that a rule calls ``name``. Raises :class:`ValueError`."""
    if name == _RUN_AS:
        return _subject(name, OAUTH_POLICIES, "clientCredentialsFlowUser")
    of_key = fields_set_by(name)
    if of_key:
        # Of several, the first decides: the flag of a flow, or the kind of a policy.
        first = of_key[0]
        return _subject(name, first.type, first.field.name, first.field.words)
    type_name, _, field_name = name.partition(".")
    metadata_type = type_named(type_name) or settings_type_named(type_name)
    if metadata_type is not None and metadata_type.field(field_name) is not None:
        return _subject(name, metadata_type, field_name)
    unmanaged, asked = dependent_type_named(type_name), _UNMANAGED.get(type_name)
    if unmanaged is not None and asked is not None and asked.name == field_name:
        return Subject(name, unmanaged.metadata_type, asked)
    raise ValueError(
        f"{name!r} is neither a key of a spec, such as policies.session_timeout, nor Type.field"
        f"{did_you_mean(name, _known(metadata_type))}"
    )


def _subject(
    name: str, metadata_type: MetadataType, field_name: str, values: Mapping[str, str] | None = None
) -> Subject:
    field = metadata_type.field(field_name)
    if field is None:
        raise AssertionError(f"the catalogue lost {metadata_type.name}.{field_name}")
    if field.role in _NOT_A_RULES:
        raise ValueError(f"{name} is not set by a spec: {_NOT_A_RULES[field.role]}")
    return Subject(name, metadata_type, field, values or {}, measure_of(metadata_type, field))


def _known(metadata_type: MetadataType | None) -> list[str]:
    every = (*CORE_TYPES, *SETTINGS_TYPES.values())
    types = every if metadata_type is None else (metadata_type,)
    fields = [f"{kind.name}.{field.name}" for kind in types for field in kind.fields]
    unmanaged = [f"{type_name}.{field.name}" for type_name, field in _UNMANAGED.items()]
    return (
        fields
        if metadata_type
        else [*(keyed.key.name for keyed in KEYED_FIELDS), _RUN_AS, *fields, *unmanaged]
    )
