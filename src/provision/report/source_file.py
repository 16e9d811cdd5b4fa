"""Names of source files, for programs that look them up in a checkout."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from urllib.parse import quote

__all__ = ["file_uri", "relative_file"]


def relative_file(file: str) -> str:
    """``file`` relative to the working directory if it is below it, with forward slashes."""
    path = PurePath(os.path.normpath(file))
    here = Path.cwd()
    if path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    return path.as_posix()


def file_uri(file: str) -> str:
    """The same as a URI reference. A file elsewhere has an absolute URI."""
    relative = relative_file(file)
    scheme = "file://" if PurePath(relative).is_absolute() else ""
    return scheme + quote(relative, safe="/", errors="surrogatepass")
