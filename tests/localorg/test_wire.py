"""What clients require of every response (org-protocol, section 2)."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
import requests

from provision.localorg import RunningOrg
from tests.localorg.caller import NAMESPACE, Caller, app_components

XSI = "http://www.w3.org/2001/XMLSchema-instance"


@pytest.fixture
def wire(org: RunningOrg) -> Iterator[socket.socket]:
    """A bare connection."""
    host, port = org.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        yield connection


def lines(*text: str) -> bytes:
    return "\r\n".join((*text, "", "")).encode()


GET = lines("GET /services/data HTTP/1.1", "Host: x.example:1")


def test_one_response_is_one_write(wire: socket.socket) -> None:
    wire.sendall(GET)

    received = wire.recv(65536)

    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length
    assert len(body) == int(length.group(1)) > 0


def test_connections_are_kept(wire: socket.socket) -> None:
    for _ in range(3):
        wire.sendall(GET)
        assert wire.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_chunked_forms_without_a_length(wire: socket.socket) -> None:
    wire.sendall(
        lines(
            "POST /services/oauth2/token HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/x-www-form-urlencoded",
            "Transfer-Encoding: chunked",
        )
        + b"b\r\ngrant_type=\r\n3;x=y\r\nfoo\r\n0\r\n\r\n"
    )

    assert b'"error":"unsupported_grant_type"' in wire.recv(65536)
    wire.sendall(GET)
    assert wire.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "bad",
    [
        lines("POST / HTTP/1.1", "Content-Length: x"),
        lines("POST / HTTP/1.1", "Content-Length: -1"),
        lines("POST / HTTP/1.1", "Content-Length: 99999999999"),
        lines("POST / HTTP/1.1", "Transfer-Encoding: chunked") + b"zz\r\n",
    ],
)
def test_bad_requests(wire: socket.socket, bad: bytes) -> None:
    wire.sendall(bad)

    assert b" 400 " in wire.recv(65536).splitlines()[0]


def test_urls_are_built_from_the_callers_own_host(admin: Caller, org: RunningOrg) -> None:
    headers = {"Authorization": f"Bearer {admin.token}", "Host": "org.example:99"}

    info = admin.http.get(f"{org.url}/services/oauth2/userinfo", headers=headers, timeout=10).json()

    assert info["sub"].startswith("http://org.example:99/id/")


def test_https_with_the_orgs_own_certificate(org: RunningOrg) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for url in (org.https_url, org.https_url.replace("localhost", "127.0.0.1")):
            answer = session.get(f"{url}/services/data", verify=str(org.ca_file), timeout=10)
            assert answer.json()[-1]["version"] == "68.0"
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"{org.https_url}/services/data", verify=True, timeout=10)


# --- SOAP (2.1: any deviation gives jsforce silent, empty results)


def test_envelope_and_body_are_prefixed_and_the_result_is_not(admin: Caller) -> None:
    admin.deployed(app_components())

    text = admin.soap_response(
        "listMetadata", "<queries><type>ExternalClientApplication</type></queries>"
    ).text

    assert re.match(
        r'<\?xml version="1.0" encoding="UTF-8"\?><soapenv:Envelope [^>]*'
        rf'xmlns="{NAMESPACE}"[^>]*><soapenv:Body><listMetadataResponse><result><createdById>',
        text,
    )


def test_content_types(admin: Caller) -> None:
    soap = admin.soap_response("describeMetadata")
    fault = admin.soap_response("nonsense")
    rest = admin.rest("GET", "/limits")

    assert re.match(r"^(text|application)/xml(;|$)", soap.headers["Content-Type"])
    assert re.match(r"^(text|application)/xml(;|$)", fault.headers["Content-Type"])
    assert re.match(r"^application/json(;|$)", rest.headers["Content-Type"])


def test_faults_are_500_with_a_prefixed_code(admin: Caller) -> None:
    response = admin.soap_response("nonsense")

    assert response.status_code == 500
    assert re.search(r"<faultcode>[a-zA-Z]+:\w+</faultcode>", response.text)


@pytest.mark.parametrize("tail", ["", "/", "/deployRequest", "/deployRequest/x", "/00D123"])
def test_the_end_of_the_path_makes_no_difference(admin: Caller, tail: str) -> None:
    assert admin.soap_response("describeMetadata", tail=tail).status_code == 200


def test_prefixes_make_no_difference(admin: Caller, org: RunningOrg) -> None:
    """simple-salesforce and zeep use prefixes of their own, and types without namespace."""
    admin.deployed(app_components())
    envelope = (
        '<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soap-env:Header><met:SessionHeader xmlns:met="{NAMESPACE}"><met:sessionId>'
        f"{admin.token}</met:sessionId></met:SessionHeader></soap-env:Header><soap-env:Body>"
        f'<ns0:retrieve xmlns:ns0="{NAMESPACE}"><ns0:retrieveRequest><ns0:apiVersion>66.0'
        "</ns0:apiVersion><ns0:singlePackage>True</ns0:singlePackage><ns0:unpackaged><types>"
        "<members>*</members><name>ExternalClientApplication</name></types></ns0:unpackaged>"
        "</ns0:retrieveRequest></ns0:retrieve></soap-env:Body></soap-env:Envelope>"
    )

    started = admin.http.post(f"{org.url}/services/Soap/m/66.0/", data=envelope, timeout=10).text
    job = re.search(r"<id>(\w+)</id>", started)
    assert job
    result = admin.soap("checkRetrieveStatus", f"<asyncProcessId>{job.group(1)}</asyncProcessId>")[
        0
    ]

    names = [e.text for e in result.iter(f"{{{NAMESPACE}}}fileName")]
    assert names == ["externalClientApps/Acme.eca", "package.xml"]


def test_stray_text_and_unknown_options_are_ignored(admin: Caller) -> None:
    body = (
        "<ZipFile>UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==</ZipFile><DeployOptions>None"
        "<checkOnly>True</checkOnly>None<runAllTests>false</runAllTests></DeployOptions>"
    )

    job = admin.soap("deploy", body)[0].findtext(f"{{{NAMESPACE}}}id")
    status = admin.soap("checkDeployStatus", f"<asyncProcessId>{job}</asyncProcessId>")[0]

    assert status.findtext(f"{{{NAMESPACE}}}checkOnly") == "true"
    assert status.findtext(f"{{{NAMESPACE}}}numberComponentErrors") == "0"


def test_every_deploy_message_has_its_three_names(admin: Caller) -> None:
    """SDR throws without a componentType element, even an empty one."""
    job = admin.submit({"package.xml": b"<Package/>"}).json()["id"]

    status = admin.soap(
        "checkDeployStatus",
        f"<asyncProcessId>{job}</asyncProcessId><includeDetails>true</includeDetails>",
    )

    [message] = status.iter(f"{{{NAMESPACE}}}componentSuccesses")
    for name in ("componentType", "fileName", "fullName"):
        assert message.find(f"{{{NAMESPACE}}}{name}") is not None


def test_elements_of_a_deploy_result_are_in_alphabetical_order(admin: Caller) -> None:
    job = admin.submit({"package.xml": b"<Package/>"}).json()["id"]
    result = admin.soap(
        "checkDeployStatus",
        f"<asyncProcessId>{job}</asyncProcessId><includeDetails>true</includeDetails>",
    )[0]

    def check(element: ET.Element) -> None:
        names = [child.tag for child in element]
        assert names == sorted(names)
        for child in element:
            check(child)

    check(result)


def test_not_a_soap_request(admin: Caller, org: RunningOrg) -> None:
    for content in ("", "x", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        answer = admin.http.post(f"{org.url}/services/Soap/m/67.0", data=content, timeout=10)
        assert (answer.status_code, "faultcode" in answer.text) == (500, True)


@pytest.mark.parametrize("version", [1, 99])
def test_unknown_versions(admin: Caller, version: int) -> None:
    if version > 68:
        assert admin.fault("describeMetadata", version=version) == "sf:UNSUPPORTED_API_VERSION"
    admin.version = version
    assert admin.rest("GET", "/limits").status_code == (404 if version > 68 else 200)


# --- REST


def test_versions(org: RunningOrg, admin: Caller) -> None:
    listed = admin.http.get(f"{org.url}/services/data", timeout=10).json()

    assert [each["version"] for each in listed] == [f"{n}.0" for n in range(59, 69)]
    labels = {each["version"]: each["label"] for each in listed}
    assert (labels["59.0"], labels["66.0"], labels["67.0"], labels["68.0"]) == (
        "Winter '24",
        "Spring '26",
        "Summer '26",
        "Winter '27",
    )


def test_limit_info_is_on_rest_answers_only(admin: Caller) -> None:
    assert admin.rest("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert admin.rest("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/15000"
    assert "Sforce-Limit-Info" not in admin.soap_response("describeMetadata").headers


def test_soap_calls_count_as_well(admin: Caller) -> None:
    admin.soap("describeMetadata")

    assert admin.rest("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/15000"
    assert admin.rest("GET", "/limits").json()["DailyApiRequests"]["Remaining"] == 14_997


def test_query_with_and_without_a_slash(admin: Caller) -> None:
    for path in ("/query", "/query/"):
        assert admin.rest("GET", path, params={"q": "SELECT Id FROM User"}).status_code == 200


def test_the_probe_for_dev_hubs_is_refused(admin: Caller) -> None:
    admin.version = 51

    code, message = admin.query_error("SELECT Id FROM ScratchOrgInfo limit 1")

    assert code == "INVALID_TYPE"
    assert "sObject type 'ScratchOrgInfo' is not supported" in message


def test_source_tracking_stays_off(admin: Caller) -> None:
    response = admin.rest("GET", "/tooling/sobjects/SourceMember/describe")

    assert response.status_code == 404
    assert response.json() == [
        {"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}
    ]


def test_a_method_that_is_not_allowed(admin: Caller) -> None:
    assert admin.rest_error(admin.rest("DELETE", "/limits")) == "METHOD_NOT_ALLOWED"


def test_gets_may_have_any_content_type(admin: Caller) -> None:
    headers = {"Content-Type": "text/xml", "SOAPAction": "checkDeployStatus"}

    assert admin.rest("GET", "/limits", headers=headers).status_code == 200
