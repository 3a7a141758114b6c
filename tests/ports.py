"""Ports for programs that are told theirs and cannot take any."""

import os
import socket
from itertools import count

_LOWEST, _ABOVE = 20_000, 32_000  # below those that systems hand out to whoever calls
_ROWS = (_ABOVE - _LOWEST) // 3
_asked = count()


def three_free_ports() -> int:
    """The first of three neighbours that are free. Another suite on this machine looks, too, and
    begins elsewhere; this one goes on where it was."""
    begin = os.getpid() * 97 + next(_asked)
    for row in range(begin, begin + _ROWS):
        port = _LOWEST + row % _ROWS * 3
        if all(_free(number) for number in (port, port + 1, port + 2)):
            return port
    raise AssertionError("no three neighbouring ports are free")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
