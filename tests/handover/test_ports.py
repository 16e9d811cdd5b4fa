"""Free ports: tried with real sockets."""

import socket

import pytest

from provision.handover.ports import first_free, free_port_after, is_free


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"),
                            (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")]
)  # fmt: skip
def test_a_port_with_a_server_is_not_free(family, address) -> None:
    with socket.create_server((address, 0), family=family) as listener:
        port = listener.getsockname()[1]
        assert not is_free(port)
        assert free_port_after(port - 1, ()) != port
    assert is_free(port)


def test_a_bound_port_is_not_free() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert not is_free(bound.getsockname()[1])


def test_the_first_free_port_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        assert first_free([taken]) is None
        free = free_port_after(taken, ())
        assert free is not None
        assert first_free([taken, free]) == free
        assert free_port_after(taken, {free}) not in {taken, free}


def test_the_search_ends_with_the_ports() -> None:
    assert free_port_after(65535, ()) is None
