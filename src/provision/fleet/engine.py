"""Engine: where the work of a fleet's orgs is done, as the command line says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from provision.errors import CannotError
from provision.fleet.executor import Executor, Orders, ThreadExecutor

__all__ = ["engine"]


@contextmanager
def engine(url: str, orders: Orders, concurrency: int) -> Iterator[Executor]:
    """Threads of this process, or the workers of the engine at ``url``.

    Raises :class:`CannotError` for an engine that there is not.
    """
    if not url:
        with ThreadExecutor(orders, concurrency) as threads:
            yield threads
        return
    if urlsplit(url).scheme != "dask":
        raise CannotError(
            f"--executor {url!r}: there is no such engine", next_step="Write dask://HOST:PORT."
        )
    from provision.fleet.dask_executor import DaskExecutor

    with DaskExecutor(url, orders) as workers:
        yield workers
