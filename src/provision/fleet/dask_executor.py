"""DaskExecutor: the work of orgs on the workers of a Dask cluster.

What travels there is an order: plain values, among them the org's name. Each worker reads the fleet
and logs in by itself. What travels back is the row.
"""

from __future__ import annotations

import pickle
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future as Answer
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar
from urllib.parse import urlsplit

from provision.distribution import VERSION, how_to_install
from provision.errors import CannotError, OrgUnreachable, ProvisionError
from provision.fleet.executor import Order, Orders, Pending
from provision.runs.rows import OrgRow

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["DaskExecutor"]

_ANSWER_SECONDS: Final = 15.0  # seconds for a scheduler to answer, and then for it to have a worker

_T = TypeVar("_T")


class DaskExecutor:
    """The workers of the cluster whose scheduler is at ``url`` (``dask://HOST:PORT``).

    A worker that dies does not take its orgs along: Dask gives them to others, as often as its
    ``allowed-failures`` says. ``timeout`` is in seconds. Entering raises :class:`CannotError` for
    an address that is none, a scheduler that does not answer in time, or that has no workers, and
    where the package distributed is not installed.
    """

    def __init__(self, url: str, orders: Orders, timeout: float = _ANSWER_SECONDS) -> None:
        self._address = _address(url)
        self._orders = orders
        self._timeout = timeout
        self._client: Client

    def __enter__(self) -> Self:
        self._client = _client(self._address, self._timeout)
        try:
            self._client.wait_for_workers(1, timeout=self._timeout)
        except OSError as error:
            self._client.close()
            raise CannotError(
                f"the Dask scheduler at {self._address} has no workers",
                next_step=f"Start some, such as `dask worker {self._address} --nthreads 16`.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Lets go of what is not done, so that Dask begins none of it. What a worker has begun goes
        # on to its end there, as a thread does.
        self._client.close()

    @property
    def at_once(self) -> int:
        """How many orgs the workers do at once: their threads, as many as there are by now.

        One where the last worker has gone meanwhile: with none at a time, the run would never end.
        """
        threads: int = sum(self._client.nthreads().values())
        return max(1, threads)

    def submit(self, org: str) -> Pending:
        """Have the work of an org begun, by a worker with a thread to spare.

        Raises :class:`OrgUnreachable` where the scheduler is gone.
        """
        if self._client.status != "running":  # else it would be taken, and never be over
            raise _scheduler_gone("nothing was begun")
        # Bytes: what has another version of provision may not be able to read an order.
        order = pickle.dumps(self._orders(org))
        key = f"provision-{uuid.uuid4().hex}-{org}"  # what has a known key, Dask does not do again
        return _Work(self._client.submit(_done, VERSION, order, key=key, pure=False))


class _Work:
    """Work on a worker. What Dask raises is said in words that help."""

    def __init__(self, future: Future[OrgRow]) -> None:
        self._future = future
        self.add_done_callback = future.add_done_callback
        self.done = future.done

    def result(self) -> OrgRow:
        """The row. Raises :class:`ProvisionError` if there is none."""
        from distributed import CancelledError, KilledWorker

        try:
            return self._future.result()
        except ProvisionError:
            raise
        except KilledWorker as error:
            raise OrgUnreachable(
                "the Dask workers that worked on it died, one after the other",
                next_step="See their logs, and continue with --resume; what was done is not done "
                "twice.",
            ) from error
        except CancelledError as error:
            raise _scheduler_gone("a worker may still be at it") from error
        except Exception as error:
            raise CannotError(
                f"no Dask worker could begin it: {type(error).__name__}: {error}",
                next_step=f"Install provision {VERSION} where the scheduler and the workers "
                "run, and continue with --resume.",
            ) from error


def _done(version: str, order: bytes) -> OrgRow:
    """On a worker: carry out an order that ``version`` of provision gave."""
    if version != VERSION:
        raise CannotError(
            f"this Dask worker has provision {VERSION}, and the run is of {version}",
            next_step=f"Install provision {version} on all workers, and continue with --resume.",
        )
    carry_out: Order = pickle.loads(order)  # noqa: S301  # Dask itself trusts its clients
    return carry_out()


def _scheduler_gone(meaning: str) -> OrgUnreachable:
    return OrgUnreachable(
        f"the Dask scheduler is gone, or has let go of the run; {meaning}",
        next_step="Continue with --resume once it is back; what was done is not done twice.",
    )


def _client(address: str, timeout: float) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise CannotError(
            "--executor dask://...: the package distributed is not installed",
            next_step=how_to_install("dask"),
        ) from error
    try:
        # Dask waits for ever for who takes its connection and says nothing, as other servers do.
        connect = partial(Client, address, timeout=timeout, set_as_default=False)
        return _within(2 * timeout, connect)
    except OSError as error:
        raise CannotError(
            f"no Dask scheduler answers at {address}",
            next_step="Start one with `dask scheduler`, or check --executor dask://HOST:PORT.",
        ) from error


def _within(seconds: float, call: Callable[[], _T]) -> _T:
    """What ``call`` returns, or raises. Raises TimeoutError when it takes longer."""
    answer: Answer[_T] = Answer()

    def run() -> None:
        try:
            answer.set_result(call())
        except Exception as error:  # noqa: BLE001  # raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=run, name="dask connect", daemon=True).start()
    return answer.result(seconds)


def _address(url: str) -> str:
    """``HOST:PORT``: with no scheme, Dask's own settings choose between TCP and TLS."""
    try:
        parts = urlsplit(url)
        whole = parts.hostname and parts.port and url == f"dask://{parts.netloc}"
    except ValueError:
        whole = False
    if not whole or "@" in url:
        raise CannotError(
            f"--executor {url!r} is not the address of a Dask scheduler",
            next_step="Write dask://HOST:PORT.",
        )
    return url.removeprefix("dask://")
