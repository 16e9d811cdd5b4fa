"""REST and SOQL, through simple-salesforce on our own HTTP session.

simple-salesforce takes long to import: it imports zeep, a SOAP client that provision never uses.
So it is imported late, and best while the first answer of an org is awaited
(:func:`import_simple_salesforce`).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import requests

from provision.errors import LoginRefused, OrgRefused, OrgUnreachable
from provision.org.failure import SESSION_GONE, refusal, session_refused, translated
from provision.org.session import Session
from provision.org.write import write

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce
    from simple_salesforce.exceptions import SalesforceError

__all__ = ["RestReader", "RestWriter", "import_simple_salesforce", "quoted", "quoted_list"]


_importing: Final = threading.Lock()

# Of a DELETE: the record is gone already.
_GONE: Final = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})

Result = TypeVar("Result")
Row = Mapping[str, Any]


def import_simple_salesforce() -> None:
    """Begin to import simple-salesforce, in a thread. The first query waits until that is done."""
    if "simple_salesforce" not in sys.modules:
        threading.Thread(target=_simple_salesforce).start()


def _simple_salesforce() -> ModuleType:
    """simple-salesforce, which one thread imports while the others wait.

    Its package and its modules import each other. Two threads of which one begins with the package
    and the other with a module would each wait for the other, for which Python raises an error.
    """
    with _importing:
        import simple_salesforce

        return simple_salesforce


def quoted(text: str) -> str:
    """A SOQL string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def quoted_list(texts: Iterable[str]) -> str:
    """A SOQL list of string literals, for ``IN``."""
    return f"({', '.join(map(quoted, texts))})"


class RestReader:
    """Reading an org over REST."""

    def __init__(self, session: Session, http: requests.Session, api_version: int) -> None:
        self._session = session
        self._http = http
        self._version = f"{api_version}.0"

    def query(self, soql: str) -> list[Row]:
        """All the records of a SOQL query. Raises :class:`OrgError`.

        Reading ends with an error after as many records as the org counted, in case the pages never
        end.
        """
        try:
            return list(self._records(soql))
        except (KeyError, TypeError, ValueError) as error:
            raise self._no_answer() from error

    def count(self, soql: str) -> int:
        """What ``SELECT COUNT()`` counts. Raises :class:`OrgError`."""
        try:
            return int(self._call(lambda salesforce: salesforce.query(soql))["totalSize"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._no_answer() from error

    def tooling_query(self, soql: str) -> list[Row]:
        """The first page of a SOQL query of the Tooling API.

        Raises :class:`OrgError`.
        """
        answer = self._call(
            lambda salesforce: salesforce.restful("tooling/query", params={"q": soql})
        )
        records = answer.get("records") if isinstance(answer, Mapping) else None
        if not isinstance(records, list):
            raise self._no_answer()
        return records

    def _records(self, soql: str) -> Iterator[Row]:
        answer = self._call(lambda salesforce: salesforce.query(soql))
        read = 0
        while True:
            yield from answer["records"]
            read += len(answer["records"])
            if answer["done"]:
                return
            if not answer["records"] or read >= answer["totalSize"]:
                raise ValueError("more pages than the org counted")
            more = str(answer["nextRecordsUrl"]).rpartition("/")[2]
            answer = self._page(more)

    def _page(self, identifier: str) -> Row:
        page: Row = self._call(lambda salesforce: salesforce.query_more(identifier))
        return page

    def _no_answer(self) -> OrgUnreachable:
        return OrgUnreachable(
            f"{self._session.instance_url} answered a query with something else",
            next_step="Check the instance URL, and the org's status page.",
        )

    def get(self, path: str) -> Row:
        """The JSON object at ``path`` below ``/services/data/vNN.N/``."""
        answer = self._call(lambda salesforce: salesforce.restful(path))
        return answer if isinstance(answer, Mapping) else {}

    @cached_property
    def _salesforce(self) -> Salesforce:
        salesforce: Salesforce = _simple_salesforce().Salesforce(
            instance_url=self._session.instance_url,
            session_id=self._session.access_token,
            version=self._version,
            session=self._http,
        )
        if self._session.instance_url.startswith(
            "http://"
        ):  # the local org: the library wants https
            salesforce.base_url = salesforce.base_url.replace("https:", "http:", 1)
        return salesforce

    def _call(self, call: Callable[[Salesforce], Result]) -> Result:
        refused: type[SalesforceError] = _simple_salesforce().exceptions.SalesforceError
        try:
            return translated(self._session.instance_url, lambda: call(self._salesforce))
        except refused as error:
            raise self._explained(error) from error

    def _explained(self, error: SalesforceError) -> LoginRefused | OrgRefused | OrgUnreachable:
        code, message = _first_error(error.content)
        if error.status == requests.codes.unauthorized:
            return session_refused(self._session, message)
        return self._error(code, message, error.status)

    def _error(
        self, code: str, message: str, status: int
    ) -> LoginRefused | OrgRefused | OrgUnreachable:
        if code == SESSION_GONE:
            return session_refused(self._session, message)
        if not code:
            return OrgUnreachable(
                f"{self._session.instance_url} answered HTTP {status}: {message}",
                next_step="Check the instance URL, and the org's status page.",
            )
        return refusal(code, message)


class RestWriter(RestReader):
    """Reading and writing an org over REST.

    Both methods raise :class:`OrgError` if the org turned the call away, and
    :class:`WriteUnknown` if nobody knows what became of it. ``what`` is the write in words.
    """

    def __init__(self, session: Session, http: requests.Session, api_version: int) -> None:
        super().__init__(session, http, api_version)
        self._url = f"{session.instance_url}/services/data/v{self._version}/sobjects"

    def create(self, sobject: str, fields: Mapping[str, object], *, what: str) -> str:
        """Create a record, and return its id."""
        return self._write(what, "POST", f"{self._url}/{sobject}", fields, self._created)

    def delete(self, sobject: str, record_id: str, *, what: str) -> None:
        """Delete a record. A record that is gone already counts as deleted."""
        try:
            self._write(what, "DELETE", f"{self._url}/{sobject}/{record_id}", None, self._checked)
        except OrgRefused as error:
            if error.code not in _GONE:
                raise

    def _write(
        self,
        what: str,
        method: str,
        url: str,
        fields: Mapping[str, object] | None,
        read: Callable[[requests.Response], Result],
    ) -> Result:
        headers = {"Authorization": f"Bearer {self._session.access_token}"}
        return write(
            what,
            url,
            lambda: self._http.request(
                method, url, json=fields, headers=headers, allow_redirects=False
            ),
            read,
        )

    def _created(self, response: requests.Response) -> str:
        self._checked(response)
        record_id = response.json()["id"]
        if not isinstance(record_id, str) or not record_id:
            raise ValueError("no id of a record")
        return record_id

    def _checked(self, response: requests.Response) -> None:
        """Raise an error unless the answer is a success."""
        if requests.codes.ok <= response.status_code < requests.codes.multiple_choices:
            return
        try:
            content = response.json()
        except requests.exceptions.JSONDecodeError:
            content = response.content
        code, message = _first_error(content)
        raise self._error(code, message, response.status_code)


def _first_error(content: object) -> tuple[str, str]:
    """Salesforce's error code and message; the code is empty if the answer has none."""
    entry = content[0] if isinstance(content, list) and content else content
    if isinstance(entry, Mapping):
        return str(entry.get("errorCode", "")), str(entry.get("message", ""))
    text = entry.decode(errors="replace") if isinstance(entry, bytes) else str(entry)
    return "", text[:200]
