"""The clock of the running event loop, put forward: what would time out later times out now."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ahead(*, minutes: float) -> Iterator[None]:
    """Every timeout of the running loop within `minutes` from now ends at its next turn. Leave it
    after that: the clock then runs as before."""
    loop = asyncio.get_running_loop()
    real = loop.time
    loop.time = lambda: real() + minutes * 60  # type: ignore[method-assign]
    try:
        yield
    finally:
        loop.time = real  # type: ignore[method-assign]
