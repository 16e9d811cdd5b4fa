"""The keys in the rows of the catalogue, the models, and the templates are the same keys."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from provision.catalogue.catalogue import (
    CORE_TYPES,
    KEYED_FIELDS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
    path_of,
)
from provision.catalogue.field import Role
from provision.render.template import BUILT_IN, Templates
from provision.spec.fields import in_metadata
from provision.spec.model import SpecDocument

REFERENCE = (Path(__file__).parents[2] / "docs" / "spec.md").read_text(encoding="utf-8")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        if isinstance(part, (type, types.UnionType)) or get_args(part):
            yield from models_in(part)


def model_at(path: tuple[str, ...]) -> type[BaseModel]:
    model: type[BaseModel] = SpecDocument
    for name in path:
        [model] = models_in(model.model_fields[name].annotation)
    return model


@pytest.mark.parametrize(
    "keyed", KEYED_FIELDS, ids=lambda each: f"{each.type.name}.{each.field.name}"
)
def test_every_key_of_a_row_is_one_of_the_models(keyed):
    assert keyed.field.role is Role.SPEC
    assert keyed.key.path[-1] in model_at(keyed.key.path[:-1]).model_fields
    if keyed.key.part:
        part = model_at(keyed.key.path)
        assert keyed.key.part in part.model_fields or hasattr(part, keyed.key.part)


def test_every_key_of_the_models_sets_a_field():
    keys = {
        *((key,) for key in SpecDocument.model_fields),
        *(("oauth", key) for key in model_at(("oauth",)).model_fields),
        *(("policies", key) for key in model_at(("policies",)).model_fields),
    }
    sections = {("app",), ("accept",), ("oauth",), ("policies",), ("metadata",)}
    without_field = {("oauth", "consumer_key")}  # it says who chooses the key, not which key
    assert {keyed.key.path for keyed in KEYED_FIELDS} == keys - sections - without_field


@pytest.mark.parametrize("metadata_type", CORE_TYPES, ids=lambda each: each.name)
def test_each_line_of_a_template_names_the_key_of_the_row(metadata_type):
    text = (BUILT_IN / Templates.name(metadata_type)).read_text(encoding="utf-8")
    lines = dict(re.findall(r'{{ field\("(\w+)"(?:, ([\w.]+))?\) }}', text))
    for field in metadata_type.fields:
        if field.name in lines and field.role is not Role.PARENT:
            key = ".".join(filter(None, (field.key.name, field.key.part))) if field.key else ""
            section = "" if "." in key or not key else "spec."
            assert lines[field.name] == f"{section}{key}"


def test_the_path_of_a_field_is_its_key_or_its_place_in_the_block():
    assert path_of(OAUTH_POLICIES, "sessionTimeoutInMinutes") == ("policies", "session_timeout")
    assert path_of(POLICIES, "startUrl") == ("metadata", POLICIES.name, "startUrl")
    assert path_of(OAUTH_POLICIES, "isClientCredentialsFlowEnabled") == (
        "oauth",
        "client_credentials",
    )


@pytest.mark.parametrize(
    "keyed", KEYED_FIELDS, ids=lambda each: f"{each.type.name}.{each.field.name}"
)
def test_the_reference_names_the_field_beside_its_key(keyed):
    rows = [line for line in REFERENCE.splitlines() if f"`{keyed.key.path[-1]}`" in line]
    assert any(keyed.field.name in row for row in rows)


def test_lists_are_one_text_in_metadata_and_records_stay_records():
    scopes = OAUTH_SETTINGS.row("commaSeparatedOauthScopes")
    ranges = OAUTH_SETTINGS.row("trustedIpRanges")
    record = {"startIpAddress": "10.0.0.1", "endIpAddress": "10.0.0.9"}
    assert in_metadata(scopes, ("Api", "Web")) == "Api, Web"
    assert in_metadata(ranges, (record,)) == (record,)
