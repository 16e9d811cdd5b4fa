"""Credentials work: staging and rotating an app's key and secret in one org of a fleet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from provision.cli.console import Console
from provision.cli.fleets.opening import Site
from provision.cli.fleets.sinks import sink_of
from provision.cli.part import Part
from provision.cli.workdir import setting_notes, working_directory, write_log
from provision.cli.written_first import written_first
from provision.org.credentials_rotation import CredentialsWriter, refuse_own_app
from provision.org.credentials_setting import OpenedSetting
from provision.org.org import WritableOrg

__all__ = ["rotated", "staged"]


def staged(site: Site) -> str:
    """Make a new pair, and hand it over; what came of it, in a line without a secret."""
    errand, part = site.errand, Part(site.errand.part)
    sink = sink_of(errand, site.org.name)
    sink.check()
    with _writer(site) as writer:
        consumer = writer.consumer(errand.app)
        new = writer.stage(consumer, lambda pair: sink.put(part.of(pair)))
    said = f"new {part.words} handed to {sink.name}; staged until {new.until}"
    return f"{said}{_doubt(site)}"


def rotated(site: Site) -> str:
    """Put the staged pair in use; what came of it, in a line without a secret."""
    with _writer(site) as writer:
        old = writer.rotate(writer.consumer(site.errand.app))
    said = f"rotated; consumer key {old.key_in_use}; the old one, {old.pair.key}, works until "
    return f"{said}{old.until}{_doubt(site)}"


@contextmanager
def _writer(site: Site) -> Iterator[CredentialsWriter]:
    """What changes credentials, but for those of the app that the session came from."""
    org = site.writable()
    refuse_own_app(org, site.errand.app)
    with written_first(org.written):
        if site.errand.open_setting:
            org.existing_app(site.errand.app)  # before the setting is opened for it
        with _opened(org) if site.errand.open_setting else nullcontext():
            yield CredentialsWriter(org, write_log(org, Console(quiet=True).talk).note)


def _opened(org: WritableOrg) -> OpenedSetting:
    working_directory()
    return OpenedSetting(org, Console(quiet=True).talk, setting_notes())


def _doubt(site: Site) -> str:
    """A bare access token does not tell which app it came from."""
    if site.org.session.client_id:
        return ""
    return f" (the session does not tell its app; make sure it was not {site.errand.app})"
