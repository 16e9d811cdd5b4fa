import pytest

from provision.errors import OrgUnreachable, WriteUnknown
from provision.org.rest import quoted, quoted_list
from tests.network import answered, meddling


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a", "'a'"),
        ("O'Hara", "'O\\'Hara'"),
        ("back\\slash", "'back\\\\slash'"),
        ("a\nb", "'a\\nb'"),
    ],
)
def test_soql_literals_are_quoted_with_a_backslash(text: str, literal: str) -> None:
    assert quoted(text) == literal


def test_soql_lists_consist_of_literals() -> None:
    assert quoted_list(["a", "b'c"]) == "('a', 'b\\'c')"


@pytest.mark.parametrize("records", [[], [{"Id": "005"}]])
def test_endless_pages_are_an_error(org, records) -> None:
    """Each page says that there is another one, past as many records as the org counted."""
    page = {"totalSize": 1, "done": False, "records": records,
            "nextRecordsUrl": "/services/data/v68.0/query/01g-1"}  # fmt: skip
    with (
        meddling("GET", "/query", answered(200, page)) as seen,
        pytest.raises(OrgUnreachable, match="answered a query with something else"),
    ):
        org.readable().rest.query("SELECT Id FROM User")
    assert len([each for each in seen if "/query" in each]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"id": None}, {"id": ""}, {"id": 7}, [], "0PS", {"success": False}]
)
def test_a_record_without_an_id_is_not_surely_made(org, body) -> None:
    with meddling("POST", "/sobjects/", answered(201, body)), pytest.raises(WriteUnknown):
        org.writable().access_writer.create_permission_set("Robots", "Robots")


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "NOT_FOUND"])
def test_a_record_that_is_gone_is_deleted(org, code) -> None:
    gone = answered(404, [{"errorCode": code, "message": "gone"}])
    with meddling("DELETE", "/sobjects/", gone):
        org.writable().access_writer.remove("PermissionSet", "0PS1")
