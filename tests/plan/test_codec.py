"""The codec: what is read is exactly what was written, or a problem at a place."""

import json
import re
from dataclasses import dataclass
from typing import Annotated

import pytest

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import UNSET, Component, RawXml
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.field import unknown_field
from provision.catalogue.json_form import JsonForm
from provision.catalogue.risk import Opened, Opening, Risk, RiskLevel
from provision.errors import CannotError
from provision.plan.codec import as_json, from_json, json_schema, object_of
from provision.plan.plan import Change, Default
from provision.spec.position import Position

AT = Position("spec.yaml", 3, 5)
PERIOD = OAUTH_POLICIES.field("refreshTokenValidityPeriod")


def there_and_back(value):
    return from_json(type(value), json.loads(json.dumps(as_json(value))))


@pytest.mark.parametrize(
    "value",
    [
        "a text", "\ud800", 7, True, UNSET, RawXml("<a>1</a>"),
        {"key": "k", "isOn": False, "xml": "no xml"}, ({"unset": True}, {}), (),
    ],
)  # fmt: skip
def test_every_value_of_a_field_comes_back(value) -> None:
    component = Component(OAUTH_POLICIES, "App", {"isNewIn69": value})
    assert there_and_back(component) == component
    assert type(there_and_back(component).fields["isNewIn69"]) is type(value)


def test_a_field_is_the_one_of_its_type() -> None:
    assert there_and_back(Default(OAUTH_POLICIES, PERIOD, 365)).field is PERIOD


def test_a_field_that_the_catalogue_does_not_know_has_its_name() -> None:
    change = Change(OAUTH_POLICIES, "x", unknown_field("isNewIn69"), None, RawXml("1"), "k", AT)
    assert there_and_back(change) == change


def test_a_risk_has_the_name_of_its_level() -> None:
    risk = Risk(RiskLevel.LOCKS_OUT, "They lose it.", (Opened(Opening.SCOPE, ("api",)),))
    assert as_json(risk)["level"] == "locks_out"
    assert there_and_back(risk) == risk


@pytest.mark.parametrize("name", [each.name for each in DEPENDENT_TYPES] + ["ExtlClntAppNewIn70"])
def test_records_of_types_that_are_not_managed_keep_their_type(name) -> None:
    form = {"type": name, "full_name": "App", "fields": {}}
    assert from_json(Component, form).type.name == name
    assert as_json(from_json(Component, form)) == form


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ({"extra": 1}, "extra: there is no such key"),
        ({"full_name": 1}, "full_name: Input should be a valid string"),
        ({"type": "Nonsense"}, "type: there is no metadata type Nonsense"),
        ({"type": 7}, "type: it must be the name of a metadata type"),
        ({"fields": [1]}, "fields: it must have the fields by name"),
        ({"fields": {"a": None}}, "fields: a: it must be a text, a number"),
        ({"fields": {"a": {"unset": False}}}, "fields: a: it must be a text, a number"),
        ({"fields": {"a": 1.5}}, "fields: a: it must be a text, a number"),
        ({"fields": {"a": {"record": {"b": {}}}}}, "fields: a: a record has a text"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(damage, problem) -> None:
    form = as_json(Component(OAUTH_POLICIES, "App")) | damage
    with pytest.raises(ValueError, match=re.escape(problem)):
        from_json(Component, form)


def test_nothing_is_converted_and_nothing_is_supplied() -> None:
    form = as_json(Position("a", 1, 2))
    with pytest.raises(ValueError, match="line: the value is of another type or in another form"):
        from_json(Position, form | {"line": "1"})
    with pytest.raises(ValueError, match="line: the value is of another type or in another form"):
        from_json(Position, form | {"line": True})
    risk = as_json(Risk(RiskLevel.WEAKENS))
    del risk["numbers"], risk["closes"]
    with pytest.raises(ValueError, match="numbers: it is missing\ncloses: it is missing"):
        from_json(Risk, risk)


def test_a_document_that_is_no_json_object_is_refused() -> None:
    for text, reason in (("[]", "not a JSON object"), ('{"a": 1, "a": 2}', "'a' is there twice")):
        with pytest.raises(CannotError, match=f"this is no plan: .*{reason}") as raised:
            object_of(text, "this is no plan", "Plan again.")
        assert raised.value.next_step == "Plan again."


def test_a_schema_allows_no_other_keys_and_shows_no_docstrings() -> None:
    schema = json_schema(Component)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["type", "full_name", "fields"]
    assert "description" not in schema


def test_a_type_can_have_a_form_of_its_own() -> None:
    @dataclass
    class Salted:
        salt: Annotated[bytes, JsonForm(bytes.hex, bytes.fromhex, {"type": "string"})]

    assert as_json(Salted(b"\x01\xff")) == {"salt": "01ff"}
    assert from_json(Salted, {"salt": "01ff"}) == Salted(b"\x01\xff")
