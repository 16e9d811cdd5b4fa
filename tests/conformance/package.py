"""A package as the Metadata API takes it, from a project's source files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

__all__ = ["MANIFEST", "TYPES", "package_zip"]

TYPES: Final = (
    "ExternalClientApplication",
    "ExtlClntAppConfigurablePolicies",
    "ExtlClntAppGlobalOauthSettings",
    "ExtlClntAppOauthConfigurablePolicies",
    "ExtlClntAppOauthSettings",
)
_ALL: Final = "".join(f"<types><members>*</members><name>{name}</name></types>" for name in TYPES)
MANIFEST: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<Package xmlns="http://soap.sforce.com/2006/04/metadata">\n{_ALL}'
    "<version>63.0</version>\n</Package>\n"
)


def package_zip(project: Path) -> bytes:
    """Every component of a project, with a package.xml that names all of each type."""
    archive = io.BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as package:
        package.writestr("package.xml", MANIFEST)
        for file in sorted(project.rglob("*-meta.xml")):
            name = f"{file.parent.name}/{file.name.removesuffix('-meta.xml')}"
            package.writestr(name, file.read_bytes())
    return archive.getvalue()
