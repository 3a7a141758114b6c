"""Which function writes the words of a notice: one registry, filled by the words of every wing.

What a function writes for is said by the type of its first parameter, and nowhere else.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any, Generic, TypeVar, get_args

from bot.core.outbox.typed import Notice

F = TypeVar("F", bound=Callable[..., Any])


class Words(Generic[F]):
    """Writers by the type of what they write; used as a decorator."""

    def __init__(self) -> None:
        self._writers: dict[type[Notice], F] = {}

    def __call__(self, writes: F) -> F:
        told = next(iter(signature(writes).parameters.values())).annotation
        for kind in get_args(told) or (told,):
            assert kind not in self._writers, f"{kind.__name__} has two writers"
            self._writers[kind] = writes
        return writes

    def __contains__(self, kind: type[Notice]) -> bool:
        return kind in self._writers

    def of(self, told: Notice | None) -> F | None:
        return self._writers.get(type(told)) if told is not None else None


# (notice, view of the incident, writer): a line in the incident's channel, or a whole message there
line: Words[Callable[..., str]] = Words()
post: Words[Callable[..., Any]] = Words()
# To one person: (notice, view of the incident, its channel, writer, whether a newer one follows).
repeatable: Words[Callable[..., Any]] = Words()
# To one person: (notice, writer); (notice, view of the incident, its channel, writer), which is
# written again when the incident moves on; (notice, connection, writer); and (notice, the change,
# release or cover that it is about, writer).
personal: Words[Callable[..., Any]] = Words()
about_incident: Words[Callable[..., Any]] = Words()
about_connection: Words[Callable[..., Any]] = Words()
about_record: Words[Callable[..., Any]] = Words()
