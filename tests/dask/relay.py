"""A relay between a client and its scheduler, which keeps all that goes through."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Relay", "relay_to"]


@dataclass
class Relay:
    """Where to connect to, and what went through, either way."""

    address: str
    seen: bytearray = field(default_factory=bytearray)


@contextmanager
def relay_to(address: str) -> Iterator[Relay]:
    """A relay to ``HOST:PORT``."""
    host, _, port = address.rpartition(":")
    with socket.create_server(("127.0.0.1", 0)) as server:
        relay = Relay(f"127.0.0.1:{server.getsockname()[1]}")

        def serve() -> None:
            while True:
                try:
                    near, _ = server.accept()
                except OSError:  # the end of the block
                    return
                far = socket.create_connection((host, int(port)))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_copy, args=(*ends, relay.seen), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield relay
        server.shutdown(socket.SHUT_RDWR)  # else accept() goes on waiting
        thread.join()


def _copy(source: socket.socket, target: socket.socket, seen: bytearray) -> None:
    """All that comes, until either end closes; then both do."""
    with source, target:
        try:
            while data := source.recv(65536):
                seen += data
                target.sendall(data)
        except OSError:
            return
