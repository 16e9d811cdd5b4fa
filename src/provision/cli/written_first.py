"""Written first: whatever ends a verb after its first write, what was written is said first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from provision.cli.telling import note_written
from provision.org.written import Written

__all__ = ["written_first"]


@contextmanager
def written_first(written: Written) -> Iterator[None]:
    """Make each error of the block one that begins with what was ``written`` by then, if it was."""
    try:
        yield
    except (typer.Exit, typer.Abort):  # the verb said already what it came to
        raise
    except (Exception, KeyboardInterrupt) as error:
        said = written.first(error)
        if said is error:
            raise
        raise said from error
    finally:
        if written:
            note_written()
