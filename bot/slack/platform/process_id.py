"""Who holds a letter while it is on its way: this process, by machine and number."""

import os
import socket


def this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def gone(claimer: str) -> bool:
    """Whether a claimer was a process of this machine that is no longer there."""
    host, _, pid = claimer.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
