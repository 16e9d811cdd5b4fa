"""One deploy: deletions and components in the order that an org needs, usually all or none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.component import Component
from provision.catalogue.field import MetadataType
from provision.catalogue.org_settings import MANIFEST_TYPE, SETTINGS_TYPES, member_of
from provision.localorg.domain.archive import Archive, ArchiveError, Member
from provision.localorg.domain.component_rules import Request
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.reading import parent_of, read_file
from provision.localorg.domain.settings import settings_file, write_settings
from provision.localorg.domain.types import CONNECTED_APP, KNOWN_TYPES, known_type
from provision.localorg.domain.writing import Outcome, delete, write
from provision.localorg.fault import Fault, FaultKind

__all__ = ["DeployOptions", "DeployReport", "Message", "deploy"]

_PARENTLESS: Final = (EXTERNAL_CLIENT_APPLICATION, CONNECTED_APP, *SETTINGS_TYPES.values())
_ORDER: Final = {metadata_type.name: place for place, metadata_type in enumerate(KNOWN_TYPES)}


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """The options of a deploy, without those that make no difference here.

    The last three come from a faults file: a problem with one component (with every one, if the
    name is empty), and a deploy that stays Pending.
    """

    check_only: bool = False
    rollback_on_error: bool = True
    ignore_warnings: bool = False
    injected_problem: str = ""
    injected_component: str = ""
    stuck: bool = False

    def with_fault(self, fault: Fault | None) -> DeployOptions:
        """The options of a deploy that meets ``fault``. Faults of other kinds change nothing."""
        if fault is None:
            return self
        if fault.kind is FaultKind.STUCK:
            return replace(self, stuck=True)
        if fault.kind is FaultKind.COMPONENT_FAILURE:
            return replace(self, injected_problem=fault.problem, injected_component=fault.component)
        return self


@dataclass(frozen=True, slots=True)
class Message:
    """The result of one component."""

    type: str
    file_name: str
    full_name: str
    id: str = ""
    success: bool = True
    created: bool = False
    changed: bool = False
    deleted: bool = False
    problem: str = ""
    problem_type: str = ""
    line: int = 0
    column: int = 0


@dataclass(slots=True)
class DeployReport:
    """The result of a deploy. ``fatal``: it failed as a whole, and no component counts (OBS)."""

    messages: list[Message] = field(default_factory=list)
    fatal: bool = False
    version: int = 0

    @property
    def failures(self) -> list[Message]:
        """The components that were refused."""
        return [message for message in self.messages if not message.success]


@dataclass(frozen=True, slots=True)
class _File:
    metadata_type: MetadataType
    full_name: str
    path: str
    content: bytes


def deploy(
    org: Org, author: str, content: bytes, options: DeployOptions, version: int
) -> DeployReport:
    """Deploy a zip inside the caller's transaction.

    ``version`` is the API version of the endpoint; one in package.xml overrides it. After a
    failure with ``rollback_on_error``, and after ``check_only``, the org is unchanged.
    """
    try:
        archive = Archive.read(content)
        deletions = list(archive.deletions())
    except ArchiveError as error:
        return DeployReport(
            [Message("", "package.xml", "package.xml", success=False, problem=str(error))],
            fatal=True,
        )
    run = _Run(org, author, archive, options, archive.manifest.version or version)
    with org.database.savepoint() as savepoint:
        for file_name, is_last, member in deletions:
            if not is_last:
                run.remove(file_name, member)
        run.write_files()
        for file_name, is_last, member in deletions:
            if is_last:
                run.remove(file_name, member)
        if options.check_only or (run.report.failures and options.rollback_on_error):
            savepoint.undo()
    return run.report


class _Run:
    """The state of one deploy."""

    def __init__(
        self, org: Org, author: str, archive: Archive, options: DeployOptions, version: int
    ) -> None:
        self._org = org
        self._archive = archive
        self._options = options
        self._version = version
        self.report = DeployReport(version=version)
        apps = org.components.all(EXTERNAL_CLIENT_APPLICATION)
        self._request = Request(
            author,
            version,
            ignore_warnings=options.ignore_warnings,
            earlier_apps=frozenset(app.component.full_name.casefold() for app in apps),
        )

    def write_files(self) -> None:
        """Write every file that the manifest names. Apps come first, whatever its order."""
        components: list[tuple[_File, Component]] = []
        for file in sorted(self._files(), key=_deploy_order):
            try:
                components.append((file, self._read(file)))
            except Refused as refused:
                self._refuse(file, refused)
        included = frozenset(
            (component.type.name, parent_of(component).casefold())
            for _, component in components
            if component.type not in _PARENTLESS
        )
        self._request.included = included
        for file, component in components:
            self._write(file, component)
        self.report.messages.append(
            Message("", f"{self._archive.root}package.xml", "package.xml", changed=True)
        )

    def _read(self, file: _File) -> Component:
        if member_of(file.metadata_type):
            return settings_file(file.metadata_type, file.content, self._version)
        component = read_file(
            file.metadata_type,
            file.full_name,
            file.content,
            self._version,
            self._org.quirks,
        )
        if file.metadata_type not in _PARENTLESS:
            parent_of(component)
        return component

    def _write(self, file: _File, component: Component) -> None:
        try:
            self._inject(file)
            with self._org.database.savepoint():
                if member_of(file.metadata_type):
                    changed = write_settings(self._org, component)
                    outcome = Outcome("", created=False, changed=changed)
                else:
                    outcome = write(self._org, self._request, component)
        except Refused as refused:
            self._refuse(file, refused)
            return
        self.report.messages.append(
            replace(
                _message(file),
                id=outcome.id,
                created=outcome.created,
                changed=outcome.changed,
                problem=outcome.warning,
                problem_type="Warning" if outcome.warning else "",
            )
        )

    def _inject(self, file: _File) -> None:
        options = self._options
        applies = options.injected_component in {"", file.full_name}
        if options.injected_problem and applies:
            raise Refused("UNKNOWN_EXCEPTION", options.injected_problem)

    def remove(self, file_name: str, member: Member) -> None:
        """Delete a component. If it does not exist, that is a warning (OBS)."""
        path = self._archive.root + file_name
        metadata_type = known_type(member.type, self._version)
        stored = self._org.components.get(metadata_type, member.name) if metadata_type else None
        if stored is None:
            problem = f"No {member.type} named: {member.name} found"
            self.report.messages.append(
                Message("", path, file_name, problem=problem, problem_type="Warning")
            )
            return
        delete(self._org, stored, self._request.author)
        self.report.messages.append(
            Message(member.type, path, member.name, id=stored.id, changed=True, deleted=True)
        )

    def _files(self) -> Iterator[_File]:
        for member in self._archive.manifest.members:
            metadata_type = _deployable(member, self._version)
            if metadata_type is None:
                self._fail(member, f"Unknown type name '{member.type}' specified in package.xml")
                continue
            names = [member.name]
            if member.name == "*":
                names = self._archive.names_in(metadata_type.directory, metadata_type.suffix)
            for name in names:
                path = metadata_type.file_name(name)
                content = self._archive.file(path)
                if content is None:
                    self._fail(
                        replace(member, name=name),
                        f"An object '{name}' of type {member.type} was named in package.xml,"
                        " but was not found in zipped directory",
                    )
                else:
                    yield _File(metadata_type, name, self._archive.root + path, content)

    def _fail(self, member: Member, problem: str) -> None:
        self.report.messages.append(
            Message(
                "",
                f"{self._archive.root}package.xml",
                member.name,
                success=False,
                problem=problem,
                problem_type="Error",
            )
        )

    def _refuse(self, file: _File, refused: Refused) -> None:
        line, column = _position(file.content, refused.element)
        self.report.messages.append(
            replace(
                _message(file),
                success=False,
                problem=_problem(refused),
                problem_type="Error",
                line=line,
                column=column,
            )
        )


def _deployable(member: Member, version: int) -> MetadataType | None:
    if member.type == MANIFEST_TYPE:
        return SETTINGS_TYPES.get(member.name)
    return known_type(member.type, version)


def _deploy_order(file: _File) -> int:
    # The org's settings come first, then the app, its OAuth settings, and what needs those.
    return _ORDER.get(file.metadata_type.name, -1)


def _message(file: _File) -> Message:
    shown = MANIFEST_TYPE if member_of(file.metadata_type) else file.metadata_type.name
    return Message(shown, file.path, file.full_name)


_CODED: Final = ("DUPLICATE_VALUE", "INVALID_CROSS_REFERENCE_KEY")


def _problem(refused: Refused) -> str:
    """The text of a failure. Some have their code in front (OBS)."""
    coded = refused.code in _CODED and "duplicate value found" not in refused.text
    return f"{refused.code}: {refused.text}" if coded else refused.text


def _position(content: bytes, element: str) -> tuple[int, int]:
    """Line and column where an element's start tag ends, as orgs report them."""
    text = content.decode("utf-8", "replace")
    found = re.search(rf"<{re.escape(element)}\b[^>]*>", text) if element else None
    end = found.end() if found else text.find(">") + 1
    line = text.count("\n", 0, end) + 1
    return line, end - (text.rfind("\n", 0, end) + 1) + 1
