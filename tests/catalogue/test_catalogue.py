"""The catalogue against the Metadata WSDL (63) that simple-salesforce ships."""

from collections.abc import Mapping
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest

from provision.catalogue.catalogue import (
    CORE_TYPES,
    NEWEST_API,
    OAUTH_POLICIES,
    OLDEST_API,
    type_by_directory,
    type_named,
)
from provision.catalogue.field import Field, Kind, MetadataType, Role

WSDL_VERSION = 63
XSD = "{http://www.w3.org/2001/XMLSchema}"
KINDS = {
    "xsd:boolean": {Kind.BOOLEAN},
    "xsd:int": {Kind.INTEGER},
    "xsd:string": {
        Kind.TEXT, Kind.NAMES, Kind.SCOPES, Kind.URLS, Kind.CERTIFICATE, Kind.ENUM,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def wsdl() -> ET.Element:
    return ET.fromstring(files("simple_salesforce").joinpath("metadata.wsdl").read_bytes())


@pytest.fixture(scope="module")
def complex_types(wsdl: ET.Element) -> Mapping[str, list[ET.Element]]:
    return {
        node.get("name", ""): list(node.iter(f"{XSD}element"))
        for node in wsdl.iter(f"{XSD}complexType")
    }


@pytest.fixture(scope="module")
def enumerations(wsdl: ET.Element) -> Mapping[str, set[str]]:
    return {
        node.get("name", ""): {v.get("value", "") for v in node.iter(f"{XSD}enumeration")}
        for node in wsdl.iter(f"{XSD}simpleType")
    }


IN_WSDL = tuple(each for each in CORE_TYPES if each.since <= WSDL_VERSION)


def each_type(types=CORE_TYPES):
    return pytest.mark.parametrize("metadata_type", types, ids=lambda t: t.name)


@each_type()
def test_fields_stand_in_wsdl_order(metadata_type: MetadataType) -> None:
    names = [field.name for field in metadata_type.fields]
    assert names == sorted(names)


@each_type(IN_WSDL)
def test_fields_are_those_of_the_wsdl(metadata_type, complex_types) -> None:
    ours = {f.name for f in metadata_type.fields if f.known_in(WSDL_VERSION)}
    assert ours == {element.get("name") for element in complex_types[metadata_type.name]}


@each_type(IN_WSDL)
def test_kinds_and_enumerations_are_those_of_the_wsdl(
    metadata_type, complex_types, enumerations
) -> None:
    for element in complex_types[metadata_type.name]:
        field = metadata_type.field(element.get("name", ""))
        assert field is not None
        check_element(field, element.get("type", ""), complex_types, enumerations)


def check_element(field: Field, type_name: str, complex_types, enumerations) -> None:
    local = type_name.removeprefix("tns:")
    if type_name in KINDS:
        assert field.kind in KINDS[type_name], field.name
    elif local in enumerations:
        assert field.kind is Kind.ENUM, field.name
        known = {c.value for c in field.choices if c.known_in(WSDL_VERSION)}
        assert known == enumerations[local], field.name
    else:
        assert field.kind in {Kind.RECORD, Kind.RECORDS}, field.name
        inner = {c.name for c in field.children if c.known_in(WSDL_VERSION)}
        assert inner == {element.get("name") for element in complex_types[local]}


@each_type(IN_WSDL)
def test_required_fields_are_those_of_the_wsdl(metadata_type, complex_types) -> None:
    required = {e.get("name") for e in complex_types[metadata_type.name] if not e.get("minOccurs")}
    assert {field.name for field in metadata_type.fields if field.required} == required


@each_type()
def test_defaults_are_legal_values(metadata_type: MetadataType) -> None:
    for field in metadata_type.fields:
        if field.default is not None and field.choices:
            assert field.default in {choice.value for choice in field.choices}, field.name


def test_versions_lie_in_the_range_that_is_supported() -> None:
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            assert OLDEST_API <= field.since <= (field.until or NEWEST_API) <= NEWEST_API


def test_named_user_jwt_is_a_policy_field_in_61_to_63_alone() -> None:
    field = OAUTH_POLICIES.field("isNamedUserJwtEnabled")
    assert field is not None
    assert [v for v in range(59, 69) if field.known_in(v)] == [61, 62, 63]


def test_org_bound_fields_are_never_the_specs_to_keep() -> None:
    bound = {f.name for t in CORE_TYPES for f in t.fields if f.org_bound}
    assert bound == {"orgScopedExternalApp", "consumerKey", "consumerSecret", "oauthLink"}
    assert all(f.role is not Role.SPEC for t in CORE_TYPES for f in t.fields if f.org_bound)


def test_types_are_found_by_name_and_by_directory() -> None:
    for metadata_type in CORE_TYPES:
        assert type_named(metadata_type.name) is metadata_type
        assert type_by_directory(metadata_type.directory) is metadata_type
    assert type_named("ConnectedApp") is None
    assert type_by_directory("profiles") is None


def test_directories_and_suffixes_are_salesforces_abbreviations() -> None:
    assert {t.file_name("A") for t in CORE_TYPES} == {
        "externalClientApps/A.eca",
        "extlClntAppGlobalOauthSets/A.ecaGlblOauth",
        "extlClntAppOauthSettings/A.ecaOauth",
        "extlClntAppOauthPolicies/A.ecaOauthPlcy",
        "extlClntAppPolicies/A.ecaPlcy",
    }


def test_a_note_has_its_evidence() -> None:
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            assert field.evidence, field.name
            assert not {"DOC", "OBS"} & {word.strip("().,") for word in field.note.split()}


def test_words_are_only_for_fields_with_a_key() -> None:
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            assert not field.words or field.key is not None, field.name


def test_a_value_in_the_words_of_a_spec() -> None:
    field = OAUTH_POLICIES.row("ipRelaxationPolicyType")
    assert field.in_words("Enforce_relaxrefresh") == "enforce_relax_refresh"
    assert field.in_words("Unheard") == "Unheard"
