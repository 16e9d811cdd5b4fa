"""HTTP retry: which HTTP calls are made again, and the pauses that an org asks for."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import requests
from urllib3.exceptions import NewConnectionError

from provision.errors import OrgError
from provision.org.clock import Clock
from provision.org.retry import Retry, Waits

__all__ = ["LONGEST_PAUSE", "HttpRetry", "OrgBusy", "never_connected"]

LONGEST_PAUSE: Final = 60.0
"""Seconds that a run waits at most if an org asks it to. A longer pause ends the run."""

_ATTEMPTS: Final = 4
_FIRST_ATTEMPTS: Final = 3  # an org that never answered is more likely wrong than busy
_JITTER: Final = 0.5
_WAITS: Final = Waits(0.5, jitter=_JITTER)

_DAY: Final = 86_400.0

_TOO_MANY: Final = 429  # RFC 6585: the request was turned away, whatever its method
_UNAVAILABLE: Final = 503  # RFC 9110: nobody knows how far the request got
_READS: Final = frozenset({"GET", "HEAD"})


class OrgBusy(OrgError):
    """The org asked for a pause of ``pause`` seconds, and did not carry out the call."""

    def __init__(self, message: str, *, pause: float, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.pause = pause


class HttpRetry:
    """Repeats HTTP calls to one org, and keeps the pauses that it asks for (``Retry-After``).

    A pause applies to every thread that calls the org, not only to the one that was answered so.
    Safe to use from many threads.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._paused_until = clock.monotonic()
        self._has_answered = False

    def send(
        self, request: requests.PreparedRequest, send: Callable[[], requests.Response]
    ) -> requests.Response:
        """What ``send`` returns, called again while that can do no harm and may help.

        A GET is repeated when the org is busy or drops the connection. Other calls are repeated
        only when they were certainly not carried out: answered 429, or never connected. Raises
        :class:`OrgBusy` for a call that the org did not take: its pause is longer than
        ``LONGEST_PAUSE``, or it still answers 429 after four attempts. Before the org has answered
        for the first time, a call that gets no answer is made three times.
        """
        url = str(request.url).partition("?")[0]
        pause = self._pause_of(url)
        if pause > 0:
            self._clock.sleep(pause)
        retry = Retry(self._clock, _WAITS, attempts=_ATTEMPTS)
        while True:
            try:
                response = send()
            except requests.exceptions.RequestException as error:
                most = _ATTEMPTS if self._has_answered else _FIRST_ATTEMPTS
                if retry.attempt >= most or not _may_repeat(request, error):
                    raise
            else:
                self._has_answered = True
                self._note_pause(response)
                if not _turned_away(request, response):
                    return response
                if retry.is_last_attempt and response.status_code != _TOO_MANY:
                    return response
                response.close()
                if retry.is_last_attempt:
                    raise self._busy(url, max(self._seconds_left(), LONGEST_PAUSE))
            retry.wait(at_least=self._pause_of(url))

    def _note_pause(self, response: requests.Response) -> None:
        """Note the pause that the org asks for, if it asks for one."""
        if response.status_code not in {_TOO_MANY, _UNAVAILABLE}:
            return
        seconds = _seconds(response.headers.get("Retry-After", ""), self._clock.time())
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _seconds_left(self) -> float:
        """For how many more seconds the org wants no calls."""
        return self._paused_until - self._clock.monotonic()

    def _pause_of(self, url: str) -> float:
        """How long to wait for the org before the next call. Raises :class:`OrgBusy`."""
        left = self._seconds_left()
        if left > LONGEST_PAUSE:
            raise self._busy(url, left)
        # With jitter, since other threads and other programs were asked for the same pause.
        return left + random.uniform(0, _JITTER) if left > 0 else 0.0  # noqa: S311  # no secret

    def _busy(self, url: str, pause: float) -> OrgBusy:
        moment = datetime.fromtimestamp(self._clock.time() + pause, UTC)
        return OrgBusy(
            f"{url} is busy, and takes no calls for {pause:.0f} seconds",
            pause=pause,
            next_step=f"Run it again after {moment:%Y-%m-%d %H:%M:%S} UTC.",
        )


def never_connected(error: requests.exceptions.RequestException) -> bool:
    """Whether a call failed before any part of it was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    connecting = isinstance(error, requests.exceptions.ConnectTimeout)
    return connecting or isinstance(reason, NewConnectionError)


def _may_repeat(
    request: requests.PreparedRequest, error: requests.exceptions.RequestException
) -> bool:
    if isinstance(error, requests.exceptions.SSLError):
        return False
    lost = isinstance(error, (requests.exceptions.ConnectionError, requests.exceptions.Timeout))
    return lost and (request.method in _READS or never_connected(error))


def _turned_away(request: requests.PreparedRequest, response: requests.Response) -> bool:
    if response.status_code == _UNAVAILABLE:
        return request.method in _READS
    return response.status_code == _TOO_MANY


def _seconds(retry_after: str, now: float) -> float:
    """A ``Retry-After`` in seconds from ``now``, a day at most; 0 if there is none.

    RFC 9110: it is a number of seconds, or an HTTP date.
    """
    text = retry_after.strip()
    if text.isdecimal():
        return min(float(text), _DAY)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    # An HTTP date is in UTC, whether it says so (GMT) or not (-0000).
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(aware.timestamp() - now, 0.0), _DAY)
