"""The control endpoints, and the faults that they and a file can set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from provision.errors import CannotError
from provision.localorg.fault import Fault, FaultFile, FaultKind, FaultPlan, load_faults
from tests.localorg.caller import Caller, app_components, package, problems
from tests.localorg.conftest import Call, Start


def control(caller: Caller, method: str, path: str, body: Any = None, **options: Any):
    return caller.http.request(
        method,
        f"{caller.org.url}/__localorg__/{path}",
        json=body if method != "GET" else None,
        timeout=10,
        **options,
    )


def test_status(admin: Caller) -> None:
    answer = control(admin, "GET", "status").json()

    [org] = answer["orgs"]
    assert (org["id"], org["edition"]) == (admin.org.org_id, "Developer Edition")
    assert answer["quirks"]["permission_lists"] == "replace"


def test_clock(admin: Caller) -> None:
    assert control(admin, "POST", "clock", {"advance": 2 * 3600}).status_code == 200
    assert admin.rest("GET", "/limits").status_code == 401
    for bad in (-1, "x", None, True):
        assert control(admin, "POST", "clock", {"advance": bad}).status_code == 400


def test_quirks(admin: Caller) -> None:
    answer = control(admin, "PUT", "quirks", {"rest_deploy": "refused"})

    assert answer.json()["rest_deploy"] == "refused"
    assert admin.submit(package(app_components())).status_code == 404
    assert control(admin, "PUT", "quirks", {"nope": "x"}).status_code == 400


def test_api_calls(admin: Caller) -> None:
    assert control(admin, "PUT", "api-calls", {"used": 14_990}).json() == {
        "used": 14_990,
        "limit": 15_000,
    }

    assert admin.rest("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=14991/15000"
    for bad in (-1, "x", None, True):
        assert control(admin, "PUT", "api-calls", {"used": bad}).status_code == 400


def test_session(admin: Caller) -> None:
    ready = control(admin, "POST", "session", {"username": "ci@localorg.example"}).json()

    caller = Caller(admin.org, ready["access_token"], http=admin.http)
    assert caller.rest("GET", "/limits").status_code == 200
    assert ready["instance_url"] == admin.org.url
    assert control(admin, "POST", "session", {"username": "x"}).status_code == 400


def test_foreign_web_pages_are_refused(admin: Caller) -> None:
    rebound = control(admin, "GET", "status", headers={"Host": "evil.example"})
    simple = admin.http.post(
        f"{admin.org.url}/__localorg__/reset",
        data="{}",
        headers={"Content-Type": "text/plain"},
        timeout=10,
    )

    assert (rebound.status_code, simple.status_code) == (403, 403)


# --- faults


def broken(start: Start, call: Call, tmp_path: Path, *faults: str) -> Caller:
    file = tmp_path / "faults.yaml"
    file.write_text("faults:\n" + "".join(f"- {fault}\n" for fault in faults))
    return call(start(faults=file))


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("request_limit_exceeded", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("unable_to_lock_row", 400, "UNABLE_TO_LOCK_ROW"),
        ("invalid_session_id", 401, "INVALID_SESSION_ID"),
    ],
)
def test_refusals_happen_once(
    start: Start, call: Call, tmp_path: Path, kind: str, status: int, code: str
) -> None:
    admin = broken(
        start,
        call,
        tmp_path,
        f"{{operation: 'rest:limits', kind: {kind}}}",
        f"{{operation: 'soap:*', kind: {kind}, after: 1}}",
    )

    first = admin.rest("GET", "/limits")
    assert (first.status_code, admin.rest_error(first)) == (status, code)
    assert admin.rest("GET", "/limits").status_code == 200
    admin.soap("describeMetadata")
    assert admin.fault("describeMetadata") == f"sf:{code}"
    admin.soap("describeMetadata")


def test_a_429_says_when_to_try_again(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(
        start, call, tmp_path, "{operation: 'rest:*', kind: '429', seconds: 7, times: 0}"
    )

    for _ in range(2):
        response = admin.rest("GET", "/limits")
        assert (response.status_code, response.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize("kind", ["429", "503"])
def test_a_busy_org_may_give_a_date(start: Start, call: Call, tmp_path: Path, kind: str) -> None:
    moment = "Tue, 24 Nov 2026 09:00:00 GMT"
    admin = broken(
        start, call, tmp_path, f"{{operation: '*', kind: '{kind}', retry_after: '{moment}'}}"
    )

    response = admin.rest("GET", "/limits")

    assert (response.status_code, response.headers["Retry-After"]) == (int(kind), moment)


def test_an_html_page(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(start, call, tmp_path, "{operation: 'rest:*', kind: html_error}")

    response = admin.rest("GET", "/limits")

    assert (response.status_code, response.headers["Content-Type"]) == (500, "text/html")


def test_503(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(start, call, tmp_path, "{operation: '*', kind: '503', times: 2}")

    assert admin.rest("GET", "/limits").status_code == 503
    assert admin.soap_response("describeMetadata").status_code == 503
    assert admin.rest("GET", "/limits").status_code == 200


@pytest.mark.parametrize(("kind", "done"), [("drop_before", False), ("drop_after", True)])
def test_dropped_connections(
    start: Start, call: Call, tmp_path: Path, kind: str, done: bool
) -> None:
    admin = broken(start, call, tmp_path, f"{{operation: 'rest:deployRequest', kind: {kind}}}")

    with pytest.raises(requests.ConnectionError):
        admin.submit(package(app_components()))

    assert (admin.names("ExternalClientApplication") == ["Acme"]) is done
    assert admin.org.requests[0].status == 0


def test_a_truncated_answer(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(start, call, tmp_path, "{operation: 'rest:limits', kind: truncated}")

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        admin.rest("GET", "/limits")


def test_a_slow_answer_and_latency(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(start, call, tmp_path, "{operation: 'rest:limits', kind: slow, seconds: 0.02}")
    control(
        admin,
        "PUT",
        "faults",
        {
            "faults": [{"operation": "rest:limits", "kind": "slow", "seconds": 0.02}],
            "latency": [{"operation": "rest:*", "seconds": 0.03}],
        },
    )

    admin.rest("GET", "/limits")
    admin.rest("GET", "/limits")

    slow, latent = admin.org.requests[-2:]
    assert slow.seconds >= 0.05
    assert latent.seconds >= 0.03


def test_a_component_failure(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(
        start,
        call,
        tmp_path,
        "{operation: '*deploy*', kind: component_failure, component: Acme_oauth, problem: No luck}",
    )

    result = admin.deploy(app_components()[:2])

    assert problems(result) == ["No luck"]
    assert admin.names("ExternalClientApplication") == []


def test_a_stuck_deploy_can_be_cancelled(start: Start, call: Call, tmp_path: Path) -> None:
    admin = broken(start, call, tmp_path, "{operation: 'rest:deployRequest', kind: stuck}")
    job = admin.submit(package(app_components())).json()["id"]

    assert {admin.status(job)["status"] for _ in range(3)} == {"Pending"}
    admin.soap("cancelDeploy", f"<String>{job}</String>")
    assert admin.status(job)["status"] == "Canceled"


def test_each_fault_counts_its_own_requests() -> None:
    plan = FaultPlan(
        FaultFile(
            faults=(
                Fault(operation="a*", kind=FaultKind.SLOW, after=1),
                Fault(operation="ab", kind=FaultKind.STUCK, times=0),
            )
        )
    )

    taken = [plan.take(name) for name in ("x", "ab", "ab", "ab", "a")]

    assert [fault.kind if fault else None for fault in taken] == [
        None,
        FaultKind.STUCK,
        FaultKind.SLOW,
        FaultKind.STUCK,
        None,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "faults: [{operation: x, kind: nonsense}]",
        "faults: [{kind: slow}]",
        "nope: 1",
        "faults: [",
        "[1]",
    ],
)
def test_bad_fault_files(tmp_path: Path, text: str) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(text)

    with pytest.raises(CannotError):
        load_faults(file)


def test_no_fault_file(tmp_path: Path) -> None:
    with pytest.raises(CannotError, match="No such file"):
        load_faults(tmp_path / "nothing.yaml")
