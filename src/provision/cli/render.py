"""`provision render`: the metadata files of a spec, for other tools to deploy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from provision.catalogue.catalogue import NEWEST_API
from provision.catalogue.component import Component
from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    Quiet,
    SpecFile,
    TemplateDirectory,
    Var,
    variables,
)
from provision.errors import CannotError

__all__ = ["render"]


def render(
    spec: SpecFile,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write files, instead of to stdout."),
    ] = None,
    source_format: Annotated[
        bool, typer.Option("--source-format", help="Salesforce DX source, not a package.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    quiet: Quiet = False,
) -> None:
    """Write the metadata files of a spec, deployable by other tools. Offline."""
    from provision.catalogue.overlay import overlay
    from provision.plan.checks import check_versions, disputed_versions
    from provision.render.desired import FileFormat, files_of
    from provision.render.desired import render as rendered
    from provision.render.template import Templates
    from provision.spec.load import load

    console = Console(quiet)
    loaded = load(spec, variables(var, allow_exec=allow_exec))
    for warning in loaded.warnings:
        console.talk(warning.line)
    version = api_version or NEWEST_API
    desired = [_without_secrets(item, console) for item in rendered(loaded, Templates(templates))]
    check_versions(loaded, desired, version)
    for advice in disputed_versions(loaded, desired, version):
        console.talk(f"warning: {advice.position}: {advice.text}")
    file_format = FileFormat.SOURCE if source_format else FileFormat.METADATA_API
    files = files_of([overlay(item, None) for item in desired], version, file_format)
    if output is None:
        for path, content in files.items():
            console.result(f"--- {path}\n{content.decode()}".rstrip("\n"))
    else:
        _write(output, files, force=force)
        for path in files:
            console.result(str(output / path))


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
