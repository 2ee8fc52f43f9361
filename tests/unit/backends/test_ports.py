import socket

import pytest

from clickstream.backends.ports import check_ports, is_free
from clickstream.core.errors import PortInUse


def test_a_port_that_is_listened_on_is_named_with_its_service_and_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        with pytest.raises(PortInUse, match=rf"port {port} \(connect\) is in use") as caught:
            check_ports("127.0.0.1", {"connect": port})
    assert "--port-offset" in str(caught.value.hint)
    assert is_free("127.0.0.1", port)
    check_ports("127.0.0.1", {"connect": port})
