"""``file:PATH``: one value as it is, or several as a JSON object."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from provision.secret.private_file import check_writable, in_the_way, write_private
from provision.secret.sink import Values, document

__all__ = ["FileSink"]


@dataclass(frozen=True, slots=True)
class FileSink:
    """A file of its own, mode 0600; one that is there is overwritten only with ``force``."""

    path: Path
    force: bool = False

    @property
    def name(self) -> str:
        """What to call it in an output."""
        return f"the file {self.path}"

    def check(self) -> None:
        """Raise :class:`SinkError` for a file in the way, or a directory that is not ours."""
        check_writable(self.path)
        if os.path.lexists(self.path) and not self.force:
            raise in_the_way(self.path)

    def put(self, values: Values) -> None:
        """Write the file. Raises :class:`SinkError`."""
        write_private(self.path, document(values).encode(), replace=self.force)
