"""Record: what one run was for, and what came of it, as a versioned file."""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from provision.errors import CannotError
from provision.plan.codec import object_of, problems_of
from provision.plan.document import FileModel, Moment, Sha256
from provision.runs.run_directory import RECORD, RunDirectory
from provision.spec.base import DeveloperName

__all__ = ["RunOrg", "RunRecord", "RunSpec", "Verb", "read_record"]

_SCHEMA: Final = "provision/run/1"
_NEXT: Final = "The run's files are damaged or of another version of provision; name another run."

Verb = Literal["apply", "rollback", "destroy"]


class RunOrg(FileModel):
    """The org of the run."""

    name: str
    """What the user called it."""

    instance_url: str
    id: Annotated[str, Field(pattern=r"^00D[A-Za-z0-9]{12}$")]
    """The org's id, 15 characters."""

    api_version: int


class RunSpec(FileModel):
    """What the run was made from: a spec, a saved plan, or the run that it rolled back."""

    file: str
    """The file's name, without its folder."""

    sha256: Sha256
    path: str
    """Where the file lay, as it was named."""


class RunRecord(FileModel):
    """What one run was for, and what came of it. Written before the first write, and at the end."""

    document_schema: Literal["provision/run/1"] = Field(default="provision/run/1", alias="schema")
    verb: Verb
    app: DeveloperName
    org: RunOrg
    spec: RunSpec | None
    """Null for a run that no file asked for."""

    app_existed: bool
    """Whether the org had the app before the run."""

    consumer_key: str
    """The app's consumer key before the run, empty if it had none. It is no secret."""

    adds: tuple[str, ...]
    """What the run adds beside the app, and a rollback leaves: permission sets, assignments."""

    not_kept: tuple[str, ...] | None = None
    """The metadata types of which the app may have had a record that the org did not show.

    Null for a run of a version that kept no records of types that provision does not manage.
    """

    plan_not_saved: str
    """Why there is no plan.json; empty if there is one."""

    started: Moment
    ended: Moment | None
    """Null while the run goes on, and for ever if it was killed."""

    outcome: str
    exit_code: Annotated[int, Field(ge=0, le=7)] | None

    def to_json(self) -> str:
        """The record as the text of its file."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2) + "\n"


def read_record(run: RunDirectory) -> RunRecord:
    """The record of ``run``. Raises :class:`CannotError` naming what is wrong with it."""
    text = run.read(RECORD)
    name = str(run.path / RECORD)
    schema = object_of(text, f"{name} is not the record of a run", _NEXT).get("schema")
    if schema != _SCHEMA:
        raise CannotError(f"{name} has the schema {schema!r}, not {_SCHEMA!r}", next_step=_NEXT)
    try:
        return RunRecord.model_validate_json(text)
    except ValidationError as error:
        said = "\n".join(f"{name}: {problem}" for problem in problems_of(error))
        raise CannotError(said, next_step=_NEXT) from None
