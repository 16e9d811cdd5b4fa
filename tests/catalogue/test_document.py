import pytest
from hypothesis import given

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import UNSET, Component, RawXml
from provision.catalogue.document import DocumentError, component_of, parse_component, parse_xml
from provision.catalogue.document import serialise as serialised
from tests.catalogue.strategies import any_component


def policy(body: str) -> Component:
    name = OAUTH_POLICIES.name
    return parse_component(
        OAUTH_POLICIES,
        "P",
        f'<{name} xmlns="http://soap.sforce.com/2006/04/metadata">{body}</{name}>',
    )


@given(any_component)
def test_what_is_serialised_parses_back_to_itself(component: Component) -> None:
    parsed = parse_component(component.type, component.full_name, serialised(component))
    assert dict(parsed.fields) == dict(component.fields)


@given(any_component)
def test_fields_are_written_in_wsdl_order(component: Component) -> None:
    root = parse_xml(serialised(component))
    written = [child.tag.rpartition("}")[2] for child in root]
    assert written == sorted(written)


def test_a_file_looks_as_an_org_writes_it() -> None:
    component = Component(
        OAUTH_SETTINGS,
        "A_oauth",
        {
            "trustedIpRanges": ({"startIpAddress": "10.0.0.1", "endIpAddress": "10.0.0.9"},),
            "externalClientApplication": "A",
            "commaSeparatedOauthScopes": "Api, Web",
        },
    )
    assert serialised(component).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ExtlClntAppOauthSettings xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        "    <commaSeparatedOauthScopes>Api, Web</commaSeparatedOauthScopes>\n"
        "    <externalClientApplication>A</externalClientApplication>\n"
        "    <trustedIpRanges>\n"
        "        <endIpAddress>10.0.0.9</endIpAddress>\n"
        "        <startIpAddress>10.0.0.1</startIpAddress>\n"
        "    </trustedIpRanges>\n"
        "</ExtlClntAppOauthSettings>\n"
    )


def test_text_is_escaped() -> None:
    component = Component(
        GLOBAL_OAUTH_SETTINGS, "A", {"callbackUrl": "https://a.example/?x=1&y=<2>"}
    )
    assert b"?x=1&amp;y=&lt;2&gt;" in serialised(component)


def test_unset_fields_are_left_out() -> None:
    component = Component(OAUTH_POLICIES, "P", {"sessionTimeoutInMinutes": UNSET, "label": "x"})
    assert b"sessionTimeout" not in serialised(component)


def test_an_element_with_nil_is_unset() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    found = policy(
        f'<sessionTimeoutInMinutes {xsi} xsi:nil="true"/><customAttributes {xsi} xsi:nil="1"/>'
    )
    assert dict(found.fields) == {"sessionTimeoutInMinutes": UNSET, "customAttributes": UNSET}


def test_an_unknown_field_passes_through_unchanged() -> None:
    found = policy(
        "<isNewIn69>a &amp; b</isNewIn69><nested><inner>1</inner></nested><label>x</label>"
    )
    assert found.fields["isNewIn69"] == RawXml("<isNewIn69>a &amp; b</isNewIn69>")
    again = parse_component(OAUTH_POLICIES, "P", serialised(found))
    assert dict(again.fields) == dict(found.fields)


def test_an_unknown_list_keeps_all_its_elements() -> None:
    found = policy("<later>1</later><label>x</label><later>2</later>")
    assert found.fields["later"] == RawXml("<later>1</later><later>2</later>")


def test_a_soap_record_is_a_component() -> None:
    record = parse_xml(
        '<records xmlns="http://soap.sforce.com/2006/04/metadata"><fullName>A</fullName>'
        "<isProtected>true</isProtected></records>"
    )
    assert dict(component_of(EXTERNAL_CLIENT_APPLICATION, "A", record).fields) == {
        "isProtected": True
    }


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<sessionTimeoutInMinutes>soon</sessionTimeoutInMinutes>", "not a whole number"),
        ("<isClientCredentialsFlowEnabled>maybe</isClientCredentialsFlowEnabled>", "neither true"),
        ("<label>a</label><label>b</label>", "occurs 2 times"),
        ("<label><b/></label>", "elements inside"),
        ("<customAttributes><key><x/></key></customAttributes>", "elements inside"),
    ],
)
def test_values_of_the_wrong_kind_are_refused(body: str, complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        policy(body)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<a>", "not well-formed"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        ("<ExternalClientApplication/>", "is a ExternalClientApplication, not"),
    ],
)
def test_documents_of_another_sort_are_refused(source: str, complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        parse_component(OAUTH_POLICIES, "P", source)


def test_what_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(DocumentError, match="cannot stand in XML"):
        serialised(Component(EXTERNAL_CLIENT_APPLICATION, "A", {"label": "bell \x07"}))
