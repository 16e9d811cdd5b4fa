"""Credentials: the consumer key and secret of an app in one org."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import ClassVar, Final

from provision.errors import ApplyFailed, CannotError
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.options import CredentialOptions
from provision.jobs.part import Part
from provision.jobs.workdir import setting_notes, working_directory, write_log
from provision.org.credentials import Consumer, CredentialsReader, Pair
from provision.org.credentials_rotation import CredentialsWriter, refuse_own_app
from provision.org.credentials_setting import OpenedSetting
from provision.org.org import WritableOrg
from provision.secret.secret import SinkError
from provision.secret.sink import Sink, sink_for

__all__ = ["CredentialsJob", "Revoke", "Rotate", "Show", "Stage"]

_ORG: Final = "{org}"
_PLAIN: Final = re.compile(r"[\w.@+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsJob(Job):
    """A job about the key and secret of one app. No spec is needed for it."""

    options: CredentialOptions

    @property
    def name(self) -> str:
        """What its runs are called: also by the app."""
        return f"{self.verb}-{self.options.app}"

    @property
    def needs_specs(self) -> bool:
        """Whether it is about what specs say."""
        return False

    @property
    def may_be_left(self) -> bool:
        """A secret may be on its way, or the org's setting may be open for it."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Show(CredentialsJob):
    """Hands key and secret to a sink. Only the org's setting is written, if it must be opened."""

    verb: ClassVar = "show"

    staged: bool = False

    def run(self, context: OrgContext) -> str:
        """Hand the pair in use, or the staged one, to the sink."""
        app, part = self.options.app, Part(self.options.part)
        sink = _sink(self.options, context)
        sink.check()
        with _reader(self.options, context) as reader:
            consumer = reader.consumer(app)
            pair = _staged_pair(reader, consumer) if self.staged else reader.pair(consumer)
        sink.put(part.of(pair))
        return f"{part.words} handed to {sink.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(CredentialsJob):
    """Makes a new pair beside the one in use, and hands it to a sink."""

    verb: ClassVar = "stage"
    writes: ClassVar = True

    def check_orgs(self, orgs: Sequence[str]) -> None:
        """Every sink is checked before anything is staged in any org."""
        _check_sinks(self.options, orgs)

    def run(self, context: OrgContext) -> str:
        """Make the pair and hand it over; the result has no secret in it."""
        part = Part(self.options.part)
        sink = _sink(self.options, context)
        sink.check()
        with _writer(self.options, context) as writer:
            consumer = writer.consumer(self.options.app)
            new = writer.stage(consumer, lambda pair: sink.put(part.of(pair)))
        result = f"new {part.words} handed to {sink.name}; staged until {new.until}"
        return f"{result}{_doubt(self.options, context)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate(CredentialsJob):
    """Puts the staged pair in use."""

    verb: ClassVar = "rotate"
    writes: ClassVar = True

    def question(self, orgs: int) -> str:
        """Whether to do it in all of them."""
        which = f"the staged key and secret of {self.options.app}"
        return f"Put {which} in use in {orgs} org{'s' if orgs != 1 else ''}?"

    def run(self, context: OrgContext) -> str:
        """Put the staged pair in use; the result has the keys, which are no secrets."""
        app = self.options.app
        question = f"Put the staged key and secret of {app} in use?"
        with _writer(self.options, context, question) as writer:
            old = writer.rotate(writer.consumer(app))
        return (
            f"rotated\nconsumer key: {old.key_in_use}\n"
            f"old consumer key: {old.pair.key}, works until {old.until}"
            f"{_doubt(self.options, context)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke(CredentialsJob):
    """Ends the old pair now, or throws a staged pair away that was never in use."""

    verb: ClassVar = "revoke"
    writes: ClassVar = True

    staged: bool = False

    def run(self, context: OrgContext) -> str:
        """End the pair; the result has its key, which is no secret."""
        app, which = self.options.app, "unused new" if self.staged else "old"
        question = f"Revoke the {which} key and secret of {app} for good?"
        with _writer(self.options, context, question) as writer:
            ended = writer.revoke(writer.consumer(app), unused=self.staged)
        return f"revoked the {which} pair\nrevoked consumer key: {ended.pair.key}"


def _check_sinks(options: CredentialOptions, orgs: Sequence[str]) -> None:
    """Raise :class:`CannotError` unless each org has a sink of its own that takes what comes."""
    if len(orgs) > 1 and _ORG not in options.sink:
        raise CannotError(
            f"--to names one place, and {len(orgs)} orgs are meant: each would take the place of "
            "the one before",
            next_step=f"Write {_ORG} where the name of the org belongs: file:secrets/{_ORG}.json",
        )
    for org in orgs:
        _sink_of(options, org).check()


def _sink(options: CredentialOptions, context: OrgContext) -> Sink:
    return context.hooks.sink or _sink_of(options, context.org.name)


def _sink_of(options: CredentialOptions, org: str) -> Sink:
    """The sink of one org. Raises :class:`SinkError` for a text that names none."""
    if options.sink.startswith("cmd:") and _ORG in options.sink and not _PLAIN.fullmatch(org):
        raise SinkError(
            f"the name of the org {org!r} has characters that a command could take for its own",
            next_step="Name the org otherwise in the fleet, or leave it out with --org.",
        )
    prefix = options.prefix or f"{options.app}_"
    return sink_for(options.sink.replace(_ORG, org), prefix=prefix, force=options.force)


@contextmanager
def _reader(options: CredentialOptions, context: OrgContext) -> Iterator[CredentialsReader]:
    if not options.open_setting:
        yield CredentialsReader(context.org)
        return
    with _interruption_as_error(context):
        context.org.existing_app(options.app)  # before the setting is opened for it
        org = context.writable()
        with _opened(org, context):
            yield CredentialsReader(org)


@contextmanager
def _writer(
    options: CredentialOptions, context: OrgContext, question: str = ""
) -> Iterator[CredentialsWriter]:
    """What changes credentials, once it is sure that it may: not our own, approved, open."""
    with _interruption_as_error(context):
        refuse_own_app(context.org, options.app)
        if question:
            context.approval.ask(f"{question} ({context.org.name})")
        org = context.writable()
        if options.open_setting:
            org.existing_app(options.app)  # before the setting is opened for it
        with _opened(org, context) if options.open_setting else nullcontext():
            yield CredentialsWriter(org, write_log(org, context.progress.talk).note)


def _doubt(options: CredentialOptions, context: OrgContext) -> str:
    """A bare access token does not tell which app it came from."""
    if context.org.session.client_id:
        return ""
    return f"\n(the session does not tell its app; make sure that it is not {options.app})"


def _opened(org: WritableOrg, context: OrgContext) -> OpenedSetting:
    """The org's setting, opened for a while. A note is kept in the working directory until then."""
    working_directory()
    return OpenedSetting(org, context.progress.talk, setting_notes())


@contextmanager
def _interruption_as_error(context: OrgContext) -> Iterator[None]:
    """Ctrl-C, or SIGTERM, once all that was open is closed: an error like others."""
    try:
        yield
    except KeyboardInterrupt as error:
        if context.written:  # the error begins with what was written
            raise
        raise ApplyFailed(
            "interrupted\nNothing was written.",
            next_step="Run it again.",
        ) from error


def _staged_pair(reader: CredentialsReader, consumer: Consumer) -> Pair:
    staged = reader.staged(consumer)
    if staged is None:
        raise CannotError(
            f"the staging slot of {consumer.app} is empty",
            next_step="Leave --staged out, or make a pair with `provision credentials stage`.",
        )
    return staged.pair
