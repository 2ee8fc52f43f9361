import socket

import pytest

from clickstream.core.errors import PortInUse
from clickstream.server.ports import bind_all, close_all


def test_every_service_gets_a_socket_that_listens() -> None:
    bound = bind_all("127.0.0.1", {"a": 0, "b": 0})
    try:
        for listening in bound.values():
            socket.create_connection(listening.getsockname(), timeout=1).close()
    finally:
        close_all(bound)


def test_a_taken_port_is_named_and_nothing_stays_bound() -> None:
    taken = bind_all("127.0.0.1", {"other": 0})
    port = taken["other"].getsockname()[1]
    free = bind_all("127.0.0.1", {"x": 0})
    free_port = free["x"].getsockname()[1]
    close_all(free)
    try:
        with pytest.raises(PortInUse, match=rf"port {port} \(connect\) is in use") as error:
            bind_all("127.0.0.1", {"ksqldb": free_port, "connect": port})
        assert error.value.hint
        close_all(bind_all("127.0.0.1", {"ksqldb": free_port}))
    finally:
        close_all(taken)


def test_an_address_of_another_machine_is_no_taken_port() -> None:
    with pytest.raises(OSError, match="assign requested address"):
        bind_all("192.0.2.1", {"a": 0})
