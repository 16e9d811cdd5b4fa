"""`provision render`: the metadata files of a spec, for other tools to deploy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from provision.catalogue.catalogue import NEWEST_API
from provision.catalogue.component import Component
from provision.cli.console import Console
from provision.cli.option_groups import Without, takes_options
from provision.cli.options import SpecFile
from provision.cli.output import PlainOutput
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Option
from provision.jobs.options import OrgOptions, SpecOptions, given_variables

__all__ = ["render"]

_SCHEMA: Final = "provision/rendered/1"


@takes_options
def render(
    spec: SpecFile,
    specs: SpecOptions,
    org: Annotated[OrgOptions, Without("http_timeout", "deploy_wait", "session_cache")],
    out: Annotated[PlainOutput, Without("output")],
    directory: Annotated[
        Path | None,
        Option("--output", "-o", metavar="DIR", help="Write files into DIR, not to stdout."),
    ] = None,
    source_format: Annotated[
        bool,
        Option("--source-format", help="Write Salesforce DX source format, not a package."),
    ] = False,
    force: Annotated[bool, Option("--force", help="Overwrite files that differ.")] = False,
) -> ExitCode:
    """Write the metadata files of a spec, for other tools. Offline.

    Examples:
        provision render spec.yaml
        provision render spec.yaml --output force-app/main/default --source-format
    """
    from provision.catalogue.overlay import overlay
    from provision.plan.checks import check_versions, disputed_versions
    from provision.render.desired import FileFormat, files_of
    from provision.render.desired import render as rendered
    from provision.render.template import Templates
    from provision.spec.load import load

    console = out.console
    loaded = load(spec, given_variables(specs, os.environ))
    for warning in loaded.warnings:
        console.talk(warning.line)
    version = org.api_version or NEWEST_API
    desired = [
        _without_secrets(item, console) for item in rendered(loaded, Templates(specs.templates))
    ]
    check_versions(loaded, desired, version)
    for advice in disputed_versions(loaded, desired, version):
        console.talk(f"warning: {advice.position}: {advice.text}")
    file_format = FileFormat.SOURCE if source_format else FileFormat.METADATA_API
    files = files_of([overlay(item, None) for item in desired], version, file_format)
    if directory is None:
        texts = {path: content.decode() for path, content in files.items()}
        listed = [f"--- {path}\n{text}".rstrip("\n") for path, text in texts.items()]
        out.facts("\n".join(listed), _SCHEMA, {"files": texts})
    else:
        _write(directory, files, force=force)
        paths = [str(directory / path) for path in files]
        out.facts("\n".join(paths), _SCHEMA, {"written": paths})
    return ExitCode.OK


def _without_secrets(component: Component, console: Console) -> Component:
    """A component as it may lie in a file: whoever deploys it adds the secrets."""
    secrets = {field.name for field in component.type.fields if field.secret}
    for name in sorted(secrets & component.fields.keys()):
        console.talk(f"notice: {component.type.name}.{name} is a secret, and was left out")
    kept = {name: value for name, value in component.fields.items() if name not in secrets}
    return Component(component.type, component.full_name, kept)


def _write(directory: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """Write the files; none if one of them is there with other content."""
    paths = {directory / path: content for path, content in files.items()}
    differing = [
        str(path)
        for path, content in paths.items()
        if path.is_file() and path.read_bytes() != content
    ]
    if differing and not force:
        raise CannotError(
            f"these files are there, and differ: {', '.join(differing)}",
            next_step="Choose another directory, or overwrite them with --force.",
        )
    for path, content in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise CannotError(
                f"{path} cannot be written: {error.strerror}",
                next_step="Make room, or choose a directory that you may write to. What was "
                "written before it is complete.",
            ) from error
