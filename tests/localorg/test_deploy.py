"""Deploys as jobs: their zips, states, options and totals."""

from __future__ import annotations

import pytest

from tests.localorg.caller import (
    NAMESPACE,
    Caller,
    app_components,
    component,
    package,
    problems,
    zipped,
)
from tests.localorg.conftest import Call, Start

BAD = component("ExtlClntAppOauthSettings", "Bad", {"externalClientApplication": "Nobody"})


@pytest.mark.parametrize("root", ["", "zip/", "metadata/", "unpackaged/"])
def test_the_root_of_a_zip(admin: Caller, root: str) -> None:
    result = admin.deploy_files(package(app_components(), root=root))

    names = {m["fileName"] for m in result["details"]["componentSuccesses"]}
    assert names >= {f"{root}externalClientApps/Acme.eca", f"{root}package.xml"}


def test_no_manifest(admin: Caller) -> None:
    result = admin.deploy_files({"a/b/package.xml": b"<Package/>"})

    assert problems(result) == ["No package.xml found"]
    [failure] = result["details"]["componentFailures"]
    assert (failure["componentType"], failure["fileName"]) == ("", "package.xml")
    assert (result["status"], result["numberComponentErrors"]) == ("Failed", 0)


def test_no_zip(admin: Caller) -> None:
    job = admin.rest(
        "POST",
        "/metadata/deployRequest",
        files={"file": ("p.zip", b"no zip"), "json": (None, '{"deployOptions": {}}')},
    ).json()["id"]

    assert problems(admin.status(job)) == ["The zip file can't be read"]


def test_a_member_without_a_file(admin: Caller) -> None:
    files = package(app_components())
    del files["externalClientApps/Acme.eca"]

    result = admin.deploy_files(files)

    assert problems(result)[0] == (
        "An object 'Acme' of type ExternalClientApplication was named in package.xml, but was not"
        " found in zipped directory"
    )


def test_an_unknown_type(admin: Caller) -> None:
    manifest = b"<Package><types><members>X</members><name>Foo</name></types></Package>"

    assert "'Foo'" in problems(admin.deploy_files({"package.xml": manifest}))[0]


def test_a_file_of_the_wrong_type(admin: Caller) -> None:
    files = package(app_components()[:1])
    files["externalClientApps/Acme.eca"] = b"<Other/>"

    assert problems(admin.deploy_files(files))[0].startswith("Error parsing file:")


@pytest.mark.parametrize("content", [b"<", b"", b"<!DOCTYPE a><ExternalClientApplication/>"])
def test_a_file_that_is_not_xml(admin: Caller, content: bytes) -> None:
    files = package(app_components()[:1])
    files["externalClientApps/Acme.eca"] = content

    assert problems(admin.deploy_files(files))[0].startswith("Error parsing file:")


def test_wildcards_take_every_file(admin: Caller) -> None:
    files = package([*app_components("A"), *app_components("B")])
    names = [component.type.name for component in app_components()]
    types = "".join(f"<types><members>*</members><name>{name}</name></types>" for name in names)
    files["package.xml"] = f"<Package>{types}<version>67.0</version></Package>".encode()

    admin.deploy_files(files)

    assert admin.names("ExternalClientApplication") == ["A", "B"]


def test_check_only_changes_nothing(admin: Caller) -> None:
    result = admin.deploy(app_components(), checkOnly=True)

    assert (result["status"], result["checkOnly"], result["success"]) == ("Succeeded", True, True)
    assert admin.names("ExternalClientApplication") == []
    assert admin.query("SELECT Id FROM ExternalClientApplication") == []


def test_one_failure_undoes_everything(admin: Caller) -> None:
    result = admin.deploy([*app_components(), BAD])

    assert (result["status"], result["success"]) == ("Failed", False)
    assert (result["numberComponentErrors"], result["numberComponentsTotal"]) == (1, 4)
    assert admin.names("ExternalClientApplication") == []


def test_without_rollback_the_rest_stays(admin: Caller) -> None:
    result = admin.deploy([*app_components(), BAD], rollbackOnError=False)

    assert (result["status"], result["success"]) == ("SucceededPartial", True)
    assert admin.names("ExternalClientApplication") == ["Acme"]


def test_booleans_may_be_strings(admin: Caller) -> None:
    """CumulusCI sends them like this."""
    result = admin.deploy([*app_components(), BAD], rollbackOnError="false", checkOnly="true")

    assert result["checkOnly"]
    assert admin.names("ExternalClientApplication") == []


def test_states_of_a_job_and_cancelling(start: Start, call: Call) -> None:
    admin = call(start("deploy_polls=2"))
    job = admin.submit(package(app_components())).json()["id"]

    states = [admin.status(job)["status"] for _ in range(3)]

    assert states == ["InProgress", "InProgress", "Succeeded"]
    late = admin.rest(
        "PATCH", f"/metadata/deployRequest/{job}", json={"deployResult": {"status": "Canceling"}}
    )
    assert late.status_code == 400


@pytest.mark.parametrize("over_soap", [True, False])
def test_a_cancelled_deploy_never_happened(start: Start, call: Call, over_soap: bool) -> None:
    admin = call(start("deploy_polls=1"))
    job = admin.submit(package(app_components())).json()["id"]
    assert admin.names("ExternalClientApplication") == []

    if over_soap:
        admin.soap("cancelDeploy", f"<id>{job}</id>")
    else:
        answer = admin.rest(
            "PATCH",
            f"/metadata/deployRequest/{job}",
            json={"deployResult": {"status": "Canceling"}},
        )
        assert (answer.status_code, answer.json()["deployResult"]["status"]) == (202, "Canceling")

    result = admin.status(job)
    assert (result["status"], result["done"], result["success"]) == ("Canceled", True, False)
    assert result["canceledBy"]
    assert admin.names("ExternalClientApplication") == []


def test_a_pending_job_over_soap_has_no_dates_yet(start: Start, call: Call) -> None:
    admin = call(start("deploy_polls=1"))
    job = admin.submit(package(app_components())).json()["id"]

    result = admin.soap("checkDeployStatus", f"<asyncProcessId>{job}</asyncProcessId>")[0]

    assert result.find(f"{{{NAMESPACE}}}completedDate") is None
    details = result.find(f"{{{NAMESPACE}}}details")
    assert details is not None
    assert [child.tag for child in details] == [f"{{{NAMESPACE}}}runTestResult"]


def test_retrieves_wait_too(start: Start, call: Call) -> None:
    admin = call(start("deploy_polls=1"))
    started = admin.soap("retrieve", "<request><apiVersion>67.0</apiVersion></request>")[0]
    job = started.findtext(f"{{{NAMESPACE}}}id")
    body = f"<asyncProcessId>{job}</asyncProcessId>"

    states = [
        admin.soap("checkRetrieveStatus", body)[0].findtext(f"{{{NAMESPACE}}}status")
        for _ in range(2)
    ]

    assert states == ["InProgress", "Succeeded"]
    legacy = admin.soap("checkStatus", body)[0]
    assert legacy.findtext(f"{{{NAMESPACE}}}state") == "Completed"


def test_an_unknown_job(admin: Caller) -> None:
    assert admin.rest("GET", "/metadata/deployRequest/0Af000000000000AAA").status_code == 404
    assert admin.fault("checkDeployStatus", "<asyncProcessId>x</asyncProcessId>") == (
        "sf:INVALID_CROSS_REFERENCE_KEY"
    )


def test_quick_deploy_over_rest(admin: Caller) -> None:
    validated = admin.submit(
        package(app_components()), checkOnly=True, testLevel="RunLocalTests"
    ).json()["id"]

    quick = admin.rest(
        "POST", "/metadata/deployRequest", json={"validatedDeployRequestId": validated}
    )

    assert quick.status_code == 201
    assert admin.status(quick.json()["id"])["status"] == "Succeeded"
    assert admin.names("ExternalClientApplication") == ["Acme"]


def test_a_quick_deploy_needs_a_recent_validation_with_tests(admin: Caller) -> None:
    untested = admin.submit(package(app_components()), checkOnly=True).json()["id"]
    tested = admin.submit(
        package(app_components()), checkOnly=True, testLevel="RunLocalTests"
    ).json()["id"]
    admin.org.advance(11 * 24 * 3600)
    admin.token = admin.org.session().access_token

    for job in (untested, tested):
        quick = admin.rest(
            "POST", "/metadata/deployRequest", json={"validatedDeployRequestId": job}
        )
        assert quick.status_code == 400


def test_rest_deploys_may_be_refused(start: Start, call: Call) -> None:
    admin = call(start("rest_deploy=refused"))

    assert admin.submit(package(app_components())).status_code == 404


def test_every_key_of_a_message_is_there(admin: Caller) -> None:
    """CumulusCI reads the lineNumber of failures without a check."""
    result = admin.deploy([*app_components(), BAD])

    for message in result["details"]["allComponentMessages"]:
        assert {"lineNumber", "columnNumber", "problem", "problemType", "id"} <= set(message)
    assert result["details"]["runTestResult"]["numTestsRun"] == 0


@pytest.mark.parametrize("part", ["entity_content", "json"])
def test_both_names_of_the_options_part(admin: Caller, part: str) -> None:
    answer = admin.rest(
        "POST",
        "/metadata/deployRequest",
        files={
            "file": ("p.zip", zipped(package(app_components()))),
            part: (None, '{"deployOptions": {"checkOnly": true}}', "application/json"),
        },
    )

    assert answer.status_code == 201
    assert answer.json()["deployOptions"]["checkOnly"] is True
    assert answer.json()["deployResult"]["status"] == "Pending"


def test_missing_parts(admin: Caller) -> None:
    for files in ({"file": ("p.zip", b"x")}, {"json": (None, "{}")}, {"json": (None, "nonsense")}):
        assert admin.rest("POST", "/metadata/deployRequest", files=files).status_code == 400


# --- retrieve


def test_retrieved_files_are_in_alphabetical_order_with_four_spaces(admin: Caller) -> None:
    admin.deployed(app_components(policy={}))

    files = admin.retrieve({"ExtlClntAppOauthConfigurablePolicies": "*"})

    [path] = [name for name in files if name.endswith(".ecaOauthPlcy")]
    assert path == "unpackaged/extlClntAppOauthPolicies/Acme_oauthPlcy.ecaOauthPlcy"
    lines = files[path].decode().splitlines()[2:-1]
    assert all(line.startswith("    <") for line in lines)
    assert lines == sorted(lines)
    assert b"<members>Acme_oauthPlcy</members>" in files["unpackaged/package.xml"]


def test_what_was_retrieved_can_be_deployed(admin: Caller, certificate: str) -> None:
    admin.deployed(
        app_components(
            settings={"certificate": certificate},
            policy={"commaSeparatedProfile": "Standard User"},
            general={},
        )
    )
    types = [component.type.name for component in app_components(policy={}, general={})]

    result = admin.deploy_files(admin.retrieve(dict.fromkeys(types, "*"), single=True))

    assert result["status"] == "Succeeded"
    messages = result["details"]["componentSuccesses"]
    assert not any(m["changed"] or m["problem"] for m in messages if m["componentType"])


def test_retrieve_of_an_unknown_type_and_name(admin: Caller) -> None:
    body = (
        "<request><apiVersion>67.0</apiVersion><unpackaged>"
        "<types><members>x</members><name>Foo</name></types>"
        "<types><members>Y</members><name>ExternalClientApplication</name></types>"
        "</unpackaged></request>"
    )
    job = admin.soap("retrieve", body)[0].findtext(f"{{{NAMESPACE}}}id")

    result = admin.soap("checkRetrieveStatus", f"<asyncProcessId>{job}</asyncProcessId>")[0]

    assert result.findtext(f"{{{NAMESPACE}}}success") == "true"
    texts = [e.text for e in result.iter(f"{{{NAMESPACE}}}problem")]
    assert texts == [
        "Entity type: 'Foo' is unknown",
        "Entity of type 'ExternalClientApplication' named 'Y' cannot be found",
    ]


def test_reading_takes_ten_names_at_most(admin: Caller) -> None:
    names = "".join(f"<fullNames>n{n}</fullNames>" for n in range(11))

    fault = admin.fault("readMetadata", f"<type>ExternalClientApplication</type>{names}")

    assert fault == "sf:EXCEEDED_ID_LIMIT"


def test_listings_may_be_empty_although_components_exist(start: Start, call: Call) -> None:
    admin = call(start("empty_listing=yes"))
    admin.deployed(app_components())

    assert admin.names("ExternalClientApplication") == []
    assert len(admin.query("SELECT Id FROM ExternalClientApplication")) == 1


def test_policies_have_no_type_before_api_60(admin: Caller) -> None:
    body = "<queries><type>ExtlClntAppConfigurablePolicies</type></queries>"

    assert admin.fault("listMetadata", body, version=59) == "sf:INVALID_TYPE"
