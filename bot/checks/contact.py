"""Whether the far end has answered at all within the look that is going on.

A look that ends by its time limit after an answer began saw somebody, and the time limit is kept
by the runner, which does not know what the probe has heard.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class _Contact:
    made = False


_CURRENT: ContextVar[_Contact | None] = ContextVar("contact", default=None)


@contextmanager
def a_look() -> Iterator[None]:
    """Around one look, so that `made` and `was_made` speak of it alone."""
    token = _CURRENT.set(_Contact())
    try:
        yield
    finally:
        _CURRENT.reset(token)


def made() -> None:
    """The far end has answered something."""
    contact = _CURRENT.get()
    if contact is not None:
        contact.made = True


def was_made() -> bool:
    """Whether it has, in this look; False outside of one."""
    contact = _CURRENT.get()
    return contact is not None and contact.made
